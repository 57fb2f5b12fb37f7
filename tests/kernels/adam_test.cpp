// SPDX-License-Identifier: Apache-2.0
#include <espalier/kernels/adam.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <iterator>
#include <map>
#include <vector>

#include "support/instruction_sets.hpp"
#include "support/lane_blocks.hpp"

namespace kernels = espalier::kernels;

TEST_SUITE("kernels") {
  TEST_CASE_TEMPLATE("a step is what its formula says, in every instruction set and at any length", T, float, double) {
    for (const std::size_t count : {1U, 4U, 15U, 16U, 17U, 70U}) {
      std::map<kernels::instruction_set, std::vector<T>> results;
      support::with_each_instruction_set([&](kernels::instruction_set set) {
        espalier::random_generator random(4);
        auto weights = support::random_numbers<T>(random, count + 1);
        auto mean = support::random_numbers<T>(random, count + 1);
        auto square = support::random_numbers<T>(random, count + 1);
        for (T& number : square) {
          number *= number;
        }
        const auto gradients = support::random_numbers<T>(random, count + 1);
        const auto before = weights;
        const auto mean_before = mean;
        const auto square_before = square;
        kernels::adam<T>(
            {weights.data(), mean.data(), square.data(), gradients.data(), count, T(0.01), T(0.1), T(0.001), T(1e-7)});
        for (std::size_t i = 0; i < count; ++i) {
          const T m = mean_before[i] + (gradients[i] - mean_before[i]) * T(0.1);
          const T s = square_before[i] + (gradients[i] * gradients[i] - square_before[i]) * T(0.001);
          const T w = before[i] - T(0.01) * m / (std::sqrt(s) + T(1e-7));
          CHECK(mean[i] == doctest::Approx(m).epsilon(1e-5));
          CHECK(square[i] == doctest::Approx(s).epsilon(1e-5));
          CHECK(weights[i] == doctest::Approx(w).epsilon(1e-5).scale(1));
        }
        CHECK(weights[count] == before[count]);
        results[set] = weights;
      });
      if (results.size() == 3) {
        CHECK(results.rbegin()->second == std::next(results.begin())->second);
      }
    }
  }
}
