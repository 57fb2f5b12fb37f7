// SPDX-License-Identifier: Apache-2.0
// Gradients of parameters: sums over samples of products of two activations, or of the squares of each sample's.
#ifndef ESPALIER_KERNELS_GRADIENT_HPP
#define ESPALIER_KERNELS_GRADIENT_HPP

#include <array>
#include <cstddef>
#include <cstdint>

#include <espalier/kernels/lanes.hpp>
#include <espalier/kernels/tile.hpp>

namespace espalier::inline v0::kernels {

/// What is summed over samples.
enum class gradient_kind : std::uint8_t {
  plain,   ///< the gradient of each sample
  squared  ///< its square: the diagonal of the empirical Fisher information
};

namespace detail {

/// A tile of the gradient of a kernel, in registers while samples go by.
template <gradient_kind Kind, class T, std::size_t Left, std::size_t Right>
class gradient_tile {
 public:
  gradient_tile() { clear(sums_), clear(squares_); }

  /// Adds the products of one position of the samples in a vector.
  void add(const T* left, const T* right) { multiply_samples<T, Left, Right>(sums_, left, right); }

  /// All positions of these samples were added.
  void end_of_sample() {
    if constexpr (Kind == gradient_kind::squared) {
      for (std::size_t a = 0; a < Left; ++a) {
        for (std::size_t b = 0; b < Right; ++b) {
          squares_[a][b] += sums_[a][b] * sums_[a][b];
        }
      }
      clear(sums_);
    }
  }

  /// Adds the sums over the lanes to a row-major matrix.
  void write(T* to, std::size_t stride) const {
    const auto& result = Kind == gradient_kind::squared ? squares_ : sums_;
    for (std::size_t a = 0; a < Left; ++a) {
      for (std::size_t b = 0; b < Right; ++b) {
        to[a * stride + b] += sum<T>(result[a][b]);
      }
    }
  }

 private:
  using tile = std::array<std::array<vector<T>, Right>, Left>;

  static void clear(tile& t) {
    for (auto& row : t) {
      row.fill(vector<T>{});
    }
  }

  tile sums_;
  tile squares_;
};

}  // namespace detail

/// Adds the gradient of a bias that stands at every position of an output.
/// @param dy  [block][position][output][lane].
template <gradient_kind Kind, class T>
void bias_gradient(const T* dy, std::size_t outputs, std::size_t positions, T* d_bias, std::size_t blocks) {
  using namespace detail;
  for (std::size_t output = 0; output < outputs; ++output) {
    vector<T> total{};
    for (std::size_t block = 0; block < blocks; ++block) {
      for (std::size_t part = 0; part < parts<T>; ++part) {
        vector<T> sample{};
        const T* from = dy + (block * positions * outputs + output) * lanes + part * vector_of<T>::width;
        for (std::size_t position = 0; position < positions; ++position) {
          sample += load(from + position * outputs * lanes);
        }
        total += Kind == gradient_kind::squared ? sample * sample : sample;
      }
    }
    d_bias[output] += sum<T>(total);
  }
}

}  // namespace espalier::inline v0::kernels

#endif
