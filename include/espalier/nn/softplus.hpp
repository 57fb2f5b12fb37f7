// SPDX-License-Identifier: Apache-2.0
// A rectifier with a round corner.
#ifndef ESPALIER_NN_SOFTPLUS_HPP
#define ESPALIER_NN_SOFTPLUS_HPP

#include <algorithm>
#include <cmath>

#include <espalier/nn/detail/elementwise.hpp>
#include <espalier/nn/layer.hpp>

namespace espalier::inline v0::nn {

/// log(1 + exp(x)).
/// Source: Dugas et al. 2000, "Incorporating second-order functional knowledge for better option pricing".
/// @tparam T  float or double.
template <class T = float>
class softplus : public detail::elementwise<softplus<T>, T> {
 public:
  static constexpr const char* default_name = "softplus";

  /// @param x  any number.   @return the output there.
  [[nodiscard]] T value(T x) const { return (std::max)(x, T{0}) + std::log1p(std::exp(-std::abs(x))); }
  /// @param y  an output.   @return the derivative where it comes from.
  [[nodiscard]] T slope(T y) const { return -std::expm1(-y); }
};
static_assert(layer<softplus<float>>);

}  // namespace espalier::inline v0::nn

#endif
