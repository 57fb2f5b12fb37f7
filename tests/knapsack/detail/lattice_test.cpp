// SPDX-License-Identifier: Apache-2.0
#include <espalier/knapsack/detail/lattice.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <vector>

#include <espalier/base/random_generator.hpp>

namespace detail = espalier::knapsack::detail;

TEST_SUITE("knapsack") {
  TEST_CASE("a whole inverse times its matrix is the denominator times the identity") {
    espalier::random_generator random(81);
    int inverted = 0;
    for (int trial = 0; trial < 2000; ++trial) {
      const std::size_t n = 1 + random.below(4);
      std::vector<std::vector<std::int64_t>> columns(n, std::vector<std::int64_t>(n));
      detail::independent_vectors independent(n);
      bool regular = true;
      for (auto& column : columns) {
        for (std::int64_t& entry : column) {
          entry = static_cast<std::int64_t>(random.below(7));
        }
        regular = independent.add(column) && regular;
      }
      const auto inverse = detail::invert(columns);
      REQUIRE(inverse.has_value() == regular);
      if (!inverse) {
        continue;
      }
      ++inverted;
      CHECK(inverse->denominator > 0);
      for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j) {
          std::int64_t sum = 0;
          for (std::size_t k = 0; k < n; ++k) {
            sum += inverse->scaled[i * n + k] * columns[j][k];
          }
          CHECK(sum == (i == j ? inverse->denominator : 0));
        }
      }
    }
    CHECK(inverted > 1000);
  }

  TEST_CASE("the index of a lattice is the number of classes of vectors, and its own vectors are class 0") {
    espalier::random_generator random(82);
    for (int trial = 0; trial < 300; ++trial) {
      detail::lattice lattice(2);
      std::vector<std::vector<std::int64_t>> generators(3, std::vector<std::int64_t>(2));
      for (auto& generator : generators) {
        for (std::int64_t& entry : generator) {
          entry = static_cast<std::int64_t>(random.below(9)) - 4;
        }
        lattice.add(generator);
      }
      const std::int64_t index = lattice.index();
      if (index == 0) {
        continue;  // the generators are all on a line
      }
      std::set<std::int64_t> classes;
      for (std::int64_t x = 0; x < 40; ++x) {
        for (std::int64_t y = 0; y < 40; ++y) {
          const std::int64_t here = lattice.class_of(std::vector<std::int64_t>{x, y});
          classes.insert(here);
          CHECK((here >= 0 && here < index));
          for (const auto& g : generators) {
            CHECK(lattice.class_of(std::vector<std::int64_t>{x + g[0], y + g[1]}) == here);
          }
        }
      }
      CHECK(static_cast<std::int64_t>(classes.size()) == index);
      CHECK(lattice.class_of(std::vector<std::int64_t>{0, 0}) == 0);
    }
  }

  TEST_CASE("slack that the weights must leave has its least cost") {
    detail::lattice even(1);
    even.add(std::vector<std::int64_t>{4});
    even.add(std::vector<std::int64_t>{6});
    CHECK(even.index() == 2);
    CHECK(detail::least_slack_cost(even, std::vector<std::int64_t>{7}, std::vector<std::int64_t>{10}) == 10);
    CHECK(detail::least_slack_cost(even, std::vector<std::int64_t>{8}, std::vector<std::int64_t>{10}) == 0);

    // w2 = (w1 / 2) mod 2: either two units of the first row, or one of the second, must be left of (2, 0).
    detail::lattice hidden(2);
    hidden.add(std::vector<std::int64_t>{2, 1});
    hidden.add(std::vector<std::int64_t>{4, 0});
    CHECK(hidden.index() == 4);
    const std::vector<std::int64_t> capacities{2, 0};
    CHECK(detail::least_slack_cost(hidden, capacities, std::vector<std::int64_t>{3, 10}) == 6);
    CHECK(detail::least_slack_cost(hidden, capacities, std::vector<std::int64_t>{7, 10}) == 10);
  }

  TEST_CASE("the least cost of slack is that of trying all slacks") {
    espalier::random_generator random(91);
    int costly = 0;
    for (int trial = 0; trial < 500; ++trial) {
      detail::lattice lattice(2);
      for (int g = 0; g < 3; ++g) {
        const auto twice = static_cast<std::int64_t>(1 + random.below(3));
        lattice.add(std::vector<std::int64_t>{twice * static_cast<std::int64_t>(random.below(5)),
                                              static_cast<std::int64_t>(2 * random.below(4))});
      }
      if (lattice.index() == 0) {
        continue;
      }
      const std::vector<std::int64_t> capacities{static_cast<std::int64_t>(random.below(50)),
                                                 static_cast<std::int64_t>(random.below(50))};
      const std::vector<std::int64_t> prices{static_cast<std::int64_t>(random.below(9)),
                                             static_cast<std::int64_t>(random.below(9))};
      std::int64_t least = 1 << 20;
      for (std::int64_t x = 0; x < lattice.index(); ++x) {
        for (std::int64_t y = 0; y < lattice.index(); ++y) {
          if (lattice.class_of(std::vector<std::int64_t>{capacities[0] - x, capacities[1] - y}) == 0) {
            least = (std::min)(least, prices[0] * x + prices[1] * y);
          }
        }
      }
      CHECK(detail::least_slack_cost(lattice, capacities, prices) == least);
      costly += least > 0 ? 1 : 0;
    }
    CHECK(costly > 100);
  }
}
