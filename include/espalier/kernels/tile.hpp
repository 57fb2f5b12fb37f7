// SPDX-License-Identifier: Apache-2.0
// The two inner loops of everything: weights times samples, and samples times samples, in a tile of registers.
#ifndef ESPALIER_KERNELS_TILE_HPP
#define ESPALIER_KERNELS_TILE_HPP

#include <array>
#include <cstddef>

#include <espalier/kernels/lanes.hpp>

namespace espalier::inline v0::kernels::detail {

/// Sizes of tiles: points x outputs accumulators and the operands must stay in the registers of the target.
template <class T>
inline constexpr std::size_t tile_points = 4;
template <class T>
inline constexpr std::size_t tile_outputs = vector_bytes == 16 ? 2 : (vector_bytes == 32 ? 2 : 6);

/// Where the weights of a tile lie.
template <class T>
struct weight_view {
  const T* first = nullptr;
  std::size_t input_stride = 0;   ///< from one input to the next
  std::size_t output_stride = 0;  ///< from one output to the next
};

/// sums[p][o] += sum over inputs of weight(input, o) * samples[p][input], inputs one lane block apart.
template <class T, std::size_t Points, std::size_t Outputs>
inline void multiply(std::array<std::array<vector<T>, Outputs>, Points>& sums,
                     const std::array<const T*, Points>& samples, const weight_view<T>& weights, std::size_t inputs) {
  auto local = sums;
  for (std::size_t input = 0; input < inputs; ++input) {
    std::array<vector<T>, Points> x;
    for (std::size_t p = 0; p < Points; ++p) {
      x[p] = load(samples[p] + input * lanes);
    }
    for (std::size_t o = 0; o < Outputs; ++o) {
      const vector<T> w = broadcast(weights.first[input * weights.input_stride + o * weights.output_stride]);
      for (std::size_t p = 0; p < Points; ++p) {
        local[p][o] += w * x[p];
      }
    }
  }
  sums = local;
}

/// sums[a][b] += left[a] * right[b]; both lists one lane block apart.
template <class T, std::size_t Left, std::size_t Right>
inline void multiply_samples(std::array<std::array<vector<T>, Right>, Left>& sums, const T* left, const T* right) {
  std::array<vector<T>, Right> r;
  for (std::size_t b = 0; b < Right; ++b) {
    r[b] = load(right + b * lanes);
  }
  for (std::size_t a = 0; a < Left; ++a) {
    const vector<T> l = load(left + a * lanes);
    for (std::size_t b = 0; b < Right; ++b) {
      sums[a][b] += l * r[b];
    }
  }
}

/// Calls action.template operator()<Size>(begin) for full tiles of `Size`, then single ones for the rest.
template <std::size_t Size, class Action>
inline void for_each_tile(std::size_t count, Action&& action) {
  std::size_t begin = 0;
  for (; begin + Size <= count; begin += Size) {
    action.template operator()<Size>(begin);
  }
  for (; begin < count; ++begin) {
    action.template operator()<1>(begin);
  }
}

}  // namespace espalier::inline v0::kernels::detail

#endif
