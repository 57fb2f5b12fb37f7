// SPDX-License-Identifier: Apache-2.0
#include <espalier/train/data_view.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <span>
#include <vector>

namespace train = espalier::train;

namespace {

const std::vector<float> numbers{1, 2, 3, 4, 5, 6, 7, 8};
const std::vector<std::uint32_t> labels{0, 1, 2, 1};

}  // namespace

TEST_SUITE("train") {
  TEST_CASE("a view of a whole set shows every sample in order and copies none") {
    const auto view = train::view_all<float>(numbers, labels);
    CHECK(view.samples.data() == numbers.data());
    CHECK(view.chosen == std::vector<std::uint32_t>{0, 1, 2, 3});
  }

  TEST_CASE("sets that are empty, cut or not finite are refused") {
    CHECK_THROWS_WITH_AS((void)train::view_all<float>(numbers, {}),
                         "espalier::train::view_all: got 0 samples, expected 1 to 2^32 - 2", espalier::argument_error);
    CHECK_THROWS_WITH_AS((void)train::view_all<float>(std::span(numbers).first(7), labels),
                         "espalier::train::view_all: got 7 numbers and 4 labels, expected as many samples of one size "
                         "as labels",
                         espalier::shape_error);
    CHECK_THROWS_AS((void)train::view_all<float>({}, labels), espalier::shape_error);
    for (const float bad : {std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::infinity()}) {
      auto broken = numbers;
      broken[5] = bad;
      CHECK_THROWS_WITH_AS((void)train::view_all<float>(broken, labels),
                           "espalier::train::view_all: got sample 2 with feature 1 not a finite number, expected "
                           "finite numbers",
                           espalier::numeric_error);
    }
  }

  TEST_CASE("a split takes every sample once, at random by its seed") {
    const std::vector<double> many(100);
    const std::vector<std::uint32_t> classes(100);
    const auto all = train::view_all<double>(many, classes);
    const auto [first, second] = train::split(all, 30, 5);
    CHECK(first.chosen.size() == 70);
    CHECK(second.chosen.size() == 30);
    auto both = first.chosen;
    both.insert(both.end(), second.chosen.begin(), second.chosen.end());
    CHECK_FALSE(std::is_sorted(both.begin(), both.end()));
    std::sort(both.begin(), both.end());
    CHECK(both == all.chosen);
    CHECK(train::split(all, 30, 5).second.chosen == second.chosen);
    CHECK(train::split(all, 30, 6).second.chosen != second.chosen);
    CHECK(train::split(all, 0, 6).second.chosen.empty());
    CHECK_THROWS_WITH_AS((void)train::split(all, 100, 5),
                         "espalier::train::split: got 100 samples for the second part, expected fewer than 100",
                         espalier::argument_error);
  }

  TEST_CASE("a set fits a network if its samples have the input's size and its labels are outputs") {
    const auto view = train::view_all<float>(numbers, labels);
    CHECK_NOTHROW(train::expect_fitting(view, {2}, 3, "here"));
    CHECK_THROWS_WITH_AS(train::expect_fitting(view, {3, 1}, 3, "here"),
                         "espalier::here: got 4 samples in 8 numbers, expected 3 numbers each, for the network's input "
                         "(3, 1)",
                         espalier::shape_error);
    CHECK_THROWS_WITH_AS(train::expect_fitting(view, {2}, 2, "here"),
                         "espalier::here: got label 2 of sample 2, expected a class from 0 to 1, as the network has "
                         "outputs",
                         espalier::argument_error);
  }
}
