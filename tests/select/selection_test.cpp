// SPDX-License-Identifier: Apache-2.0
#include <espalier/select/selection.hpp>

#include <doctest/doctest.h>

namespace choose = espalier::select;
using espalier::knapsack::status;

TEST_SUITE("select") {
  TEST_CASE("the gap is relative to the bound, and 0 where the value is proven or worth nothing") {
    choose::selection selection;
    selection.value = 9;
    selection.bound = 10;
    selection.status = status::feasible;
    CHECK(selection.gap() == doctest::Approx(0.1));
    selection.status = status::optimal;
    CHECK(selection.gap() == 0);
    selection = {};
    selection.status = status::feasible;
    CHECK(selection.gap() == 0);
  }

  TEST_CASE("half of everything is freed, together and along live paths, unless said otherwise") {
    const choose::options options;
    CHECK(options.sparsity == std::vector<double>{0.5});
    CHECK(options.scope == choose::scope::global);
    CHECK(options.live);
    CHECK(options.minimum_kept == 0);
    CHECK(options.layers.empty());
    CHECK(options.sharing_saves == choose::sharing_saves::what_the_objective_says);
  }
}
