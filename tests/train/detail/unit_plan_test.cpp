// SPDX-License-Identifier: Apache-2.0
#include <espalier/train/detail/unit_plan.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <numeric>
#include <utility>
#include <vector>

namespace detail = espalier::train::detail;

namespace {

/// Nothing is held; all biases are positive.
/// @param reads  bundles of the inputs.   @param gives  bundle of the first unit; 0: of all units.
detail::unit_layer whole(std::vector<std::size_t> reads, std::size_t units, std::size_t gives) {
  detail::unit_layer layer{.reads = std::move(reads), .gives = std::vector<std::size_t>(units), .rectified = true};
  if (gives != 0) {
    std::iota(layer.gives.begin(), layer.gives.end(), gives);
  }
  layer.held.assign(layer.inputs() * units, 0);
  layer.lowered.assign(units, 0);
  return layer;
}
void hold_unit(detail::unit_layer& layer, std::size_t unit) {
  for (std::size_t row = 0; row < layer.held.size() / layer.units(); ++row) {
    layer.held[row * layer.units() + unit] = 1;
  }
}
void hold_input(detail::unit_layer& layer, std::size_t input) {
  for (std::size_t unit = 0; unit < layer.units(); ++unit) {
    layer.held[input * layer.units() + unit] = 1;
  }
}
detail::unit_plan staying(const std::vector<detail::unit_layer>& layers) {
  return detail::plan_of(layers, detail::unit_finder(layers).staying());
}

}  // namespace

TEST_SUITE("train") {
  TEST_CASE("without held weights all units stay") {
    CHECK(staying({whole({0, 0, 0}, 4, 1), whole({1, 2, 3, 4}, 2, 0)}) == detail::unit_plan{{0, 1, 2, 3}, {0, 1}});
  }

  TEST_CASE("a unit without inputs goes only if its bias leaves it at 0 behind a relu") {
    std::vector<detail::unit_layer> layers{whole({0, 0, 0}, 4, 1), whole({1, 2, 3, 4}, 2, 0)};
    hold_unit(layers[0], 1);
    hold_unit(layers[0], 2);
    layers[0].lowered[2] = layers[0].lowered[3] = 1;
    CHECK(staying(layers)[0] == std::vector<std::size_t>{0, 1, 3});
    layers[0].rectified = false;
    CHECK(staying(layers)[0] == std::vector<std::size_t>{0, 1, 2, 3});
  }

  TEST_CASE("a unit that nobody reads goes, and so do those that only it reads") {
    std::vector<detail::unit_layer> layers{whole({0, 0, 0}, 2, 1), whole({1, 2}, 3, 3), whole({3, 4, 5}, 2, 0)};
    hold_input(layers[2], 1);
    CHECK(staying(layers) == detail::unit_plan{{0, 1}, {0, 2}, {0, 1}});
    layers[1].held = {1, 0, 1, 0, 0, 0};  // only unit 1 reads unit 0
    CHECK(staying(layers) == detail::unit_plan{{1}, {0, 2}, {0, 1}});
  }

  TEST_CASE("silence goes on to units that hear nothing else") {
    std::vector<detail::unit_layer> layers{whole({0, 0, 0}, 2, 1), whole({1, 2}, 2, 3), whole({3, 4}, 2, 0)};
    hold_unit(layers[0], 0);
    layers[0].lowered[0] = 1;
    layers[1].held = {0, 0, 1, 0};  // unit 0 hears unit 0 alone
    layers[1].lowered[0] = 1;
    CHECK(staying(layers) == detail::unit_plan{{1}, {1}, {0, 1}});
    layers[1].lowered[0] = 0;
    CHECK(staying(layers) == detail::unit_plan{{1}, {0, 1}, {0, 1}});
  }

  TEST_CASE("flattened images have every unit at every place, and a layer keeps a unit at least") {
    std::vector<detail::unit_layer> layers{whole({0}, 2, 1), whole({1, 2, 1, 2, 1, 2}, 2, 0)};
    hold_input(layers[1], 0);
    hold_input(layers[1], 2);
    CHECK(staying(layers)[0] == std::vector<std::size_t>{0, 1});
    hold_input(layers[1], 4);
    CHECK(staying(layers)[0] == std::vector<std::size_t>{1});
    for (const std::size_t input : {1U, 3U, 5U}) {
      hold_input(layers[1], input);
    }
    CHECK(staying(layers)[0] == std::vector<std::size_t>{0});
  }

  TEST_CASE("the units of a bundle go when all of them can") {
    std::vector<detail::unit_layer> layers{whole({0, 0}, 2, 1), whole({1, 2}, 2, 1), whole({1, 2}, 2, 0)};
    hold_unit(layers[0], 0);
    layers[0].lowered = layers[1].lowered = {1, 1};
    CHECK(staying(layers) == detail::unit_plan{{0, 1}, {0, 1}, {0, 1}});
    hold_unit(layers[1], 0);
    CHECK(staying(layers) == detail::unit_plan{{1}, {1}, {0, 1}});
    layers[0].lowered[0] = 0;
    CHECK(staying(layers)[0] == std::vector<std::size_t>{0, 1});
    hold_input(layers[1], 0);
    CHECK_MESSAGE((staying(layers)[0] == std::vector<std::size_t>{0, 1}), "the third layer reads the sum");
    hold_input(layers[2], 0);
    CHECK(staying(layers)[0] == std::vector<std::size_t>{1});
  }

  TEST_CASE("the weights between units that stay are found by place, input and unit") {
    const detail::unit_layer convolution{.places = 2, .reads = {1, 2, 3}, .gives = {4, 5}};
    CHECK(detail::places_of_staying(convolution, {1, 1, 0, 1, 0, 1}) == std::vector<std::size_t>{1, 5, 7, 11});
    const detail::unit_layer flattened{.reads = {1, 2, 1, 2}, .gives = {0, 0}};
    CHECK(detail::places_of_staying(flattened, {1, 0, 1}) == std::vector<std::size_t>{2, 3, 6, 7});
    CHECK(detail::places_of_staying(convolution, {1, 1, 1, 1, 0, 1}) == std::vector<std::size_t>{1, 3, 5, 7, 9, 11});
  }

  TEST_CASE("it is known whether leaving units out spares a tenth of the weights") {
    const std::vector<detail::unit_layer> layers{whole({0, 0, 0}, 4, 1), whole({1, 2, 3, 4}, 2, 0)};
    CHECK_FALSE(detail::spares_a_tenth(layers, {1, 1, 1, 1, 1}));
    CHECK(detail::spares_a_tenth(layers, {1, 1, 0, 1, 1}));
    const std::vector<detail::unit_layer> wide{whole({0}, 100, 1), whole(std::vector<std::size_t>(100, 0), 1, 0)};
    detail::staying_bundles stays(101, 1);
    stays[1] = 0;
    CHECK_FALSE(detail::spares_a_tenth(wide, stays));
  }

  TEST_CASE("a plan says which bundles stay") {
    const std::vector<detail::unit_layer> layers{whole({0, 0, 0}, 4, 1), whole({1, 2, 3, 4}, 2, 0)};
    const detail::staying_bundles stays{1, 0, 1, 1, 0};
    CHECK(detail::bundles_of(layers, detail::plan_of(layers, stays)) == stays);
  }
}
