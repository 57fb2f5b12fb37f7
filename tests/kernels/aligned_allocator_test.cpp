// SPDX-License-Identifier: Apache-2.0
#include <espalier/kernels/aligned_allocator.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>

namespace kernels = espalier::kernels;

TEST_SUITE("kernels") {
  TEST_CASE_TEMPLATE("lane blocks begin with a line of the cache, whatever their number, copies too", T, float,
                     double) {
    for (const std::size_t size : {1U, 16U, 1000U, 100000U}) {
      const kernels::lane_vector<T> numbers(size, T{2});
      const kernels::lane_vector<T> copy = numbers;
      CHECK(reinterpret_cast<std::uintptr_t>(numbers.data()) % 64 == 0);
      CHECK(reinterpret_cast<std::uintptr_t>(copy.data()) % 64 == 0);
      CHECK(copy == numbers);
    }
  }
}
