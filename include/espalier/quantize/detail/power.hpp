// SPDX-License-Identifier: Apache-2.0
// Powers of two of few exponents.
#ifndef ESPALIER_QUANTIZE_DETAIL_POWER_HPP
#define ESPALIER_QUANTIZE_DETAIL_POWER_HPP

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace espalier::inline v0::quantize::detail {

/// Exponents that some bits count, from -2^bits to 2^bits - 1.
class power_range {
 public:
  /// @param bits       for the exponent; one of them counts those above 0, if numbers above 1 are allowed.
  /// @param max_value  that no power exceeds; 0: any.
  power_range(std::size_t bits, double max_value) {
    const bool above_one = max_value == 0 || max_value > 1;
    const double exponents = std::ldexp(1.0, static_cast<int>(bits) - (above_one ? 1 : 0));
    least_ = -exponents;
    most_ = exponents - 1;
    if (max_value > 0) {
      most_ = (std::max)(least_, (std::min)(most_, std::nearbyint(std::log2(max_value))));
    }
  }

  /// @param size  0 or more.   @return the power for it, the least for 0.
  [[nodiscard]] double nearest(double size) const {
    const double exponent = size == 0 ? least_ : std::nearbyint(std::log2(size));
    return std::exp2((std::clamp)(exponent, least_, most_));
  }

 private:
  double least_;
  double most_;
};

}  // namespace espalier::inline v0::quantize::detail

#endif
