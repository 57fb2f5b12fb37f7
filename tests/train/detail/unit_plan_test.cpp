// SPDX-License-Identifier: Apache-2.0
#include <espalier/train/detail/unit_plan.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <vector>

namespace detail = espalier::train::detail;

namespace {

/// Nothing is held; all biases are positive.
detail::unit_layer whole(std::size_t inputs, std::size_t units) {
  detail::unit_layer layer{.inputs = inputs, .units = units, .rectified = true};
  layer.held.assign(inputs * units, 0);
  layer.lowered.assign(units, 0);
  return layer;
}
void hold_unit(detail::unit_layer& layer, std::size_t unit) {
  for (std::size_t row = 0; row < layer.held.size() / layer.units; ++row) {
    layer.held[row * layer.units + unit] = 1;
  }
}
void hold_input(detail::unit_layer& layer, std::size_t input) {
  for (std::size_t unit = 0; unit < layer.units; ++unit) {
    layer.held[input * layer.units + unit] = 1;
  }
}

}  // namespace

TEST_SUITE("train") {
  TEST_CASE("without held weights all units stay") {
    CHECK(detail::unit_finder({whole(3, 4), whole(4, 2)}).staying() == detail::unit_plan{{0, 1, 2, 3}, {0, 1}});
  }

  TEST_CASE("a unit without inputs goes only if its bias leaves it at 0 behind a relu") {
    std::vector<detail::unit_layer> layers{whole(3, 4), whole(4, 2)};
    hold_unit(layers[0], 1);
    hold_unit(layers[0], 2);
    layers[0].lowered[2] = layers[0].lowered[3] = 1;
    CHECK(detail::unit_finder(layers).staying()[0] == std::vector<std::size_t>{0, 1, 3});
    layers[0].rectified = false;
    CHECK(detail::unit_finder(layers).staying()[0] == std::vector<std::size_t>{0, 1, 2, 3});
  }

  TEST_CASE("a unit that nobody reads goes, and so do those that only it reads") {
    std::vector<detail::unit_layer> layers{whole(3, 2), whole(2, 3), whole(3, 2)};
    hold_input(layers[2], 1);
    CHECK(detail::unit_finder(layers).staying() == detail::unit_plan{{0, 1}, {0, 2}, {0, 1}});
    layers[1].held = {1, 0, 1, 0, 0, 0};  // only unit 1 reads unit 0
    CHECK(detail::unit_finder(layers).staying() == detail::unit_plan{{1}, {0, 2}, {0, 1}});
  }

  TEST_CASE("silence goes on to units that hear nothing else") {
    std::vector<detail::unit_layer> layers{whole(3, 2), whole(2, 2), whole(2, 2)};
    hold_unit(layers[0], 0);
    layers[0].lowered[0] = 1;
    layers[1].held = {0, 0, 1, 0};  // unit 0 hears unit 0 alone
    layers[1].lowered[0] = 1;
    CHECK(detail::unit_finder(layers).staying() == detail::unit_plan{{1}, {1}, {0, 1}});
    layers[1].lowered[0] = 0;
    CHECK(detail::unit_finder(layers).staying() == detail::unit_plan{{1}, {0, 1}, {0, 1}});
  }

  TEST_CASE("flattened images have every unit at every place, and a layer keeps a unit at least") {
    std::vector<detail::unit_layer> layers{whole(1, 2), whole(6, 2)};  // 3 places of 2 channels
    hold_input(layers[1], 0);
    hold_input(layers[1], 2);
    CHECK(detail::unit_finder(layers).staying()[0] == std::vector<std::size_t>{0, 1});
    hold_input(layers[1], 4);
    CHECK(detail::unit_finder(layers).staying()[0] == std::vector<std::size_t>{1});
    for (const std::size_t input : {1U, 3U, 5U}) {
      hold_input(layers[1], input);
    }
    CHECK(detail::unit_finder(layers).staying()[0] == std::vector<std::size_t>{0});
  }

  TEST_CASE("the weights between units that stay are found by place, input and unit") {
    detail::unit_layer convolution{.places = 2, .inputs = 3, .units = 2};
    const std::vector<std::size_t> before{0, 2};
    CHECK(detail::places_of_staying(convolution, {1}, &before, 3) == std::vector<std::size_t>{1, 5, 7, 11});
    const detail::unit_layer flattened{.inputs = 4, .units = 2};
    const std::vector<std::size_t> second{1};
    CHECK(detail::places_of_staying(flattened, {0, 1}, &second, 2) == std::vector<std::size_t>{2, 3, 6, 7});
    CHECK(detail::places_of_staying(flattened, {1}, nullptr, 1) == std::vector<std::size_t>{1, 3, 5, 7});
  }

  TEST_CASE("units are left out if that spares a tenth of the weights, and only where inputs are known to be units") {
    std::vector<detail::unit_layer> layers{whole(3, 4), whole(4, 2)};
    CHECK(detail::smaller_plan(layers, 3).empty());
    hold_input(layers[1], 1);
    CHECK(detail::smaller_plan(layers, 3) == detail::unit_plan{{0, 2, 3}, {0, 1}});
    CHECK_MESSAGE(detail::smaller_plan(layers, 6).empty(), "the first layer sees half of the channels");
    layers[1].inputs = 3;
    CHECK_MESSAGE(detail::smaller_plan(layers, 3).empty(), "three inputs are not four units");
  }
}
