// SPDX-License-Identifier: Apache-2.0
// The concept of a quantizer: rounds numbers to those that hardware has.
#ifndef ESPALIER_QUANTIZE_QUANTIZER_HPP
#define ESPALIER_QUANTIZE_QUANTIZER_HPP

#include <concepts>
#include <span>
#include <vector>

#include <espalier/base/extents.hpp>

namespace espalier::inline v0::quantize {

/// A quantizer: a small value with its settings.
///
/// - `value(x)`: the number that hardware has for x.
/// - `slope(x)`: what a gradient is multiplied by on its way back, since that of `value` is 0 almost everywhere.
/// - optional: `straight`, that every slope is 1.
/// - `validate()`: throws argument_error if a setting is out of range.
template <class Quantizer>
concept quantizer = std::default_initializable<Quantizer> && requires(const Quantizer& q, double x) {
  { q.value(x) } -> std::same_as<double>;
  { q.slope(x) } -> std::same_as<double>;
  q.validate();
};

/// A quantizer that looks at all numbers of a kernel together, to find a scale for each of its channels.
///
/// - `round(shape, x, y)`: writes into y what the numbers x of a kernel of that shape, row-major, are rounded to,
///   and returns the scale of each channel. Gradients pass as if nothing were rounded.
/// - `validate()`: throws argument_error if a setting is out of range.
template <class Quantizer>
concept tensor_quantizer = std::default_initializable<Quantizer> &&
    requires(const Quantizer& q, const extents& shape, std::span<const double> x, std::span<double> y) {
  { q.round(shape, x, y) } -> std::same_as<std::vector<double>>;
  requires Quantizer::straight;
  q.validate();
};

}  // namespace espalier::inline v0::quantize

#endif
