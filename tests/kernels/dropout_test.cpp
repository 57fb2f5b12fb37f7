// SPDX-License-Identifier: Apache-2.0
#include <espalier/kernels/dropout.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

namespace kernels = espalier::kernels;

TEST_SUITE("kernels") {
  TEST_CASE("every rate drops its share, a rate of 0 none") {
    const std::vector<double> ones(20001, 1);
    std::vector<double> kept(ones.size());
    for (const double rate : {0.0, 0.1, 0.5, 0.9}) {
      kernels::dropout(ones.data(), kept.data(), ones.size(), {rate, 5});
      double sum = 0;
      for (const double number : kept) {
        CHECK((number == 0 || number == 1 / (1 - rate)));
        sum += number;
      }
      CHECK(std::abs(sum / 20001 - 1) < 5 * std::sqrt(rate / (1 - rate) / 20001) + 1e-12);
    }
  }

  TEST_CASE("mixed numbers differ") {
    CHECK(kernels::mixed(1, 2) != kernels::mixed(2, 1));
    CHECK(kernels::mixed(0, 0) != 0);
  }
}
