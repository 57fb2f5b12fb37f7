// SPDX-License-Identifier: Apache-2.0
#include <espalier/structure/rules.hpp>

#include <doctest/doctest.h>

namespace structure = espalier::structure;

TEST_SUITE("structure") {
  TEST_CASE("every rule says its name and numbers") {
    CHECK(to_string(structure::rule(structure::unstructured{})) == "unstructured");
    CHECK(to_string(structure::rule(structure::structured{})) == "structured");
    CHECK(to_string(structure::rule(structure::pattern{1920, 2})) == "pattern of 1920 rows, 2 consecutive");
    CHECK(to_string(structure::rule(structure::block{4, 2})) == "block of 4 x 2");
    CHECK(to_string(structure::rule(structure::channel{})) == "channel");
    CHECK(to_string(structure::rule(structure::n_of_m{2, 4})) == "2 of 4");
    CHECK(to_string(structure::rule(structure::round_to{8})) == "rounded to 8 units");
  }

  TEST_CASE("rules are equal when their kind and numbers are") {
    CHECK(structure::rule(structure::pattern{6, 2}) == structure::rule(structure::pattern{6, 2}));
    CHECK_FALSE(structure::rule(structure::pattern{6, 2}) == structure::rule(structure::pattern{6, 1}));
    CHECK_FALSE(structure::rule(structure::structured{}) == structure::rule(structure::unstructured{}));
  }

  TEST_CASE("only the rules that choose among weights need scores") {
    CHECK(structure::needs_scores(structure::n_of_m{}));
    CHECK(structure::needs_scores(structure::round_to{}));
    CHECK_FALSE(structure::needs_scores(structure::unstructured{}));
    CHECK_FALSE(structure::needs_scores(structure::structured{}));
    CHECK_FALSE(structure::needs_scores(structure::pattern{}));
    CHECK_FALSE(structure::needs_scores(structure::block{}));
    CHECK_FALSE(structure::needs_scores(structure::channel{}));
  }
}
