// SPDX-License-Identifier: Apache-2.0
#include <espalier/kernels/live_weights.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace kernels = espalier::kernels;

TEST_SUITE("kernels") {
  TEST_CASE("a list has the live weights of each output, row by row") {
    // Two outputs, two rows of three inputs, outputs side by side in the kernel.
    const std::vector<std::uint8_t> mask{1, 0, 0, 1, 1, 1, 0, 0, 0, 1, 0, 0};
    const auto list = kernels::live_list::of(
        mask, 2, 2, 3, [](std::size_t o, std::size_t row, std::size_t input) { return (row * 3 + input) * 2 + o; },
        [](std::size_t row, std::size_t input) { return row * 100 + input; });
    CHECK(list.rows == 2);
    CHECK(list.starts == std::vector<std::uint32_t>{0, 2, 2, 4, 5});
    std::vector<std::uint32_t> numbers;
    for (const auto& live : list.live) {
      numbers.push_back(live.weight);
      numbers.push_back(live.place);
    }
    CHECK(numbers == std::vector<std::uint32_t>{0, 0, 4, 2, 3, 1, 5, 2, 9, 101});
  }

  TEST_CASE_TEMPLATE("weights are skipped if all that may be are 0, or are said to be", T, float, double) {
    for (const std::size_t count : {1U, 7U, 8U, 21U}) {
      std::vector<T> weights(count, T{3});
      CHECK(kernels::live_weights<T>().if_zero(weights.data(), true) == nullptr);
      for (std::size_t dead = 0; dead < count; ++dead) {
        std::vector<std::uint8_t> mask(count, 1);
        mask[dead] = 0;
        const kernels::live_weights<T> live(mask, {}, {}, nullptr);
        CHECK(live.if_zero(weights.data(), false) == nullptr);
        CHECK(live.if_zero(weights.data(), true) == &live);
        weights[dead] = -T{0};
        CHECK(live.if_zero(weights.data(), false) == &live);
        weights[dead] = std::numeric_limits<T>::quiet_NaN();
        CHECK(live.if_zero(weights.data(), false) == nullptr);
        weights[dead] = std::numeric_limits<T>::denorm_min();
        CHECK(live.if_zero(weights.data(), false) == nullptr);
        weights[dead] = 3;
      }
    }
  }

  TEST_CASE("it pays to skip weights if few are left") {
    CHECK(kernels::pays_to_skip(std::vector<std::uint8_t>{1, 1, 0, 1}, 0.75));
    CHECK_FALSE(kernels::pays_to_skip(std::vector<std::uint8_t>{1, 1, 0, 1, 1}, 0.75));
    CHECK_FALSE(kernels::pays_to_skip(std::vector<std::uint8_t>{}, 1.0));
    CHECK_FALSE(kernels::pays_to_skip(std::vector<std::uint8_t>{1}, 1.0));
  }
}
