// SPDX-License-Identifier: Apache-2.0
#include <espalier/base/callback.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <type_traits>
#include <utility>

using espalier::callback;

namespace {

int twice(int x) {
  return 2 * x;
}

}  // namespace

TEST_SUITE("base") {
  TEST_CASE("what can be called so can be held: functions, lambdas, with results that convert or are not wanted") {
    CHECK_FALSE(callback<void()>{});
    const callback<int(int)> function = twice;
    CHECK(function);
    CHECK(function(3) == 6);
    const callback<double(int)> converts = twice;
    CHECK(converts(3) == 6.0);
    int called = 0;
    const callback<void(int&)> nothing = [&](int& x) { return called = ++x; };
    int x = 4;
    nothing(x);
    CHECK(x == 5);
    CHECK(called == 5);
    CHECK_FALSE(std::is_constructible_v<callback<int(int)>, int>);
    CHECK_FALSE(std::is_constructible_v<callback<int()>, decltype(twice)>);
  }

  TEST_CASE("a copy has its own copy of what is called, which lives as long as the copy") {
    const auto shared = std::make_shared<int>(1);
    {
      callback<int()> counts = [shared, n = 0]() mutable { return *shared + n++; };
      CHECK(counts() == 1);
      callback<int()> copy = counts;
      CHECK(counts() == 2);
      CHECK(counts() == 3);
      CHECK(copy() == 2);
      CHECK(shared.use_count() == 3);
      const callback<int()> moved = std::move(copy);
      CHECK(shared.use_count() == 3);
      counts = {};
      CHECK_FALSE(counts);
      CHECK(shared.use_count() == 2);
      CHECK(moved() == 3);
    }
    CHECK(shared.use_count() == 1);
  }
}
