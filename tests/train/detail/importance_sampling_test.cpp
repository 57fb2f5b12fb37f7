// SPDX-License-Identifier: Apache-2.0
#include <espalier/train/detail/importance_sampling.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <numeric>
#include <vector>

namespace detail = espalier::train::detail;
using espalier::random_generator;

TEST_SUITE("train") {
  TEST_CASE("samples are drawn in proportion to their size, the largest for certain") {
    const std::vector<double> sizes{1, 2, 0, 100, 3, 4};
    const std::vector<double> expected{.2, .4, 0, 1, .6, .8};
    const auto probabilities = detail::inclusion_probabilities(sizes, 3);
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      CHECK(probabilities[i] == doctest::Approx(expected[i]));
    }
    CHECK(detail::inclusion_probabilities(sizes, 5) == std::vector<double>{1, 1, 0, 1, 1, 1});
    CHECK(detail::inclusion_probabilities(sizes, 9) == std::vector<double>{1, 1, 0, 1, 1, 1});
    CHECK(detail::inclusion_probabilities(std::vector<double>{7}, 1) == std::vector<double>{1});
  }

  TEST_CASE("probabilities of sizes of all orders of magnitude add up to the number of draws") {
    std::vector<double> sizes;
    random_generator random(4);
    for (int i = 0; i < 500; ++i) {
      sizes.push_back(std::exp(60 * random.uniform() - 50));
    }
    for (const std::size_t count : {1U, 7U, 100U, 499U}) {
      const auto probabilities = detail::inclusion_probabilities(sizes, count);
      CHECK(std::accumulate(probabilities.begin(), probabilities.end(), 0.0) ==
            doctest::Approx(static_cast<double>(count)));
      CHECK(*std::max_element(probabilities.begin(), probabilities.end()) <= 1);
      const auto drawn = detail::drawn_systematically(probabilities, random_generator(count));
      CHECK(drawn.size() + 1 >= count);  // rounding may leave the last one out
      CHECK(drawn.size() <= count + 1);
    }
  }

  TEST_CASE("each is drawn as often as its probability says, and never twice") {
    const std::vector<double> probabilities{.25, .5, 0, 1, .75, .5};
    std::vector<int> times(6);
    for (std::uint64_t seed = 0; seed < 4000; ++seed) {
      const auto drawn = detail::drawn_systematically(probabilities, random_generator(seed));
      CHECK(drawn.size() == 3);
      CHECK(std::adjacent_find(drawn.begin(), drawn.end(), std::greater_equal<>()) == drawn.end());
      for (const std::size_t i : drawn) {
        ++times[i];
      }
    }
    for (std::size_t i = 0; i < times.size(); ++i) {
      CHECK(std::abs(times[i] / 4000.0 - probabilities[i]) < 0.03);
    }
  }
}
