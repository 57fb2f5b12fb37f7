// SPDX-License-Identifier: Apache-2.0
#include <espalier/knapsack/detail/one_price.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace detail = espalier::knapsack::detail;

namespace {

struct classes {
  std::vector<detail::window_item> items;
  std::vector<std::size_t> begin{0};
  std::vector<std::int64_t> weights;

  void add(std::vector<double> values, std::int64_t weight) {
    std::sort(values.begin(), values.end(), std::greater{});
    for (const double value : values) {
      items.push_back({value, static_cast<std::uint32_t>(items.size())});
    }
    begin.push_back(items.size());
    weights.push_back(weight);
  }
  [[nodiscard]] double price_of(std::size_t item, std::size_t c) const {
    return items[item].value / static_cast<double>(weights[c]);
  }
  /// What the items worth more than they cost use.
  [[nodiscard]] std::int64_t used(double price) const {
    std::int64_t sum = 0;
    for (std::size_t c = 0; c < weights.size(); ++c) {
      for (std::size_t i = begin[c]; i < begin[c + 1]; ++i) {
        sum += price_of(i, c) > price ? weights[c] : 0;
      }
    }
    return sum;
  }
};

}  // namespace

TEST_SUITE("knapsack") {
  TEST_CASE("the price is the least of all at which what is worth more than it costs fits") {
    espalier::random_generator random(87);
    for (int trial = 0; trial < 400; ++trial) {
      classes all;
      for (std::size_t c = 1 + random.below(5); c > 0; --c) {
        std::vector<double> values(random.below(12));
        for (double& value : values) {
          // Whole numbers now and then, so that prices are equal.
          value = random.below(2) == 0 ? random.uniform() : static_cast<double>(random.below(5));
        }
        all.add(values, 1 + static_cast<std::int64_t>(random.below(6)));
      }
      const auto capacity = static_cast<std::int64_t>(random.below(60));
      double best = all.used(0) <= capacity ? 0 : 1e300;
      for (std::size_t c = 0; c < all.weights.size(); ++c) {
        for (std::size_t i = all.begin[c]; i < all.begin[c + 1]; ++i) {
          best = all.used(all.price_of(i, c)) <= capacity ? std::min(best, all.price_of(i, c)) : best;
        }
      }
      CAPTURE(trial);
      CHECK(detail::one_price(all.items, all.begin, all.weights, capacity)() == best);
    }
  }

  TEST_CASE("classes of one item each, in any order, take few steps") {
    for (const bool rising : {false, true}) {
      classes all;
      for (int i = 0; i < 20'000; ++i) {
        all.add({rising ? i + 1.0 : 20'000.0 - i}, 1);
      }
      detail::one_price price(all.items, all.begin, all.weights, 7000);
      CHECK(price() == 13'000);
      CHECK(price.steps() < 100);
    }
  }
}
