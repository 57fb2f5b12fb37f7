// SPDX-License-Identifier: Apache-2.0
// One setting that a search may choose, such as the strength of a regularizer.
#ifndef ESPALIER_TUNE_DIMENSION_HPP
#define ESPALIER_TUNE_DIMENSION_HPP

#include <cmath>
#include <span>
#include <string>
#include <string_view>

#include <espalier/base/errors.hpp>

namespace espalier::inline v0::tune {

/// A range of numbers.
struct dimension {
  double low = 1e-6;        ///< > 0 on a logarithmic scale
  double high = 1e-2;       ///< >= low, finite
  bool logarithmic = true;  ///< whether steps are factors

  /// @param part  0 to 1.   @return the number at this part of the way from low to high; at 0 and 1 exactly these.
  [[nodiscard]] double at(double part) const {
    if (part <= 0 || part >= 1) {
      return part <= 0 ? low : high;
    }
    return logarithmic ? low * std::pow(high / low, part) : low + (high - low) * part;
  }
};

/// @param space  the dimensions of a search.   @param where  function that is named in the message.
/// @throws argument_error if there is none, or one is no range.
inline void validate(std::span<const dimension> space, std::string_view where) {
  if (space.empty()) {
    reject<argument_error>(where, {"no dimensions"}, {"one or more"});
  }
  for (const dimension& d : space) {
    if (!(d.low <= d.high && std::isfinite(d.low) && std::isfinite(d.high) && (!d.logarithmic || d.low > 0))) {
      reject<argument_error>(where, {"a dimension from ", d.low, " to ", d.high},
                             {"low <= high, and low > 0 on a logarithmic scale"});
    }
  }
}

}  // namespace espalier::inline v0::tune

#endif
