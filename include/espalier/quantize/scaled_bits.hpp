// SPDX-License-Identifier: Apache-2.0
// QKeras's quantized_bits with alpha auto: evenly spaced numbers, as far apart as each channel needs.
#ifndef ESPALIER_QUANTIZE_SCALED_BITS_HPP
#define ESPALIER_QUANTIZE_SCALED_BITS_HPP

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <espalier/base/errors.hpp>
#include <espalier/base/extents.hpp>
#include <espalier/quantize/detail/scale.hpp>
#include <espalier/quantize/quantizer.hpp>

namespace espalier::inline v0::quantize {

/// scale round(x / scale) with a scale for each channel (place along the last axis), so that its largest number is the
/// last multiple, 2^(width - 1) - 1; of two equally near multiples the one farther from 0. With powers of two the scale
/// is the one nearest to that, and then five times the one nearest to the scale of least squares. A vector has one
/// scale, or with powers of two one for each number. Gradients pass as if nothing were rounded.
///
/// It is QKeras's quantized_bits with alpha "auto" or "auto_po2".
struct scaled_bits {
  std::size_t width = 8;      ///< bits with the sign, 2 to 32
  bool power_of_two = false;  ///< whether scales are powers of two, by which hardware need not multiply

  static constexpr bool straight = true;  ///< the slope is 1 everywhere

  /// @throws argument_error if the width is out of range.
  void validate() const {
    if (width < 2 || width > 32) {
      reject<argument_error>("quantize::scaled_bits", {width, " bits"}, {"2 to 32"});
    }
  }

  /// @param shape  of a kernel.
  /// @param x      its numbers, row-major.
  /// @param y      as many; what they are rounded to. It may be x.
  /// @return the scale of each channel, the distance of neighbouring numbers.
  template <class T>
  [[nodiscard]] std::vector<double> round(const extents& shape, std::span<const T> x, std::span<T> y) const {
    const detail::channels_of<T> all(shape, x);
    const double most = std::ldexp(1.0, static_cast<int>(width) - 1) - 1;
    std::vector<double> scales = all.largest();
    for (double& scale : scales) {
      scale = power_of_two ? detail::nearest_power(scale / most) : scale / most;
    }
    const auto multiples = [&] {
      return all.rounded(scales, [&](double number, double scale) {
        const double size = scale == 0 ? 0 : (std::min)(std::floor(std::abs(number) / scale + 0.5), most);
        return std::copysign(size, number);
      });
    };
    std::vector<double> rounded = multiples();
    for (int repeat = 0; power_of_two && repeat < 5; ++repeat) {
      rounded = repeat == 0 ? rounded : multiples();
      scales = all.least_squares(rounded, true);
    }
    all.write(rounded, scales, y);
    return scales;
  }
};
static_assert(tensor_quantizer<scaled_bits>);

}  // namespace espalier::inline v0::quantize

#endif
