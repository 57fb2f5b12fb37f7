// SPDX-License-Identifier: Apache-2.0
// Scales of the channels of a kernel, found from its numbers.
#ifndef ESPALIER_QUANTIZE_DETAIL_SCALE_HPP
#define ESPALIER_QUANTIZE_DETAIL_SCALE_HPP

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include <espalier/base/extents.hpp>

namespace espalier::inline v0::quantize::detail {

inline constexpr double smallest = 1e-7;  ///< what Keras calls epsilon

/// @return the power of two nearest to a scale.
[[nodiscard]] inline double nearest_power(double scale) {
  return std::exp2(std::nearbyint(std::log2(scale + smallest)));
}

/// Numbers of a kernel, which belong to channels by their place along the last axis; those of a vector have a channel
/// each.
template <class T>
class channels_of {
 public:
  /// @param shape    of the kernel.
  /// @param numbers  row-major.
  channels_of(const extents& shape, std::span<const T> numbers)
      : numbers_(numbers), count_(shape.rank() == 0 ? 1 : shape.back()) {}

  /// @return the largest size of each channel; of a vector, of all.
  [[nodiscard]] std::vector<double> largest() const {
    std::vector<double> result(count_);
    for (std::size_t i = 0; i < numbers_.size(); ++i) {
      result[i % count_] = (std::max)(result[i % count_], std::abs(number(i)));
    }
    if (numbers_.size() == count_) {
      std::fill(result.begin(), result.end(), *std::max_element(result.begin(), result.end()));
    }
    return result;
  }

  /// @param round  gives, for a number and the scale of its channel, what it becomes before it is scaled.
  template <class Round>
  [[nodiscard]] std::vector<double> rounded(const std::vector<double>& scales, const Round& round) const {
    std::vector<double> result(numbers_.size());
    for (std::size_t i = 0; i < result.size(); ++i) {
      result[i] = round(number(i), scales[i % count_]);
    }
    return result;
  }

  /// Numbers that are 0 do not count.
  /// @return the scales with which rounded numbers are nearest to the numbers, in the sum of squares.
  [[nodiscard]] std::vector<double> least_squares(const std::vector<double>& rounded, bool power_of_two) const {
    std::vector<double> products(count_);
    std::vector<double> squares(count_);
    for (std::size_t i = 0; i < rounded.size(); ++i) {
      products[i % count_] += number(i) * rounded[i];
      squares[i % count_] += number(i) == 0 ? 0 : rounded[i] * rounded[i];
    }
    const double share = static_cast<double>(count_) / static_cast<double>(rounded.size());
    for (std::size_t c = 0; c < count_; ++c) {
      const double scale = products[c] * share / (squares[c] * share + smallest);
      products[c] = power_of_two ? nearest_power(scale) : scale;
    }
    return products;
  }

  /// Writes rounded numbers times their scales.
  void write(const std::vector<double>& rounded, const std::vector<double>& scales, std::span<T> to) const {
    for (std::size_t i = 0; i < rounded.size(); ++i) {
      to[i] = static_cast<T>(rounded[i] * scales[i % count_]);
    }
  }

 private:
  [[nodiscard]] double number(std::size_t i) const noexcept { return static_cast<double>(numbers_[i]); }

  std::span<const T> numbers_;
  std::size_t count_;
};

}  // namespace espalier::inline v0::quantize::detail

#endif
