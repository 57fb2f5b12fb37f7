// SPDX-License-Identifier: Apache-2.0
// Three numbers for all: the sign, or 0 for small ones.
#ifndef ESPALIER_QUANTIZE_TERNARY_HPP
#define ESPALIER_QUANTIZE_TERNARY_HPP

#include <cmath>
#include <string>

#include <espalier/base/errors.hpp>
#include <espalier/quantize/quantizer.hpp>

namespace espalier::inline v0::quantize {

/// alpha sign(x) where |x| is at least the threshold, else 0. Gradients pass by 1 - tanh(x)^2 if `soft`, else as they
/// are; soft is QKeras's ternary with alpha None.
/// Source: Li, Zhang and Liu 2016, arXiv 1605.04711.
struct ternary {
  double alpha = 1;         ///< factor, finite
  double threshold = 0.33;  ///< from where on numbers are not 0, > 0
  bool soft = false;        ///< whether gradients of large numbers fade

  /// @throws argument_error if alpha is not finite or the threshold not positive.
  void validate() const {
    if (!std::isfinite(alpha) || !(threshold > 0)) {
      reject<argument_error>("quantize::ternary", {"alpha ", alpha, ", threshold ", threshold},
                             {"a finite alpha and a positive threshold"});
    }
  }

  [[nodiscard]] double value(double x) const noexcept {
    return x >= threshold ? alpha : (x <= -threshold ? -alpha : 0);
  }
  [[nodiscard]] double slope(double x) const {
    const double t = std::tanh(x);
    return soft ? 1 - t * t : 1;
  }
};
static_assert(quantizer<ternary>);

}  // namespace espalier::inline v0::quantize

#endif
