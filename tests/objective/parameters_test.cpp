// SPDX-License-Identifier: Apache-2.0
#include <espalier/objective/parameters.hpp>

#include <doctest/doctest.h>

#include <array>
#include <vector>

namespace objective = espalier::objective;
namespace structure = espalier::structure;

TEST_SUITE("objective") {
  TEST_CASE("every weight is a group and saves itself") {
    espalier::attributes::layer_attributes layer;
    layer.kernel_shape = {16, 64};
    const auto savings = objective::parameters{}(layer);
    CHECK(savings.rule == structure::rule(structure::unstructured{}));
    CHECK(savings.usage == std::array<std::int64_t, 1>{1024});
    CHECK(savings.savings == std::vector<objective::saving_run<1>>{{1024, {1}}});
  }

  TEST_CASE("a rule of the user's own saves the size of each group: the reference gives short groups the full saving") {
    espalier::attributes::layer_attributes layer;
    layer.kernel_shape = {25, 7};
    layer.grouped_by = structure::block{4, 6};
    const auto savings = objective::parameters{}(layer);
    CHECK(savings.savings.front() == objective::saving_run<1>{1, {24}, {23}});
    CHECK(savings.savings.back() == objective::saving_run<1>{1, {1}});
  }

  TEST_CASE("a group whose weights are their mean stores one of them, so sharing saves all but one") {
    espalier::attributes::layer_attributes layer;
    layer.kernel_shape = {5, 4};
    layer.grouped_by = structure::structured{};
    CHECK(objective::parameters{}(layer).savings == std::vector<objective::saving_run<1>>{{4, {5}, {4}}});
    layer.grouped_by = structure::unstructured{};
    CHECK(objective::parameters{}(layer).savings == std::vector<objective::saving_run<1>>{{20, {1}, {0}}});
  }

  TEST_CASE("what a rule wants to stay saves nothing: 2 of 4 frees half, steps of 8 leave the rest") {
    espalier::attributes::layer_attributes layer;
    layer.kernel_shape = {16, 20};
    layer.grouped_by = structure::n_of_m{2, 4};
    CHECK(objective::parameters{}(layer).savings == std::vector<objective::saving_run<1>>{{20, {8}, {7}}, {1, {0}}});
    layer.grouped_by = structure::round_to{8};
    CHECK(objective::parameters{}(layer).savings == std::vector<objective::saving_run<1>>{{2, {128}, {127}}, {1, {0}}});
  }
}
