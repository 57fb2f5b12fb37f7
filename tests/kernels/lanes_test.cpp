// SPDX-License-Identifier: Apache-2.0
#include <espalier/kernels/lanes.hpp>

#include <doctest/doctest.h>

#include <span>
#include <vector>

#include "support/lane_blocks.hpp"

namespace kernels = espalier::kernels;

TEST_SUITE("kernels") {
  TEST_CASE_TEMPLATE("samples go into lanes in the order asked for and come back unchanged", T, float, double) {
    espalier::random_generator random(1);
    for (const std::size_t features : {1U, 3U, 4U, 7U, 16U, 33U}) {
      for (const std::size_t count : {1U, 4U, 15U, 16U, 17U, 50U}) {
        CAPTURE(features);
        CAPTURE(count);
        const auto samples = support::random_numbers<T>(random, 60 * features);
        std::vector<std::uint32_t> order(60);
        for (std::uint32_t i = 0; i < 60; ++i) {
          order[i] = i;
        }
        random.shuffle(std::span(order));
        order.resize(count);
        std::vector<T> blocks(kernels::blocks_of(count) * features * kernels::lanes, T{-9});
        kernels::gather<T>(samples.data(), features, order, blocks.data());
        bool right = true;
        for (std::size_t s = 0; s < kernels::blocks_of(count) * kernels::lanes; ++s) {
          const std::size_t source = order[s < count ? s : count - 1];
          for (std::size_t f = 0; f < features; ++f) {
            right &= blocks[support::place(s, f, features)] == samples[source * features + f];
          }
        }
        CHECK(right);
        std::vector<T> back(count * features, T{-9});
        kernels::scatter<T>(blocks.data(), features, count, back.data());
        for (std::size_t s = 0; s < count; ++s) {
          for (std::size_t f = 0; f < features; ++f) {
            right &= back[s * features + f] == samples[order[s] * features + f];
          }
        }
        CHECK(right);
      }
    }
  }

  TEST_CASE("the same sample may be taken twice") {
    const std::vector<float> samples{1, 2, 3, 4};
    const std::vector<std::uint32_t> order{1, 1, 0};
    std::vector<float> blocks(2 * kernels::lanes);
    kernels::gather<float>(samples.data(), 2, order, blocks.data());
    CHECK(blocks[0] == 3);
    CHECK(blocks[1] == 3);
    CHECK(blocks[2] == 1);
    CHECK(blocks[kernels::lanes + 2] == 2);
  }

  TEST_CASE("a block is counted as soon as it holds one sample") {
    CHECK(kernels::blocks_of(0) == 0);
    CHECK(kernels::blocks_of(1) == 1);
    CHECK(kernels::blocks_of(16) == 1);
    CHECK(kernels::blocks_of(17) == 2);
  }
}
