// SPDX-License-Identifier: Apache-2.0
#include <espalier/base/random_generator.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <random>
#include <span>

static_assert(std::uniform_random_bit_generator<espalier::random_generator>);

TEST_SUITE("base") {
  TEST_CASE("the generator gives the published sequence of splitmix64") {
    espalier::random_generator generator(1234567);
    CHECK(generator() == 6457827717110365317U);
    CHECK(generator() == 3203168211198807973U);
    CHECK(generator() == 9817491932198370423U);
  }

  TEST_CASE("equal seeds give equal sequences and other seeds do not") {
    espalier::random_generator a(7);
    espalier::random_generator b(7);
    espalier::random_generator c(8);
    CHECK(a() == b());
    CHECK(a.normal() == b.normal());
    CHECK(a() != c());
  }

  TEST_CASE("below never reaches its bound and hits every number equally") {
    espalier::random_generator generator(1);
    std::array<int, 6> seen{};
    for (int draw = 0; draw < 60000; ++draw) {
      ++seen[generator.below(6)];
    }
    for (const int count : seen) {
      CHECK(std::abs(count - 10000) < 400);  // four standard deviations
    }
    CHECK(generator.below(1) == 0);
  }

  TEST_CASE("normal has mean 0, variance 1 and the normal's tails") {
    espalier::random_generator generator(3);
    double sum = 0;
    double squares = 0;
    int beyond_two = 0;
    constexpr int draws = 100000;
    for (int draw = 0; draw < draws; ++draw) {
      const double x = generator.normal();
      sum += x;
      squares += x * x;
      beyond_two += std::abs(x) > 2 ? 1 : 0;
    }
    CHECK(sum / draws == doctest::Approx(0).epsilon(0.01));
    CHECK(squares / draws == doctest::Approx(1).epsilon(0.02));
    CHECK(beyond_two / double{draws} == doctest::Approx(0.0455).epsilon(0.05));
  }

  TEST_CASE("shuffle keeps the elements and makes every order equally likely") {
    espalier::random_generator generator(5);
    std::array<int, 6> seen{};
    for (int draw = 0; draw < 60000; ++draw) {
      std::array<int, 3> order{0, 1, 2};
      generator.shuffle(std::span(order));
      REQUIRE(std::is_permutation(order.begin(), order.end(), std::array{0, 1, 2}.begin()));
      ++seen[static_cast<std::size_t>(2 * order[0] + (order[1] > order[2] ? 1 : 0))];
    }
    for (const int count : seen) {
      CHECK(std::abs(count - 10000) < 400);
    }
  }
}
