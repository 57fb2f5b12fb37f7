// SPDX-License-Identifier: Apache-2.0
// The layout of activations: blocks of 16 samples, one vector lane a sample.
#ifndef ESPALIER_KERNELS_LANES_HPP
#define ESPALIER_KERNELS_LANES_HPP

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include <espalier/kernels/detail/vector.hpp>

namespace espalier::inline v0::kernels {

/// Samples in a block. Activations are [block][feature][lane]; feature = (y * width + x) * channels + channel, so that
/// flattening changes nothing. An operation is one weight times a vector of samples: full vectors at any shape.
inline constexpr std::size_t lanes = 16;

/// Blocks in a slot: what one thread works on at a time, with a gradient of its own.
inline constexpr std::size_t slot_blocks = 4;

/// Samples in a slot.
inline constexpr std::size_t slot_samples = lanes * slot_blocks;

/// @param samples  how many.
/// @return how many blocks hold them.
[[nodiscard]] constexpr std::size_t blocks_of(std::size_t samples) noexcept {
  return (samples + lanes - 1) / lanes;
}

namespace detail {

/// All lanes of a feature become one number, as the lanes behind the last sample repeat it.
template <class T>
void fill_lanes(T value, T* to) {
  const numbers<T> same = value - numbers<T>{};
#pragma GCC unroll 8
  for (std::size_t lane = 0; lane < lanes; lane += short_vector<T>::width) {
    store(to + lane, same);
  }
}

// The small loops below run over registers: unrolled, for at -O2 g++ would keep the arrays in memory.

/// A few lanes of features, which are one lane block apart, become rows: to[lane][feature].
template <class T>
void lanes_to_rows(const T* from, std::size_t features, const std::array<T*, short_vector<T>::width>& to) {
  constexpr std::size_t width = short_vector<T>::width;
  std::size_t feature = 0;
  for (; feature + width <= features; feature += width) {
    numbers<T> part[width];
#pragma GCC unroll 4
    for (std::size_t i = 0; i < width; ++i) {
      part[i] = load(from + (feature + i) * lanes);
    }
    transpose<T>(part);
#pragma GCC unroll 4
    for (std::size_t i = 0; i < width; ++i) {
      store(to[i] + feature, part[i]);
    }
  }
  for (; feature < features; ++feature) {
    for (std::size_t i = 0; i < width; ++i) {
      to[i][feature] = from[feature * lanes + i];
    }
  }
}

/// The way back.
template <class T>
void rows_to_lanes(const std::array<const T*, short_vector<T>::width>& from, std::size_t features, T* to) {
  constexpr std::size_t width = short_vector<T>::width;
  std::size_t feature = 0;
  for (; feature + width <= features; feature += width) {
    numbers<T> part[width];
#pragma GCC unroll 4
    for (std::size_t i = 0; i < width; ++i) {
      part[i] = load(from[i] + feature);
    }
    transpose<T>(part);
#pragma GCC unroll 4
    for (std::size_t i = 0; i < width; ++i) {
      store(to + (feature + i) * lanes, part[i]);
    }
  }
  for (; feature < features; ++feature) {
    for (std::size_t i = 0; i < width; ++i) {
      to[feature * lanes + i] = from[i][feature];
    }
  }
}

}  // namespace detail

/// Brings samples into the lanes of blocks.
/// @param samples   row-major, one sample after the other.
/// @param features  numbers in a sample.
/// @param order     which samples to take, in lane order; the rest of the last block repeats the last one.
/// @param blocks    [block][feature][lane], ceil(order / 16) blocks.
/// Complexity: O(order x features).
template <class T>
void gather(const T* samples, std::size_t features, std::span<const std::uint32_t> order, T* blocks) {
  constexpr std::size_t width = detail::short_vector<T>::width;
  const std::size_t rows = blocks_of(order.size()) * lanes;
  // Shuffled samples lie anywhere: all are asked for before the first is waited for. What follows of long ones the CPU
  // asks for by itself.
  constexpr std::size_t line = 64 / sizeof(T);
  for (const std::uint32_t sample : order) {
    const T* from = samples + std::size_t{sample} * features;
    for (std::size_t feature = 0; feature < (std::min)(features, 4 * line); feature += line) {
      __builtin_prefetch(from + feature);
    }
    __builtin_prefetch(from + (std::min)(features, 4 * line) - 1);
  }
  for (std::size_t begin = 0; begin < rows; begin += width) {
    std::array<const T*, width> from;
    for (std::size_t i = 0; i < width; ++i) {
      const std::size_t place = begin + i < order.size() ? begin + i : order.size() - 1;
      from[i] = samples + std::size_t{order[place]} * features;
    }
    detail::rows_to_lanes<T>(from, features, blocks + begin / lanes * features * lanes + begin % lanes);
  }
}

/// The way back: takes samples out of the lanes of blocks.
/// @param blocks    [block][feature][lane].
/// @param features  numbers in a sample.
/// @param count     how many samples.
/// @param samples   row-major, one sample after the other.
/// Complexity: O(count x features).
template <class T>
void scatter(const T* blocks, std::size_t features, std::size_t count, T* samples) {
  for (std::size_t sample = 0; sample < count; ++sample) {
    const T* from = blocks + sample / lanes * features * lanes + sample % lanes;
    for (std::size_t feature = 0; feature < features; ++feature) {
      samples[sample * features + feature] = from[feature * lanes];
    }
  }
}

}  // namespace espalier::inline v0::kernels

#endif
