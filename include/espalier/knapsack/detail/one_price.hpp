// SPDX-License-Identifier: Apache-2.0
// The price of the only resource, by bisection: where there is one row, nothing has to be generated.
#ifndef ESPALIER_KNAPSACK_DETAIL_ONE_PRICE_HPP
#define ESPALIER_KNAPSACK_DETAIL_ONE_PRICE_HPP

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <espalier/base/random_generator.hpp>
#include <espalier/knapsack/detail/window.hpp>

namespace espalier::inline v0::knapsack::detail {

/// Finds the least price at which the items worth more than they cost fit. There the dual function, whose slope is the
/// capacity less what they use, turns upwards.
template <class = void>  // so that it is compiled where it is used only
class one_price {
 public:
  /// @param items     each class sorted.
  /// @param begin     classes + 1.
  /// @param weights   per class, > 0.
  /// @param capacity  >= 0.
  one_price(std::span<const window_item> items, std::span<const std::size_t> begin,
            std::span<const std::int64_t> weights, std::int64_t capacity)
      : items_(items), begin_(begin), weights_(weights), capacity_(static_cast<double>(capacity)) {
    for (std::size_t c = 0; c < weights.size(); ++c) {
      open_.push_back({begin[c], begin[c + 1]});
    }
  }

  /// Every price at which an item turns is tried, or lies beyond one that was.
  /// @return the price.   Complexity: O(classes log^2 items) as a rule.
  [[nodiscard]] double operator()() {
    double best = 0;
    if (used(0) <= capacity_) {
      return best;
    }
    for (std::size_t c = draw(); c < open_.size(); c = draw()) {
      const std::size_t middle = open_[c].first + (open_[c].last - open_[c].first) / 2;
      const double price = price_of(middle, c);
      const bool fits = used(price) <= capacity_;
      best = fits ? price : best;
      for (std::size_t i = 0; i < open_.size(); ++i) {
        (fits ? open_[i].first : open_[i].last) = end_above(i, open_[i], price, fits);
      }
    }
    return best;
  }

  /// @return how many prices were tried.
  [[nodiscard]] std::size_t steps() const noexcept { return steps_; }

 private:
  /// Items of a class whose own price may be the one; empty: none.
  struct range {
    std::size_t first;
    std::size_t last;
  };

  /// A class to try next: by chance, so that classes of one item each do no harm, whatever their order; the likelier
  /// the more it has left. None has anything left: the number of classes.
  [[nodiscard]] std::size_t draw() {
    std::size_t left = 0;
    for (const range& r : open_) {
      left += r.last - r.first;
    }
    if (left == 0) {
      return open_.size();
    }
    std::size_t place = static_cast<std::size_t>(random_.below(left));
    std::size_t c = 0;
    for (; place >= open_[c].last - open_[c].first; ++c) {
      place -= open_[c].last - open_[c].first;
    }
    return c;
  }

  /// Of an item at which it is worth what it costs; all comparisons are of these, so that equal ones are.
  [[nodiscard]] double price_of(std::size_t item, std::size_t c) const noexcept {
    return items_[item].value / static_cast<double>(weights_[c]);
  }

  /// The first item of a class in [from, to) whose price is not above, or not at least, the given one.
  [[nodiscard]] std::size_t end_above(std::size_t c, range r, double price, bool or_equal) const {
    while (r.first < r.last) {
      const std::size_t middle = r.first + (r.last - r.first) / 2;
      const double its_own = price_of(middle, c);
      if (its_own > price || (or_equal && its_own == price)) {
        r.first = middle + 1;
      } else {
        r.last = middle;
      }
    }
    return r.first;
  }

  /// What the items worth more than they cost use.
  [[nodiscard]] double used(double price) {
    ++steps_;
    double sum = 0;
    for (std::size_t c = 0; c < weights_.size(); ++c) {
      const std::size_t kept = end_above(c, {begin_[c], begin_[c + 1]}, price, false) - begin_[c];
      sum += static_cast<double>(weights_[c]) * static_cast<double>(kept);
    }
    return sum;
  }

  std::span<const window_item> items_;
  std::span<const std::size_t> begin_;
  std::span<const std::int64_t> weights_;
  double capacity_;
  std::vector<range> open_;
  random_generator random_{0x70726963};
  std::size_t steps_ = 0;
};

}  // namespace espalier::inline v0::knapsack::detail

#endif
