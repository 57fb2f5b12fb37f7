// SPDX-License-Identifier: Apache-2.0
// A rectifier that lets a little of negative numbers through.
#ifndef ESPALIER_NN_LEAKY_RELU_HPP
#define ESPALIER_NN_LEAKY_RELU_HPP

#include <cmath>
#include <string>

#include <espalier/base/errors.hpp>
#include <espalier/nn/detail/elementwise.hpp>
#include <espalier/nn/layer.hpp>

namespace espalier::inline v0::nn {

/// x where that is positive, else leak x; the derivative at 0 is the leak.
/// @tparam T  float or double.
template <class T = float>
class leaky_relu : public detail::elementwise<leaky_relu<T>, T> {
 public:
  static constexpr const char* default_name = "leaky_relu";
  static constexpr bool piecewise_linear = true;

  /// @param leak  share of negative numbers, >= 0
  /// @throws argument_error if it is negative or not finite.
  explicit leaky_relu(T leak = T(0.3)) : leak_(leak) {
    if (!(leak >= 0 && std::isfinite(leak))) {
      reject<argument_error>("nn::leaky_relu", {"leak ", leak}, {"0 or more"});
    }
  }

  /// @param x  any number.   @return the output there.
  [[nodiscard]] T value(T x) const { return x > 0 ? x : leak_ * x; }
  /// @param y  an output.   @return the derivative where it comes from.
  [[nodiscard]] T slope(T y) const { return y > 0 ? T{1} : leak_; }

 private:
  T leak_;
};
static_assert(layer<leaky_relu<float>>);

}  // namespace espalier::inline v0::nn

#endif
