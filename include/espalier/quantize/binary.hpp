// SPDX-License-Identifier: Apache-2.0
// Two numbers for all: the sign.
#ifndef ESPALIER_QUANTIZE_BINARY_HPP
#define ESPALIER_QUANTIZE_BINARY_HPP

#include <cmath>
#include <string>

#include <espalier/base/errors.hpp>
#include <espalier/quantize/quantizer.hpp>

namespace espalier::inline v0::quantize {

/// alpha where x >= 0, else -alpha, or 0 with use_01. Gradients pass by 1 - tanh(x)^2 if `soft`, else as they are; soft
/// is QKeras's binary with alpha None.
/// Source: Courbariaux et al. 2016, arXiv 1602.02830.
struct binary {
  double alpha = 1;     ///< factor, finite
  bool use_01 = false;  ///< whether the lower number is 0
  bool soft = false;    ///< whether gradients of large numbers fade

  /// @throws argument_error if alpha is not finite.
  void validate() const {
    if (!std::isfinite(alpha)) {
      reject<argument_error>("quantize::binary", {"alpha ", alpha}, {"a finite number"});
    }
  }

  [[nodiscard]] double value(double x) const noexcept { return x >= 0 ? alpha : (use_01 ? 0 : -alpha); }
  [[nodiscard]] double slope(double x) const {
    const double t = std::tanh(x);
    return soft ? 1 - t * t : 1;
  }
};
static_assert(quantizer<binary>);

}  // namespace espalier::inline v0::quantize

#endif
