// SPDX-License-Identifier: Apache-2.0
#include <espalier/rank/lamp.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include <espalier/base/random_generator.hpp>

namespace {

/// The definition: the sum of all losses that do not come before this one in increasing order, ties by index.
std::vector<double> by_definition(const std::vector<double>& losses) {
  std::vector<double> divisors(losses.size(), 0.0);
  for (std::size_t g = 0; g < losses.size(); ++g) {
    for (std::size_t h = 0; h < losses.size(); ++h) {
      const bool before = losses[h] < losses[g] || (losses[h] == losses[g] && h < g);
      divisors[g] += before ? 0 : losses[h];
    }
  }
  return divisors;
}

}  // namespace

TEST_SUITE("rank") {
  TEST_CASE("the divisor is what is left when all smaller losses are gone, also with ties and zeros") {
    espalier::random_generator random(61);
    for (int trial = 0; trial < 200; ++trial) {
      std::vector<double> losses(1 + random.below(40));
      for (double& loss : losses) {
        loss = trial % 2 == 0 ? static_cast<double>(random.below(5)) : random.uniform();
      }
      const auto got = espalier::rank::lamp{}(losses);
      const auto expected = by_definition(losses);
      REQUIRE(got.size() == losses.size());
      for (std::size_t g = 0; g < losses.size(); ++g) {
        CHECK(got[g] == doctest::Approx(expected[g]).epsilon(1e-12));
      }
    }
  }

  TEST_CASE("the largest group has value 1 and the order inside a layer does not change") {
    espalier::random_generator random(62);
    std::vector<double> losses(500);
    for (double& loss : losses) {
      loss = random.uniform();
    }
    const auto divisors = espalier::rank::lamp{}(losses);
    double largest = 0;
    for (std::size_t g = 0; g < losses.size(); ++g) {
      largest = (std::max)(largest, losses[g] / divisors[g]);
      for (std::size_t h = 0; h < 20; ++h) {
        if (losses[g] < losses[h]) {
          CHECK(losses[g] / divisors[g] < losses[h] / divisors[h]);
        }
      }
    }
    CHECK(largest == 1);
  }

  TEST_CASE("many losses, of all magnitudes, are put in order as a few are") {
    espalier::random_generator random(63);
    std::vector<double> losses(5000);
    for (double& loss : losses) {
      loss = std::ldexp(random.uniform(), static_cast<int>(random.below(600)) - 300);
    }
    const auto got = espalier::rank::lamp{}(losses);
    const auto expected = by_definition(losses);
    for (std::size_t g = 0; g < losses.size(); ++g) {
      REQUIRE(got[g] == doctest::Approx(expected[g]).epsilon(1e-12));
    }
  }

  TEST_CASE("losses that are negative or not finite are refused by their group") {
    CHECK_THROWS_WITH_AS(static_cast<void>(espalier::rank::lamp{}(std::vector<double>{1, -1})),
                         "espalier::rank::lamp: got loss -1.000000 of group 1, expected finite losses >= 0",
                         espalier::argument_error);
    CHECK_THROWS_AS(static_cast<void>(espalier::rank::lamp{}(std::vector<double>{std::nan("")})),
                    espalier::argument_error);
    CHECK_THROWS_AS(static_cast<void>(espalier::rank::lamp{}(std::vector<double>{HUGE_VAL})), espalier::argument_error);
  }

  TEST_CASE("a hundred thousand losses of which half are equal and the rest far apart are put in order") {
    espalier::random_generator random(64);
    std::vector<double> losses(100000);
    for (double& loss : losses) {
      loss = random.below(2) == 0 ? 0.25 : std::exp(20 * random.normal());
    }
    const auto divisors = espalier::rank::lamp{}(losses);
    std::vector<double> sorted = losses;
    std::sort(sorted.begin(), sorted.end());
    double sum = 0;
    std::vector<double> expected;
    for (std::size_t place = sorted.size(); place-- > 0;) {
      expected.push_back(sum += sorted[place]);
    }
    std::vector<double> got = divisors;
    std::sort(got.begin(), got.end());
    for (std::size_t g = 0; g < got.size(); ++g) {
      REQUIRE(got[g] == doctest::Approx(expected[g]).epsilon(1e-12));
    }
    for (std::size_t g = 1; g < losses.size(); ++g) {
      if (losses[g - 1] == losses[g]) {
        REQUIRE(divisors[g - 1] >= divisors[g]);  // of equal ones the first still has the others beside it
      }
    }
  }

  TEST_CASE("a layer without groups has no divisors") {
    CHECK(espalier::rank::lamp{}({}).empty());
  }
}
