// SPDX-License-Identifier: Apache-2.0
#include <espalier/kernels/combine.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace kernels = espalier::kernels;
using kernels::combination;

namespace {

std::vector<double> combined(combination c, std::vector<double> y, const std::vector<double>& x) {
  kernels::combine<double>(c, x, y);
  return y;
}

std::vector<double> slopes(combination c, const std::vector<double>& own, const std::vector<double>& other,
                           bool after) {
  std::vector<double> dx(own.size(), 10.0);
  kernels::slope_beside<double>(c, {own.data(), other.data(), after}, dx);
  return dx;
}

}  // namespace

TEST_SUITE("kernels") {
  TEST_CASE("numbers of branches are combined one by one") {
    const std::vector<double> a{1, -2, 3};
    const std::vector<double> b{4, -5, 3};
    CHECK(combined(combination::difference, a, b) == std::vector<double>{-3, 3, 0});
    CHECK(combined(combination::product, a, b) == std::vector<double>{4, 10, 9});
    CHECK(combined(combination::mean, a, b) == std::vector<double>{5, -7, 6});
    CHECK(combined(combination::largest, a, b) == std::vector<double>{4, -2, 3});
    CHECK(combined(combination::smallest, a, b) == std::vector<double>{1, -5, 3});
  }

  TEST_CASE("a gradient goes where it came from, in a tie to the first branch") {
    const std::vector<double> own{1, -2, 3};
    const std::vector<double> other{4, -5, 3};
    CHECK(slopes(combination::product, own, other, false) == std::vector<double>{40, -50, 30});
    CHECK(slopes(combination::largest, own, other, false) == std::vector<double>{0, 10, 10});
    CHECK(slopes(combination::largest, own, other, true) == std::vector<double>{0, 10, 0});
    CHECK(slopes(combination::smallest, own, other, false) == std::vector<double>{10, 0, 10});
    CHECK(slopes(combination::smallest, own, other, true) == std::vector<double>{10, 0, 0});
    CHECK(slopes(combination::difference, own, other, true) == std::vector<double>{10, 10, 10});
  }

  TEST_CASE("what is not a number is not hidden") {
    const double none = std::numeric_limits<double>::quiet_NaN();
    for (const auto c : {combination::largest, combination::smallest, combination::product}) {
      CHECK(std::isnan(combined(c, {none}, {1})[0]));
      CHECK(std::isnan(combined(c, {1}, {none})[0]));
    }
  }
}
