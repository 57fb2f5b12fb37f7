// SPDX-License-Identifier: Apache-2.0
// The exponential function.
#ifndef ESPALIER_NN_EXPONENTIAL_HPP
#define ESPALIER_NN_EXPONENTIAL_HPP

#include <cmath>

#include <espalier/nn/detail/elementwise.hpp>
#include <espalier/nn/layer.hpp>

namespace espalier::inline v0::nn {

/// exp(x).
/// @tparam T  float or double.
template <class T = float>
class exponential : public detail::elementwise<exponential<T>, T> {
 public:
  static constexpr const char* default_name = "exponential";

  /// @param x  any number.   @return the output there.
  [[nodiscard]] T value(T x) const { return std::exp(x); }
  /// @param y  an output.   @return the derivative where it comes from.
  [[nodiscard]] T slope(T y) const { return y; }
};
static_assert(layer<exponential<float>>);

}  // namespace espalier::inline v0::nn

#endif
