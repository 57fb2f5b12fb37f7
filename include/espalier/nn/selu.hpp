// SPDX-License-Identifier: Apache-2.0
// The scaled exponential linear unit.
#ifndef ESPALIER_NN_SELU_HPP
#define ESPALIER_NN_SELU_HPP

#include <cmath>

#include <espalier/nn/detail/elementwise.hpp>
#include <espalier/nn/layer.hpp>

namespace espalier::inline v0::nn {

/// scale x where that is positive, else scale alpha (exp(x) - 1), with the two constants that keep mean 0 and variance
/// 1 from layer to layer; weights are then drawn by lecun_normal. Source: Klambauer et al. 2017, arXiv 1706.02515.
/// @tparam T  float or double.
template <class T = float>
class selu : public detail::elementwise<selu<T>, T> {
 public:
  static constexpr const char* default_name = "selu";

  /// @param x  any number.   @return the output there.
  [[nodiscard]] T value(T x) const { return x > 0 ? scale * x : scale_alpha * std::expm1(x); }
  /// @param y  an output.   @return the derivative where it comes from.
  [[nodiscard]] T slope(T y) const { return y < 0 ? y + scale_alpha : scale; }

 private:
  static constexpr T scale = T(1.0507009873554805);
  static constexpr T scale_alpha = T(1.0507009873554805 * 1.6732632423543773);
};
static_assert(layer<selu<float>>);

}  // namespace espalier::inline v0::nn

#endif
