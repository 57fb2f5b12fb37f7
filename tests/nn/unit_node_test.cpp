// SPDX-License-Identifier: Apache-2.0
#include <espalier/nn/unit_node.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <vector>

#include <espalier/nn/batch_normalization.hpp>
#include <espalier/nn/dense.hpp>
#include <espalier/nn/depthwise_conv2d.hpp>
#include <espalier/nn/graph.hpp>
#include <espalier/nn/relu.hpp>
#include <espalier/nn/sequential.hpp>

#include "support/networks.hpp"

namespace nn = espalier::nn;
using role = nn::unit_role;

TEST_SUITE("nn") {
  TEST_CASE("a network in a row says of each layer what it does with units") {
    const auto net = nn::sequential({6, 7, 2}, 1, nn::masked<nn::conv2d<>>({.filters = 3}), nn::relu<>(),
                                    nn::depthwise_conv2d<>({.multiplier = 2}), nn::batch_normalization<>());
    const auto nodes = net.unit_nodes();
    REQUIRE(nodes.size() == 5);
    CHECK(nodes[0].role == role::samples);
    CHECK(nodes[0].units == 2);
    CHECK(nodes[1].role == role::kernel);
    CHECK(nodes[1].units == 3);
    CHECK(nodes[1].parameters == 2);
    CHECK(nodes[1].kernel.size() == 3 * 3 * 2 * 3);
    CHECK(nodes[1].bias.size() == 3);
    CHECK(nodes[1].mask == &net.layer_at<0>().mask());
    CHECK(nodes[2].role == role::layer);
    CHECK(nodes[2].flow == nn::unit_flow::rectifies);
    CHECK(nodes[2].parameters == 0);
    CHECK(nodes[2].inputs == std::vector<std::size_t>{1});
    CHECK_MESSAGE(nodes[3].role == role::layer, "fewer units of it would be other channels");
    CHECK(nodes[3].flow == nn::unit_flow::mixes);
    CHECK(nodes[3].units == 6);
    CHECK(nodes[3].prunable);
    CHECK(nodes[4].parameters == 3);
    CHECK_FALSE(nodes[4].prunable);
    CHECK(nodes[4].output);
    CHECK_FALSE(nodes[3].output);
  }

  TEST_CASE("a graph says where its units come from, and can be made anew with others") {
    const std::vector<espalier::extents> inputs{{3}, {2}};
    nn::graph<double> net(inputs, 2);
    const auto first = net.add(nn::dense<double>({.units = 4, .name = "first"}), net.input(0));
    const auto second = net.add(nn::dense<double>({.units = 4}), net.input(1));
    const auto sum = net.add_up({first, second});
    const auto both = net.concatenate({sum, net.input(1)});
    net.combine(espalier::kernels::combination::largest, {first, sum});
    net.set_outputs({net.add(nn::dense<double>({.units = 2}), both), sum});
    const auto nodes = net.unit_nodes();
    std::vector<role> roles;
    for (const auto& node : nodes) {
      roles.push_back(node.role);
    }
    CHECK(roles == std::vector<role>{role::samples, role::samples, role::samples, role::kernel, role::kernel, role::sum,
                                     role::beside, role::layer, role::kernel});
    CHECK(nodes[6].units == 6);
    CHECK(nodes[7].flow == nn::unit_flow::mixes);
    CHECK(nodes[5].output);
    CHECK(nodes[8].output);
    CHECK_FALSE(nodes[7].output);

    std::vector<std::size_t> units(nodes.size());
    units[3] = units[4] = 3;
    units[8] = 5;
    auto thin = net.with_units(units);
    CHECK(thin.output_shapes() == std::vector<espalier::extents>{{5}, {3}});
    CHECK(thin.layers()[2].attributes.kernel_shape == espalier::extents{5, 5});
    CHECK(thin.layers()[0].attributes.name == "first");
    CHECK(thin.predict(std::vector<double>(5, 1.0)).size() == 8);
    CHECK(net.layers()[2].attributes.kernel_shape == espalier::extents{6, 2});
    units[4] = 2;
    CHECK_THROWS_WITH_AS(static_cast<void>(net.with_units(units)), doctest::Contains("outputs of shapes (3)"),
                         espalier::shape_error);
  }
}
