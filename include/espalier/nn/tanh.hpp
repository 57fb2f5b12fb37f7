// SPDX-License-Identifier: Apache-2.0
// The hyperbolic tangent.
#ifndef ESPALIER_NN_TANH_HPP
#define ESPALIER_NN_TANH_HPP

#include <cmath>

#include <espalier/base/errors.hpp>
#include <espalier/nn/detail/elementwise.hpp>
#include <espalier/nn/layer.hpp>

namespace espalier::inline v0::nn {

/// tanh(x).
/// @tparam T  float or double.
template <class T = float>
class tanh : public detail::elementwise<tanh<T>, T> {
 public:
  static constexpr const char* default_name = "tanh";

  /// @param x  any number.   @return the output there.
  [[nodiscard]] T value(T x) const { return std::tanh(x); }
  /// @param y  an output.   @return the derivative where it comes from.
  [[nodiscard]] T slope(T y) const { return (1 - y) * (1 + y); }
};
static_assert(layer<tanh<float>>);

}  // namespace espalier::inline v0::nn

#endif
