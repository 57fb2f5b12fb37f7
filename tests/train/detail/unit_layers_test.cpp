// SPDX-License-Identifier: Apache-2.0
#include <espalier/train/detail/unit_layers.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace detail = espalier::train::detail;
namespace nn = espalier::nn;
using flow = nn::unit_flow;
using role = nn::unit_role;

namespace {

using node = nn::unit_node<float>;
using bundles = std::vector<std::size_t>;

node samples(std::size_t units) {
  return {.units = units};
}
/// A dense layer behind a node.
node kernel(std::size_t from, std::size_t inputs, std::size_t units) {
  node n{.role = role::kernel, .inputs = {from}, .units = units};
  n.kernel_shape = {inputs, units};
  return n;
}
node layer(flow how, std::size_t from, std::size_t units) {
  return {.role = role::layer, .flow = how, .inputs = {from}, .units = units};
}

std::vector<detail::unit_layer> traced(std::vector<node> nodes) {
  nodes.back().output = true;
  return detail::unit_tracer<float>(nodes).layers();
}

}  // namespace

TEST_SUITE("train") {
  TEST_CASE("samples and outputs stay, units in between have bundles of their own") {
    const auto found = traced({samples(3), kernel(0, 3, 2), layer(flow::rectifies, 1, 2), kernel(2, 2, 4)});
    REQUIRE(found.size() == 2);
    CHECK(found[0].reads == bundles{0, 0, 0});
    CHECK(found[0].gives == found[1].reads);
    CHECK(found[0].gives[0] != found[0].gives[1]);
    CHECK(std::count(found[0].gives.begin(), found[0].gives.end(), 0U) == 0);
    CHECK(found[1].gives == bundles{0, 0, 0, 0});
    CHECK(found[0].rectified);
    CHECK_FALSE(found[1].rectified);
  }

  TEST_CASE("a flattening repeats channels, a concatenation puts them one after the other") {
    const auto found = traced({samples(2), kernel(0, 2, 2), layer(flow::carries, 1, 6), kernel(0, 2, 1),
                               node{.role = role::beside, .inputs = {2, 3}, .units = 7}, kernel(4, 7, 3)});
    const std::size_t a = found[0].gives[0];
    const std::size_t b = found[0].gives[1];
    CHECK(found[2].reads == bundles{a, b, a, b, a, b, found[1].gives[0]});
  }

  TEST_CASE("units that are added up are one bundle") {
    const auto found = traced({samples(2), kernel(0, 2, 2), kernel(1, 2, 2), kernel(0, 2, 2),
                               node{.role = role::sum, .inputs = {1, 2, 3}, .units = 2}, kernel(4, 2, 1)});
    CHECK(found[0].gives[0] != found[0].gives[1]);
    CHECK(found[1].reads == found[0].gives);
    for (const std::size_t l : {1U, 2U}) {
      CHECK(found[l].gives == found[0].gives);
    }
    CHECK(found[3].reads == found[0].gives);
    const auto residual =
        traced({samples(2), kernel(0, 2, 2), node{.role = role::sum, .inputs = {0, 1}, .units = 2}, kernel(2, 2, 1)});
    CHECK_MESSAGE((residual[0].gives == bundles{0, 0}), "samples stay");
  }

  TEST_CASE("what a layer mixes stays, and so does what a convolution sees in parts or takes for others") {
    for (const node& between : {layer(flow::mixes, 1, 4), layer(flow::carries, 1, 6)}) {
      const auto found = traced({samples(3), kernel(0, 3, 4), between, kernel(2, between.units, 2)});
      CHECK(found[0].gives == bundles{0, 0, 0, 0});
      CHECK(found[1].reads == bundles(between.units, 0));
    }
    const auto in_parts = traced({samples(3), kernel(0, 3, 4), kernel(1, 2, 3), kernel(2, 3, 1)});
    CHECK(in_parts[0].gives == bundles{0, 0, 0, 0});
    CHECK(in_parts[1].reads == bundles{0, 0});
    CHECK(in_parts[1].gives == in_parts[2].reads);
  }

  TEST_CASE("a relu must come first on each way") {
    const auto rectified = [](const std::vector<node>& behind) {
      std::vector<node> nodes{samples(3), kernel(0, 3, 4)};
      nodes.insert(nodes.end(), behind.begin(), behind.end());
      return traced(nodes)[0].rectified;
    };
    const node relu = layer(flow::rectifies, 1, 4);
    CHECK(rectified({layer(flow::carries, 1, 4), layer(flow::rectifies, 2, 4), kernel(3, 4, 1)}));
    CHECK(rectified(
        {relu, node{.role = role::sum, .inputs = {2, 1}, .units = 4}, layer(flow::rectifies, 3, 4), kernel(4, 4, 1)}));
    CHECK_FALSE(rectified({layer(flow::parts, 1, 4), layer(flow::rectifies, 2, 4), kernel(3, 4, 1)}));
    CHECK_FALSE(rectified({relu, kernel(1, 4, 4), node{.role = role::sum, .inputs = {2, 3}, .units = 4}}));
    CHECK_FALSE(rectified({node{.role = role::sum, .inputs = {0, 1}, .units = 3}}));
  }

  TEST_CASE("held weights are at 0, and a unit without a bias is lowered") {
    const std::vector<float> weights{1, 0, 0, 2, 0, 0};
    const std::vector<float> bias{0, 1};
    const espalier::mask::weight_mask<float> mask({0, 0, 1, 1, 0, 1}, {1, 0, 0, 0, 0, 0});
    node n = kernel(0, 3, 2);
    n.kernel = weights;
    CHECK(traced({samples(3), n, kernel(1, 2, 1)})[0].held == std::vector<std::uint8_t>(6));
    CHECK(traced({samples(3), n, kernel(1, 2, 1)})[0].lowered == std::vector<std::uint8_t>{1, 1});
    n.mask = &mask;
    n.bias = bias;
    const auto found = traced({samples(3), n, kernel(1, 2, 1)});
    CHECK(found[0].held == std::vector<std::uint8_t>{0, 1, 0, 0, 1, 0});
    CHECK(found[0].lowered == std::vector<std::uint8_t>{1, 0});
    CHECK(found[0].places == 1);
  }
}
