// SPDX-License-Identifier: Apache-2.0
#include <espalier/regularize/group_norms.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include "support/random_layers.hpp"

namespace regularize = espalier::regularize;
namespace structure = espalier::structure;
using regularize::group_norms;
using regularize::norm_over_groups;

namespace {

/// Compares the gradient with differences of the penalty, whose sums are in double also where weights are floats.
template <class Value>
void expect_slope(const group_norms& penalty, const structure::grouping& groups, std::vector<Value> kernel) {
  const auto at = penalty(groups, std::span<const Value>(kernel));
  for (std::size_t i = 0; i < kernel.size(); ++i) {
    const Value weight = kernel[i];
    const std::array<Value, 2> sides{weight - Value(1e-4), weight + Value(1e-4)};
    std::array<double, 2> penalties{};
    for (std::size_t side = 0; side < 2; ++side) {
      kernel[i] = sides[side];
      penalties[side] = penalty(groups, std::span<const Value>(kernel)).penalty;
    }
    kernel[i] = weight;
    const double slope =
        (penalties[1] - penalties[0]) / (static_cast<double>(sides[1]) - static_cast<double>(sides[0]));
    CHECK(static_cast<double>(at.gradient[i]) == doctest::Approx(slope).epsilon(1e-4));
  }
}

}  // namespace

TEST_SUITE("regularize") {
  TEST_CASE_TEMPLATE("the gradient is that of finite differences, for every rule and norm", Value, float, double) {
    const std::vector<structure::rule> rules{
        structure::unstructured{}, structure::structured{}, structure::pattern{12, 5}, structure::block{2, 3},
        structure::channel{},      structure::n_of_m{2, 4}, structure::round_to{2}};
    espalier::random_generator random(150);
    for (const espalier::extents& shape : {espalier::extents{8, 6}, {3, 4, 4}, {2, 2, 4, 3}}) {
      const auto scores = support::random_numbers(random, shape.size());
      for (const structure::rule& rule : rules) {
        for (const auto norm : {norm_over_groups::one, norm_over_groups::two}) {
          CAPTURE(to_string(rule));
          expect_slope(group_norms({.alpha = 0.7, .beta = 0.4, .norm = norm}), structure::grouping(rule, shape, scores),
                       std::vector<Value>(scores.begin(), scores.end()));
        }
      }
    }
  }

  TEST_CASE("the gradient is that of finite differences, over random groups, strengths and norms") {
    espalier::random_generator random(151);
    for (int trial = 0; trial < 150; ++trial) {
      const espalier::extents shape = support::random_shape(random);
      const auto kernel = support::random_numbers(random, shape.size());
      expect_slope(group_norms({.alpha = random.uniform(),
                                .beta = random.uniform(),
                                .norm = trial % 2 == 0 ? norm_over_groups::one : norm_over_groups::two}),
                   structure::grouping(support::random_rule(random, shape), shape, kernel), kernel);
    }
  }

  TEST_CASE("a filter is one group: the reference takes one per channel and filter") {
    const std::vector<double> kernel{3, 0, 4, 1};  // (1, 1, 2, 2): filters (3, 4) and (0, 1)
    const structure::grouping filters(structure::structured{}, {1, 1, 2, 2});
    const auto got = group_norms({.alpha = 1})(filters, std::span<const double>(kernel));
    CHECK(got.penalty == 6);
    CHECK(got.gradient == std::vector<double>{0.6, 0, 0.8, 1});
  }

  TEST_CASE("single weights have the l1 norm, and the variance of all of them") {
    const std::vector<double> kernel{1, -2, 4};
    const structure::grouping weights(structure::unstructured{}, {1, 3});
    CHECK(group_norms({.alpha = 1})(weights, std::span<const double>(kernel)).penalty == 7);
    CHECK(group_norms({.beta = 1})(weights, std::span<const double>(kernel)).penalty == doctest::Approx(6));
  }

  TEST_CASE("the gradient at a group of zeros is 0, also under the norm of all") {
    const std::vector<float> kernel{0, 1, 0, 2};
    const structure::grouping neurons(structure::structured{}, {2, 2});
    const auto got = group_norms({.alpha = 1, .beta = 1})(neurons, std::span<const float>(kernel));
    CHECK(got.gradient[0] == 0);
    CHECK(got.gradient[2] == 0);
    const std::vector<float> zeros(4, 0.0F);
    const auto none = group_norms({.alpha = 1, .norm = norm_over_groups::two})(neurons, std::span<const float>(zeros));
    CHECK(none.penalty == 0);
    CHECK(none.gradient == zeros);
  }

  TEST_CASE("a large common offset does not drown a small variance") {
    const std::vector<double> kernel{1e8 + 1, 1e8 + 2, 1e8 + 3, 1e8 + 4};
    const structure::grouping neuron(structure::structured{}, {4, 1});
    CHECK(group_norms({.beta = 1})(neuron, std::span<const double>(kernel)).penalty == 1.25);
  }

  TEST_CASE("without strengths nothing is penalized") {
    const std::vector<double> kernel{1, 2, 3, 4};
    const auto got =
        group_norms()(structure::grouping(structure::structured{}, {2, 2}), std::span<const double>(kernel));
    CHECK(got.penalty == 0);
    CHECK(got.gradient == std::vector<double>{0, 0, 0, 0});
  }

  TEST_CASE("strengths that are negative or not finite, and kernels of another size, are refused") {
    CHECK_THROWS_AS(group_norms({.alpha = -1}), espalier::argument_error);
    CHECK_THROWS_AS(group_norms({.beta = std::numeric_limits<double>::quiet_NaN()}), espalier::argument_error);
    CHECK_THROWS_AS(group_norms({.alpha = std::numeric_limits<double>::infinity()}), espalier::argument_error);
    const std::vector<double> kernel(3);
    CHECK_THROWS_WITH_AS(static_cast<void>(group_norms()(structure::grouping(structure::structured{}, {2, 2}),
                                                         std::span<const double>(kernel))),
                         "espalier::regularize::group_norms: got 3 weights, expected 4, as the groups have",
                         espalier::shape_error);
  }
}
