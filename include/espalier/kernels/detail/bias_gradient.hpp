// SPDX-License-Identifier: Apache-2.0
// The gradient of a bias, which stands at every position of an output.
#ifndef ESPALIER_KERNELS_DETAIL_BIAS_GRADIENT_HPP
#define ESPALIER_KERNELS_DETAIL_BIAS_GRADIENT_HPP

#include <cstddef>

#include <espalier/kernels/detail/vector.hpp>
#include <espalier/kernels/gradient_kind.hpp>
#include <espalier/kernels/lanes.hpp>

namespace espalier::inline v0::kernels::detail {

/// Where a bias stands.
struct bias_shape {
  std::size_t outputs = 0;
  std::size_t positions = 1;  ///< of an output
  std::size_t blocks = 0;
};

/// Adds the gradient of a bias, or its squares of samples.
/// @param dy  [block][position][output][lane].
template <gradient_kind Kind, class T>
void bias_gradient(const bias_shape& s, const T* dy, T* d_bias) {
  constexpr std::size_t width = short_vector<T>::width;
  constexpr std::size_t parts = lanes / width;
  for (std::size_t output = 0; output < s.outputs; ++output) {
    numbers<T> total{};
    for (std::size_t block = 0; block < s.blocks; ++block) {
      numbers<T> samples[parts] = {};
      for (std::size_t position = 0; position < s.positions; ++position) {
        const T* from = dy + ((block * s.positions + position) * s.outputs + output) * lanes;
#pragma GCC unroll 8
        for (std::size_t part = 0; part < parts; ++part) {
          samples[part] += load(from + part * width);
        }
      }
      for (const numbers<T>& sample : samples) {
        total += Kind == gradient_kind::squared ? sample * sample : sample;
      }
    }
    T sum = 0;
    for (std::size_t lane = 0; lane < width; ++lane) {
      sum += total[lane];
    }
    d_bias[output] += sum;
  }
}

}  // namespace espalier::inline v0::kernels::detail

#endif
