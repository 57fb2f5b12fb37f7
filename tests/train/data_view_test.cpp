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
    CHECK_NOTHROW(train::expect_fitting(view, {{2}, 3, 3, false}, "here"));
    CHECK_THROWS_WITH_AS(train::expect_fitting(view, {{3, 1}, 3, 3, false}, "here"),
                         "espalier::here: got 4 samples in 8 numbers, expected 3 numbers each, for the network's input "
                         "(3, 1)",
                         espalier::shape_error);
    CHECK_THROWS_WITH_AS(train::expect_fitting(view, {{2}, 2, 2, false}, "here"),
                         "espalier::here: got label 2 of sample 2, expected a class from 0 to 1, as the network has "
                         "outputs",
                         espalier::argument_error);
  }

  TEST_CASE("targets are rows of numbers, one row a sample, and both parts of a split keep them and the weights") {
    const std::vector<float> targets{1, 2, 3, 4};
    auto view = train::view_all<float>(numbers, targets, 2);
    CHECK(view.size() == 2);
    CHECK(view.outputs == 2);
    CHECK(view.labels.empty());
    view.weights = std::span<const float>(targets).first(2);
    const auto [first, second] = train::split(view, 1, 3);
    CHECK(first.targets.data() == targets.data());
    CHECK(second.outputs == 2);
    CHECK(second.weights.size() == 2);
    CHECK_THROWS_WITH_AS((void)train::view_all<float>(numbers, targets, 3),
                         "espalier::train::view_all: got 4 numbers in rows of 3, expected targets in whole rows",
                         espalier::shape_error);
    CHECK_THROWS_AS((void)train::view_all<float>(numbers, targets, 0), espalier::shape_error);
    auto broken = targets;
    broken[3] = std::numeric_limits<float>::infinity();
    CHECK_THROWS_WITH_AS((void)train::view_all<float>(numbers, broken, 2),
                         "espalier::train::view_all: got sample 1 with target 1 not a finite number, expected finite "
                         "numbers",
                         espalier::numeric_error);
  }

  TEST_CASE("what the loss and the network ask of data is checked") {
    const std::vector<float> targets{1, 2, 3, 4};
    const auto with_targets = train::view_all<float>(numbers, targets, 1);
    auto with_labels = train::view_all<float>(numbers, labels);
    const train::data_demands regression{{2}, 1, 0, true};
    CHECK_NOTHROW(train::expect_fitting(with_targets, regression, "here"));
    CHECK_THROWS_WITH_AS(train::expect_fitting(with_labels, regression, "here"),
                         "espalier::here: got labels, expected targets, which the loss needs for these outputs",
                         espalier::argument_error);
    CHECK_THROWS_WITH_AS(train::expect_fitting(with_targets, {{2}, 3, 3, false}, "here"),
                         "espalier::here: got targets, expected labels, which the loss needs",
                         espalier::argument_error);
    CHECK_THROWS_WITH_AS(train::expect_fitting(with_targets, {{2}, 3, 3, true}, "here"),
                         "espalier::here: got rows of 1 targets, expected 3, as the network has outputs",
                         espalier::shape_error);
    CHECK_THROWS_WITH_AS(train::expect_fitting(with_labels, {{2}, 1, 2, true}, "here"),
                         "espalier::here: got label 2 of sample 2, expected a class from 0 to 1",
                         espalier::argument_error);
    const std::vector<float> weights{1, 0, 2, -1};
    with_labels.weights = std::span<const float>(weights).first(3);
    CHECK_THROWS_WITH_AS(train::expect_fitting(with_labels, {{2}, 3, 3, false}, "here"),
                         "espalier::here: got 3 weights, expected none or one for each of 4 samples",
                         espalier::shape_error);
    with_labels.weights = weights;
    CHECK_THROWS_WITH_AS(train::expect_fitting(with_labels, {{2}, 3, 3, false}, "here"),
                         "espalier::here: got weight -1.000000 of sample 3, expected 0 or more",
                         espalier::argument_error);
  }
}
