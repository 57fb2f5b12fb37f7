// SPDX-License-Identifier: Apache-2.0
// The layout of activations: blocks of 16 samples, one vector lane a sample, and the vectors that work on it.
#ifndef ESPALIER_KERNELS_LANES_HPP
#define ESPALIER_KERNELS_LANES_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

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

#if defined(__AVX512F__)
inline constexpr std::size_t vector_bytes = 64;
#elif defined(__AVX__)
inline constexpr std::size_t vector_bytes = 32;
#else
inline constexpr std::size_t vector_bytes = 16;
#endif

/// As many lanes as a register of the target holds.
template <class T>
struct vector_of {
  static constexpr std::size_t width = vector_bytes / sizeof(T);
  typedef T type __attribute__((vector_size(vector_bytes)));  // NOLINT(modernize-use-using): an alias drops the size
};
template <class T>
using vector = typename vector_of<T>::type;

/// Vectors in a block.
template <class T>
inline constexpr std::size_t parts = lanes / vector_of<T>::width;

template <class T>
[[nodiscard]] inline vector<T> load(const T* from) noexcept {
  vector<T> result;
  std::memcpy(&result, from, sizeof(result));
  return result;
}
template <class T>
inline void store(T* to, const vector<T>& value) noexcept {
  std::memcpy(to, &value, sizeof(value));
}
template <class T>
[[nodiscard]] inline vector<T> broadcast(T value) noexcept {
  return value - vector<T>{};  // minus zero is free; plus zero would turn -0 into 0
}
/// The sum of the lanes, as a tree, so that its rounding does not depend on the compiler.
template <class T>
[[nodiscard]] inline T sum(const vector<T>& value) noexcept {
  std::array<T, vector_of<T>::width> part;
  std::memcpy(part.data(), &value, sizeof(value));
  for (std::size_t half = part.size() / 2; half > 0; half /= 2) {
    for (std::size_t lane = 0; lane < half; ++lane) {
      part[lane] += part[lane + half];
    }
  }
  return part[0];
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
  for (std::size_t begin = 0; begin < order.size(); begin += lanes, blocks += features * lanes) {
    std::array<const T*, lanes> from;
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      const std::size_t place = begin + lane < order.size() ? begin + lane : order.size() - 1;
      from[lane] = samples + std::size_t{order[place]} * features;
    }
    for (std::size_t feature = 0; feature < features; ++feature) {
      for (std::size_t lane = 0; lane < lanes; ++lane) {
        blocks[feature * lanes + lane] = from[lane][feature];
      }
    }
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
