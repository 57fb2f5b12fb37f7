// SPDX-License-Identifier: Apache-2.0
#include <espalier/train/augmentation.hpp>

#include <doctest/doctest.h>

#include <array>
#include <span>

namespace train = espalier::train;
using espalier::random_generator;

TEST_SUITE("train") {
  TEST_CASE("a function for floats, for doubles or for both") {
    const train::augmentation none;
    CHECK_FALSE(none);
    CHECK_FALSE(none.takes<float>());
    const train::augmentation floats = [](std::span<float> sample, random_generator&) { sample[0] = 1; };
    CHECK(floats);
    CHECK(floats.takes<float>());
    CHECK_FALSE(floats.takes<double>());
    const train::augmentation both = [](auto sample, random_generator& random) { sample[1] += random.uniform() < 2; };
    CHECK(both.takes<float>());
    std::array<double, 2> sample{3, 4};
    random_generator random(1);
    both(std::span<double>(sample), random);
    CHECK(sample == std::array<double, 2>{3, 5});
  }
}
