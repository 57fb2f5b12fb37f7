// SPDX-License-Identifier: Apache-2.0
// The logistic function.
#ifndef ESPALIER_NN_SIGMOID_HPP
#define ESPALIER_NN_SIGMOID_HPP

#include <cmath>

#include <espalier/base/errors.hpp>
#include <espalier/nn/detail/elementwise.hpp>
#include <espalier/nn/layer.hpp>

namespace espalier::inline v0::nn {

/// 1 / (1 + exp(-x)).
/// @tparam T  float or double.
template <class T = float>
class sigmoid : public detail::elementwise<sigmoid<T>, T> {
 public:
  static constexpr const char* default_name = "sigmoid";

  /// @param x  any number.   @return the output there.
  [[nodiscard]] T value(T x) const { return x >= 0 ? 1 / (1 + std::exp(-x)) : std::exp(x) / (1 + std::exp(x)); }
  /// @param y  an output.   @return the derivative where it comes from.
  [[nodiscard]] T slope(T y) const { return y * (1 - y); }
};
static_assert(layer<sigmoid<float>>);

}  // namespace espalier::inline v0::nn

#endif
