// SPDX-License-Identifier: Apache-2.0
#include <espalier/nn/workspace.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace nn = espalier::nn;

TEST_SUITE("nn") {
  TEST_CASE("places share their memory where they are told to, all others have their own") {
    const std::vector<nn::workspace_place> places{{3, 0, 1, 0}, {5, 1, 2, 1}, {5, 2, 3, 1}, {2, 3, 4, 3}};
    nn::workspace<float> w(places, {.blocks = 2, .scratch = 7});
    CHECK(w.value(1) >= w.value(0) + 3 * 32);
    CHECK(w.value(2) == w.value(1));
    CHECK(w.value(3) >= w.value(2) + 5 * 32);
    CHECK(w.delta(2) == w.delta(1));
    CHECK(w.delta(0) != w.value(0));
    CHECK(w.count(1, 2) == 5 * 32);
    w.value(3)[2 * 32 - 1] = 1;
    w.delta(3)[2 * 32 - 1] = 1;
    w.scratch()[6] = 1;
  }

  TEST_CASE("inference has no gradients, and places that are not in use together share their memory") {
    // Place 2 takes that of 1, which so is in use until 2 has been read.
    const std::vector<nn::workspace_place> places{{3, 0, 1, 0}, {5, 1, 2, 1}, {5, 2, 3, 1}, {2, 3, 4, 3}, {4, 4, 5, 4}};
    nn::workspace<float> w(places, {.blocks = 2, .kind = nn::workspace_kind::inference});
    CHECK(w.kind() == nn::workspace_kind::inference);
    CHECK(w.delta(1) == nullptr);
    CHECK(w.value(2) == w.value(1));
    CHECK(w.value(4) == w.value(1));
    CHECK(w.value(3) == w.value(1) + 5 * 32);
    CHECK(w.value(0) == w.value(3));
    w.value(0)[3 * 32 - 1] = 1;
  }

  TEST_CASE("in inference a place that is read late has its memory for itself") {
    const std::vector<nn::workspace_place> places{{4, 0, 3, 0}, {4, 1, 2, 1}, {4, 2, 3, 2}, {6, 3, 4, 3}, {4, 4, 4, 4}};
    nn::workspace<float> w(places, {.kind = nn::workspace_kind::inference});
    std::vector<std::vector<const float*>> together{
        {w.value(0), w.value(1), w.value(2)}, {w.value(0), w.value(2), w.value(3)}, {w.value(3), w.value(4)}};
    for (auto& in_use : together) {
      std::sort(in_use.begin(), in_use.end());
      for (std::size_t i = 1; i < in_use.size(); ++i) {
        CHECK(in_use[i] >= in_use[i - 1] + (in_use[i - 1] == w.value(3) ? 6 : 4) * 16);
      }
    }
  }
}
