// SPDX-License-Identifier: Apache-2.0
// QKeras's binary with alpha auto: the sign, as large as each channel needs.
#ifndef ESPALIER_QUANTIZE_SCALED_BINARY_HPP
#define ESPALIER_QUANTIZE_SCALED_BINARY_HPP

#include <span>
#include <vector>

#include <espalier/base/extents.hpp>
#include <espalier/quantize/detail/scale.hpp>
#include <espalier/quantize/quantizer.hpp>

namespace espalier::inline v0::quantize {

/// scale where x >= 0, else -scale, or 0 with use_01, with the scale of least squares for each channel (place along the
/// last axis); a vector has one for each number. Numbers that are 0, as pruned ones are, do not count for it. Gradients
/// pass as if nothing were rounded.
///
/// It is QKeras's binary with alpha "auto" or "auto_po2".
/// Source: Rastegari et al. 2016, arXiv 1603.05279.
struct scaled_binary {
  bool use_01 = false;        ///< whether the lower number is 0
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
    const auto rounded = all.rounded(
        all.largest(), [&](double number, double /*scale*/) { return number >= 0 ? 1.0 : (use_01 ? 0.0 : -1.0); });
    const auto scales = all.least_squares(rounded, power_of_two);
    all.write(rounded, scales, y);
    return scales;
  }
};
static_assert(tensor_quantizer<scaled_binary>);

}  // namespace espalier::inline v0::quantize

#endif
