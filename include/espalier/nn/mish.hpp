// SPDX-License-Identifier: Apache-2.0
// A rectifier that is smooth and dips below 0, by tanh.
#ifndef ESPALIER_NN_MISH_HPP
#define ESPALIER_NN_MISH_HPP

#include <algorithm>
#include <cmath>

#include <espalier/nn/detail/elementwise.hpp>
#include <espalier/nn/layer.hpp>

namespace espalier::inline v0::nn {

/// x tanh(log(1 + exp(x))).
/// Source: Misra 2019, arXiv 1908.08681.
/// @tparam T  float or double.
template <class T = float>
class mish : public detail::elementwise_of_input<mish<T>, T> {
 public:
  static constexpr const char* default_name = "mish";

  /// @param x  any number.   @return the output there.
  [[nodiscard]] T value(T x) const { return x * share(x); }
  /// @param x  any number.   @return the derivative there.
  [[nodiscard]] T slope(T x) const {
    const T own = share(x);
    return own + x * (1 - own) * (1 + own) / (1 + std::exp(-x));
  }

 private:
  [[nodiscard]] static T share(T x) { return std::tanh((std::max)(x, T{0}) + std::log1p(std::exp(-std::abs(x)))); }
};
static_assert(layer<mish<float>>);

}  // namespace espalier::inline v0::nn

#endif
