// SPDX-License-Identifier: Apache-2.0
// A rectifier by the normal distribution.
#ifndef ESPALIER_NN_GELU_HPP
#define ESPALIER_NN_GELU_HPP

#include <cmath>
#include <numbers>

#include <espalier/nn/detail/elementwise.hpp>
#include <espalier/nn/layer.hpp>

namespace espalier::inline v0::nn {

/// x times the share of the normal distribution below x, computed exactly, not by its approximation with tanh.
/// Source: Hendrycks and Gimpel 2016, arXiv 1606.08415.
/// @tparam T  float or double.
template <class T = float>
class gelu : public detail::elementwise_of_input<gelu<T>, T> {
 public:
  static constexpr const char* default_name = "gelu";

  /// @param x  any number.   @return the output there.
  [[nodiscard]] T value(T x) const { return x * below(x); }
  /// @param x  any number.   @return the derivative there.
  [[nodiscard]] T slope(T x) const {
    constexpr T density_at_0 = std::numbers::inv_sqrtpi_v<T> / std::numbers::sqrt2_v<T>;
    return below(x) + x * density_at_0 * std::exp(-x * x / 2);
  }

 private:
  [[nodiscard]] static T below(T x) { return std::erfc(-x / std::numbers::sqrt2_v<T>) / 2; }
};
static_assert(layer<gelu<float>>);

}  // namespace espalier::inline v0::nn

#endif
