// SPDX-License-Identifier: Apache-2.0
// A rectifier that is smooth and dips below 0.
#ifndef ESPALIER_NN_SWISH_HPP
#define ESPALIER_NN_SWISH_HPP

#include <cmath>

#include <espalier/nn/detail/elementwise.hpp>
#include <espalier/nn/layer.hpp>

namespace espalier::inline v0::nn {

/// x / (1 + exp(-x)), also called SiLU.
/// Source: Ramachandran, Zoph and Le 2017, arXiv 1710.05941.
/// @tparam T  float or double.
template <class T = float>
class swish : public detail::elementwise_of_input<swish<T>, T> {
 public:
  static constexpr const char* default_name = "swish";

  /// @param x  any number.   @return the output there.
  [[nodiscard]] T value(T x) const { return x / (1 + std::exp(-x)); }
  /// @param x  any number.   @return the derivative there.
  [[nodiscard]] T slope(T x) const {
    const T share = 1 / (1 + std::exp(-x));
    return share * (1 + x * (1 - share));
  }
};
static_assert(layer<swish<float>>);

}  // namespace espalier::inline v0::nn

#endif
