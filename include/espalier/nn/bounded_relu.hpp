// SPDX-License-Identifier: Apache-2.0
// A rectifier with an upper end, a threshold and a slope below it.
#ifndef ESPALIER_NN_BOUNDED_RELU_HPP
#define ESPALIER_NN_BOUNDED_RELU_HPP

#include <cmath>
#include <limits>
#include <string>

#include <espalier/base/errors.hpp>
#include <espalier/nn/detail/elementwise.hpp>
#include <espalier/nn/layer.hpp>

namespace espalier::inline v0::nn {

/// Settings of `bounded_relu`.
struct bounded_relu_options {
  double max_value = std::numeric_limits<double>::infinity();  ///< that outputs do not exceed, > threshold
  double negative_slope = 0;                                   ///< below the threshold, >= 0
  double threshold = 0;                                        ///< above which numbers pass as they are
};

/// min(x, max_value) above the threshold, else negative_slope (x - threshold), as Keras's ReLU. At the threshold the
/// derivative is the slope, or 0 if there is a max_value; at max_value it is 1, or 0 for a max_value of 6 without a
/// threshold, which Keras computes by itself. `relu` is faster where it is enough.
/// @tparam T  float or double.
template <class T = float>
class bounded_relu : public detail::elementwise_of_input<bounded_relu<T>, T> {
 public:
  static constexpr const char* default_name = "bounded_relu";
  static constexpr bool piecewise_linear = true;

  /// @param options  see bounded_relu_options.
  /// @throws argument_error if the slope is negative or not finite, or max_value not above the threshold.
  explicit bounded_relu(const bounded_relu_options& options = {})
      : max_(static_cast<T>(options.max_value)),
        slope_(static_cast<T>(options.negative_slope)),
        threshold_(static_cast<T>(options.threshold)) {
    if (!(slope_ >= 0 && std::isfinite(slope_)) || !(max_ > threshold_)) {
      reject<argument_error>("nn::bounded_relu",
                             {"max_value ", options.max_value, ", negative_slope ", options.negative_slope,
                              " and threshold ", options.threshold},
                             {"a slope of 0 or more and max_value above the threshold"});
    }
  }

  /// @param x  any number.   @return the output there.
  [[nodiscard]] T value(T x) const { return x > max_ ? max_ : (x <= threshold_ ? slope_ * (x - threshold_) : x); }
  /// @param x  any number.   @return the derivative there.
  [[nodiscard]] T slope(T x) const {
    const bool six = max_ == T{6} && threshold_ == T{0};
    const T inside = x == max_ && six ? T{0} : T{1};
    const T below = x == threshold_ && std::isfinite(max_) ? T{0} : slope_;
    return x > max_ ? T{0} : (x <= threshold_ ? below : inside);
  }

 private:
  T max_;
  T slope_;
  T threshold_;
};
static_assert(layer<bounded_relu<float>>);

}  // namespace espalier::inline v0::nn

#endif
