// SPDX-License-Identifier: Apache-2.0
// A step from -1 to 1 with long tails.
#ifndef ESPALIER_NN_SOFTSIGN_HPP
#define ESPALIER_NN_SOFTSIGN_HPP

#include <cmath>

#include <espalier/nn/detail/elementwise.hpp>
#include <espalier/nn/layer.hpp>

namespace espalier::inline v0::nn {

/// x / (1 + |x|).
/// Source: Turian, Bergstra and Bengio 2009, "Quadratic features and deep architectures for chunking".
/// @tparam T  float or double.
template <class T = float>
class softsign : public detail::elementwise_of_input<softsign<T>, T> {
 public:
  static constexpr const char* default_name = "softsign";

  /// @param x  any number.   @return the output there.
  [[nodiscard]] T value(T x) const { return x / (1 + std::abs(x)); }
  /// @param x  any number.   @return the derivative there.
  [[nodiscard]] T slope(T x) const {
    const T below = 1 + std::abs(x);
    return 1 / (below * below);
  }
};
static_assert(layer<softsign<float>>);

}  // namespace espalier::inline v0::nn

#endif
