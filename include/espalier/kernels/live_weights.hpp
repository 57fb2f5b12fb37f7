// SPDX-License-Identifier: Apache-2.0
// Which weights of a kernel are not held at 0, in the order in which products add them up.
#ifndef ESPALIER_KERNELS_LIVE_WEIGHTS_HPP
#define ESPALIER_KERNELS_LIVE_WEIGHTS_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include <espalier/kernels/detail/vector.hpp>

namespace espalier::inline v0::kernels {

namespace detail {
template <class T>
struct listed_table;
}

/// A weight that is not skipped.
struct live_weight {
  std::uint32_t place = 0;   ///< of its input behind the first one, in numbers
  std::uint32_t weight = 0;  ///< its number in the kernel
};

/// The weights of each output of a product that are not skipped, row by row of inputs.
struct live_list {
  std::vector<live_weight> live;
  std::vector<std::uint8_t> inputs;   ///< in place of `live`: their inputs in the row; shorter where there is much
  std::vector<std::uint32_t> starts;  ///< of output o and row r: where its weights begin is at o rows + r
  std::size_t rows = 1;

  /// Goes through all weights of a product and takes those that live.
  /// @param run     inputs in a row.
  /// @param weight  (output, row, input of the row) -> number of a weight in the kernel.
  /// @param place   (row, input of the row) -> place of the input.
  template <class Weight, class Place>
  [[nodiscard]] static live_list of(std::span<const std::uint8_t> mask, std::size_t outputs, std::size_t rows,
                                    std::size_t run, const Weight& weight, const Place& place) {
    live_list list;
    list.rows = rows;
    list.starts.push_back(0);
    for (std::size_t i = 0; i < outputs * rows; ++i) {
      for (std::size_t input = 0; input < run; ++input) {
        const std::size_t number = weight(i / rows, i % rows, input);
        if (mask[number] != 0) {
          list.live.push_back({static_cast<std::uint32_t>(place(i % rows, input)), static_cast<std::uint32_t>(number)});
        }
      }
      list.starts.push_back(static_cast<std::uint32_t>(list.live.size()));
    }
    return list;
  }
};

/// @param mask  one entry per weight: 0 for those that could be skipped.
/// @param most  the largest share of other weights with which it pays.
/// @return whether there are so many of them.
[[nodiscard]] inline bool pays_to_skip(std::span<const std::uint8_t> mask, double most) noexcept {
  const auto live = mask.size() - static_cast<std::size_t>(std::count(mask.begin(), mask.end(), 0));
  return live < mask.size() && static_cast<double>(live) <= most * static_cast<double>(mask.size());
}

/// Weights that passes need not multiply by, since they are 0. Sums are added up in the order of passes that do, so
/// that results are the same bits for finite inputs.
/// @tparam T  float or double.
template <class T>
class live_weights {
  using whole = typename detail::short_vector<T>::whole;

 public:
  /// Skips none.
  live_weights() = default;
  /// @param mask        one entry per weight: 0 for those that are skipped.
  /// @param find_loops  gives the innermost loops: what never skips weights does not name them, nor compile them.
  live_weights(std::span<const std::uint8_t> mask, live_list forward, live_list backward,
               const detail::listed_table<T>& (*find_loops)() noexcept)
      : forward_(std::move(forward)), backward_(std::move(backward)), loops_(find_loops), dead_(mask.size()) {
    std::transform(mask.begin(), mask.end(), dead_.begin(),
                   [](std::uint8_t live) { return live == 0 ? (std::numeric_limits<whole>::max)() : whole{0}; });
  }

  /// @return those of each output.
  [[nodiscard]] const live_list& forward() const noexcept { return forward_; }
  /// @return those of each input, for the way back.
  [[nodiscard]] const live_list& backward() const noexcept { return backward_; }

  /// @return the innermost loops of the instruction set in use.
  [[nodiscard]] const detail::listed_table<T>& loops() const noexcept { return loops_(); }

  /// @param weights  the kernel.
  /// @param held     whether all skipped ones are known to be 0.
  /// @return this, if some are skipped and all of those are 0; else null.   Complexity: O(weights), if not held.
  [[nodiscard]] const live_weights* if_zero(const T* weights, bool held) const noexcept {
    return !dead_.empty() && (held || dead_are_zero(weights)) ? this : nullptr;
  }

 private:
  /// Looks at all bits but the sign.
  [[nodiscard]] bool dead_are_zero(const T* weights) const noexcept {
    constexpr std::size_t width = detail::short_vector<T>::width;
    const std::size_t vectors = dead_.size() / width * width;
    detail::wholes<T> found{};
    for (std::size_t i = 0; i < vectors; i += width) {
      found |= detail::load<detail::wholes<T>>(weights + i) & detail::load<detail::wholes<T>>(dead_.data() + i);
    }
    bool zero = true;
    for (std::size_t lane = 0; lane < width; ++lane) {
      zero = zero && found[lane] == 0;
    }
    for (std::size_t i = vectors; i < dead_.size(); ++i) {
      zero = zero && (dead_[i] == 0 || weights[i] == 0);
    }
    return zero;
  }

  live_list forward_;
  live_list backward_;
  const detail::listed_table<T>& (*loops_)() noexcept = nullptr;
  std::vector<whole> dead_;  // all bits but the sign where a weight is skipped
};

}  // namespace espalier::inline v0::kernels

#endif
