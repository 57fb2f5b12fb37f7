// SPDX-License-Identifier: Apache-2.0
#include <espalier/kernels/shared_weights.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <span>
#include <vector>

TEST_SUITE("kernels") {
  TEST_CASE("gradients of a group become their mean, and its weights the first of them") {
    const std::vector<std::uint32_t> groups{4, 0, 2, 4, 2, 9};
    const espalier::kernels::shared_weights shared{std::span<const std::uint32_t>(groups)};
    std::vector<float> numbers{1, 2, 3, 4, 6, 7};
    auto weights = numbers;
    shared.average(std::span<float>(numbers));
    CHECK(numbers == std::vector<float>{2.5F, 2, 4.5F, 2.5F, 4.5F, 7});
    shared.apply(std::span<float>(weights));
    CHECK(weights == std::vector<float>{1, 2, 3, 1, 3, 7});
    std::vector<float> others(6, 0.5F);
    shared.copy<float>(numbers, others);
    CHECK(others == std::vector<float>{2.5F, 0.5F, 4.5F, 2.5F, 4.5F, 7});
  }

  TEST_CASE("without groups nothing changes") {
    const std::vector<std::uint32_t> alone{0, 0};
    for (const auto& shared : {espalier::kernels::shared_weights{},
                               espalier::kernels::shared_weights{std::span<const std::uint32_t>(alone)}}) {
      std::vector<double> numbers{1, 2};
      shared.average(std::span<double>(numbers));
      shared.apply(std::span<double>(numbers));
      CHECK(numbers == std::vector<double>{1, 2});
    }
  }
}
