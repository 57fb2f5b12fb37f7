// SPDX-License-Identifier: Apache-2.0
// QKeras's ternary with alpha auto: the sign, or 0 for what is small in its channel.
#ifndef ESPALIER_QUANTIZE_SCALED_TERNARY_HPP
#define ESPALIER_QUANTIZE_SCALED_TERNARY_HPP

#include <cmath>
#include <span>
#include <vector>

#include <espalier/base/extents.hpp>
#include <espalier/quantize/detail/scale.hpp>
#include <espalier/quantize/quantizer.hpp>

namespace espalier::inline v0::quantize {

/// scale sign(x), or 0 where |x| is at most half the scale, for each channel (place along the last axis). The scale
/// begins at two thirds of the largest number and is then five times the one of least squares. Gradients pass as if
/// nothing were rounded.
///
/// It is QKeras's ternary with alpha "auto" or "auto_po2".
/// Source: Li, Zhang and Liu 2016, arXiv 1605.04711.
struct scaled_ternary {
  bool power_of_two = false;  ///< whether scales are powers of two, by which hardware need not multiply

  static constexpr bool straight = true;  ///< the slope is 1 everywhere

  void validate() const noexcept {}

  /// @param shape  of a kernel.
  /// @param x      its numbers, row-major.
  /// @param y      as many; what they are rounded to. It may be x.
  /// @return the scale of each channel.
  template <class T>
  [[nodiscard]] std::vector<double> round(const extents& shape, std::span<const T> x, std::span<T> y) const {
    const detail::channels_of<T> all(shape, x);
    std::vector<double> scales = all.largest();
    for (double& scale : scales) {
      scale = power_of_two ? detail::nearest_power(2 * scale / 3) : 2 * scale / 3;
    }
    std::vector<double> rounded;
    for (int repeat = 0; repeat < 5; ++repeat) {
      rounded = all.rounded(scales, [](double number, double scale) {
        return scale > 0 && std::abs(number) > scale / 2 ? std::copysign(1.0, number) : 0.0;
      });
      scales = all.least_squares(rounded, power_of_two);
    }
    all.write(rounded, scales, y);
    return scales;
  }
};
static_assert(tensor_quantizer<scaled_ternary>);

}  // namespace espalier::inline v0::quantize

#endif
