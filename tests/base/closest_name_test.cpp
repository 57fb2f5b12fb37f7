// SPDX-License-Identifier: Apache-2.0
#include <espalier/base/closest_name.hpp>

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <string_view>
#include <vector>

TEST_SUITE("base") {
  TEST_CASE("the name with the fewest letters to change is the closest, the first of equal ones") {
    const std::vector<std::string> names{"dense_1", "dense_2", "conv", "output"};
    CHECK(espalier::closest_name("dense_1", names) == "dense_1");
    CHECK(espalier::closest_name("dens_2", names) == "dense_2");
    CHECK(espalier::closest_name("dense_", names) == "dense_1");
    CHECK(espalier::closest_name("ouptut", names) == "output");
    CHECK(espalier::closest_name("", names) == "conv");
  }

  TEST_CASE("without names there is no closest one") {
    CHECK(espalier::closest_name("dense", std::set<std::string>{}).empty());
  }

  TEST_CASE("letters inserted, removed and replaced all count once") {
    CHECK(espalier::detail::edit_distance("kitten", "sitting") == 3);
    CHECK(espalier::detail::edit_distance("", "abc") == 3);
    CHECK(espalier::detail::edit_distance("abc", "") == 3);
    CHECK(espalier::detail::edit_distance("abc", "abc") == 0);
  }
}
