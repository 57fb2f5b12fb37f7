// SPDX-License-Identifier: Apache-2.0
// The logistic function in three straight lines.
#ifndef ESPALIER_NN_HARD_SIGMOID_HPP
#define ESPALIER_NN_HARD_SIGMOID_HPP

#include <cmath>
#include <string>

#include <espalier/base/errors.hpp>
#include <espalier/nn/detail/elementwise.hpp>
#include <espalier/nn/layer.hpp>

namespace espalier::inline v0::nn {

/// rise x + 0.5, not below 0 and not above 1; the derivative at the two corners is the rise.
/// Source: Courbariaux, Bengio and David 2015, arXiv 1511.00363.
/// @tparam T  float or double.
template <class T = float>
class hard_sigmoid : public detail::elementwise_of_input<hard_sigmoid<T>, T> {
 public:
  static constexpr const char* default_name = "hard_sigmoid";
  static constexpr bool piecewise_linear = true;

  /// @param rise  of the line between the corners, > 0: 0.2 as in Keras 2; Keras 3 has 1/6.
  /// @throws argument_error if it is not positive or not finite.
  explicit hard_sigmoid(T rise = T(0.2)) : rise_(rise) {
    if (!(rise > 0 && std::isfinite(rise))) {
      reject<argument_error>("nn::hard_sigmoid", {"rise ", rise}, {"a number above 0"});
    }
  }

  /// @param x  any number.   @return the output there.
  [[nodiscard]] T value(T x) const {
    const T y = rise_ * x + T(0.5);
    return y < 0 ? T{0} : (y > 1 ? T{1} : y);
  }
  /// @param x  any number.   @return the derivative there.
  [[nodiscard]] T slope(T x) const {
    const T y = rise_ * x + T(0.5);
    return y >= 0 && y <= 1 ? rise_ : T{0};
  }

 private:
  T rise_;
};
static_assert(layer<hard_sigmoid<float>>);

}  // namespace espalier::inline v0::nn

#endif
