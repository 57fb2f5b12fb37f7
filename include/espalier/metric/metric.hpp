// SPDX-License-Identifier: Apache-2.0
// The concept of a metric: one number that says how good the outputs of a network are.
#ifndef ESPALIER_METRIC_METRIC_HPP
#define ESPALIER_METRIC_METRIC_HPP

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>

namespace espalier::inline v0::metric {

/// Outputs of a network for some samples, one row a sample, and what is right: one class each, or a row of targets.
/// @tparam T  float or double.
template <class T>
struct predictions {
  std::span<const T> outputs{};             ///< row-major
  std::size_t width = 1;                    ///< numbers in a row, >= 1
  std::span<const std::uint32_t> labels{};  ///< one class per row; none if there are targets
  std::span<const T> targets{};             ///< rows as those of the outputs
  std::span<const T> weights{};             ///< how much each row counts; none: 1

  [[nodiscard]] std::size_t size() const noexcept { return outputs.size() / width; }
  [[nodiscard]] double weight(std::size_t row) const noexcept {
    return weights.empty() ? 1 : static_cast<double>(weights[row]);
  }
  [[nodiscard]] double output(std::size_t row, std::size_t column) const noexcept {
    return static_cast<double>(outputs[row * width + column]);
  }
  /// @return what that output should be: the target, or 1 for the right class and 0 for others. A single output stands
  ///         for class 1.
  [[nodiscard]] double target(std::size_t row, std::size_t column) const noexcept {
    if (labels.empty()) {
      return static_cast<double>(targets[row * width + column]);
    }
    return labels[row] == (width == 1 ? 1 : column) ? 1 : 0;
  }
};

/// A metric: gives one number for some predictions.
template <class Metric>
concept metric = requires(const Metric& m, const predictions<float>& single, const predictions<double>& wide) {
  { m(single) } -> std::convertible_to<double>;
  { m(wide) } -> std::convertible_to<double>;
};

namespace detail {

/// Calls share(row) for each row.   @return the mean of what it gives, by weight; 0 if nothing counts.
template <class T, class Share>
[[nodiscard]] double mean_of_rows(const predictions<T>& p, const Share& share) {
  double sum = 0;
  double weight = 0;
  for (std::size_t row = 0; row < p.size(); ++row) {
    sum += p.weight(row) * share(row);
    weight += p.weight(row);
  }
  return weight > 0 ? sum / weight : 0;
}

/// @return the column with the largest number of a row, the lowest in a tie.
template <class Number>
[[nodiscard]] std::size_t largest(std::size_t width, const Number& number) {
  std::size_t best = 0;
  for (std::size_t column = 1; column < width; ++column) {
    best = number(column) > number(best) ? column : best;
  }
  return best;
}

/// @return the right class of a row: that of the largest target, the lowest in a tie.
template <class T>
[[nodiscard]] std::size_t right_class(const predictions<T>& p, std::size_t row) {
  if (!p.labels.empty()) {
    return p.labels[row];
  }
  return largest(p.width, [&](std::size_t column) { return p.target(row, column); });
}

}  // namespace detail

}  // namespace espalier::inline v0::metric

#endif
