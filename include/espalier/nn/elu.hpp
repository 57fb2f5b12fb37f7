// SPDX-License-Identifier: Apache-2.0
// The exponential linear unit.
#ifndef ESPALIER_NN_ELU_HPP
#define ESPALIER_NN_ELU_HPP

#include <cmath>
#include <string>

#include <espalier/base/errors.hpp>
#include <espalier/nn/detail/elementwise.hpp>
#include <espalier/nn/layer.hpp>

namespace espalier::inline v0::nn {

/// x where that is positive, else alpha (exp(x) - 1).
/// Source: Clevert, Unterthiner and Hochreiter 2016, arXiv 1511.07289.
/// @tparam T  float or double.
template <class T = float>
class elu : public detail::elementwise<elu<T>, T> {
 public:
  static constexpr const char* default_name = "elu";

  /// @param alpha  how far below 0 it goes, >= 0
  /// @throws argument_error if it is negative or not finite.
  explicit elu(T alpha = T(1)) : alpha_(alpha) {
    if (!(alpha >= 0 && std::isfinite(alpha))) {
      reject<argument_error>("nn::elu", {"alpha ", alpha}, {"0 or more"});
    }
  }

  /// @param x  any number.   @return the output there.
  [[nodiscard]] T value(T x) const { return x > 0 ? x : alpha_ * std::expm1(x); }
  /// @param y  an output.   @return the derivative where it comes from.
  [[nodiscard]] T slope(T y) const { return y > 0 ? T{1} : y + alpha_; }

 private:
  T alpha_;
};
static_assert(layer<elu<float>>);

}  // namespace espalier::inline v0::nn

#endif
