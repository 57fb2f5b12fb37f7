// SPDX-License-Identifier: Apache-2.0
#include <espalier/kernels/answers.hpp>

#include <doctest/doctest.h>

#include <vector>

#include "support/lane_blocks.hpp"

namespace kernels = espalier::kernels;

TEST_SUITE("kernels") {
  TEST_CASE("a label is a target of 1 for its class, of 0 for others; a single score stands for class 1") {
    const std::vector<std::uint32_t> labels{1, 0};
    const kernels::answers<double> two{nullptr, 2, labels};
    CHECK(two.target(0, 0) == 0);
    CHECK(two.target(0, 1) == 1);
    CHECK(two.target(1, 0) == 1);
    const kernels::answers<double> one{nullptr, 1, labels};
    CHECK(one.target(0, 0) == 1);
    CHECK(one.target(1, 0) == 0);
    CHECK(one.samples() == 2);
    CHECK(one.weight(1) == 1);
  }

  TEST_CASE("targets and weights are those of their samples") {
    espalier::random_generator random(1);
    const auto targets = support::random_blocks<double>(random, 3, 2);
    const std::vector<double> weights{0.5, 2};
    const kernels::answers<double> a{nullptr, 3, {}, targets.data(), weights, 20};
    CHECK(a.samples() == 20);
    CHECK(a.target(17, 2) == targets[support::place(17, 2, 3)]);
    CHECK(a.weight(1) == 2);
  }

  TEST_CASE("of scores with others beside them, only they are found and cleared") {
    espalier::random_generator random(1);
    const auto all = support::random_blocks<double>(random, 5, 2);
    kernels::answers<double> a{all.data() + 16, 2, {}, all.data() + 16, {}, 20};
    a.row = 5;
    CHECK(a.target(17, 1) == all[support::place(17, 2, 5)]);
    auto gradient = all;
    a.clear(gradient.data() + 16);
    a.clear(nullptr);
    for (std::size_t i = 0; i < all.size(); ++i) {
      const std::size_t score = i / 16 % 5;
      CHECK(gradient[i] == (score == 1 || score == 2 ? 0 : all[i]));
    }
  }
}
