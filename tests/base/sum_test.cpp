// SPDX-License-Identifier: Apache-2.0
#include <espalier/base/sum.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <initializer_list>

TEST_SUITE("base") {
  TEST_CASE("nothing adds up to 0") {
    CHECK(espalier::compensated_sum{}.result() == 0);
  }

  TEST_CASE("small numbers are not lost beside a large one that goes away again") {
    espalier::compensated_sum sum;
    for (const double number : {1.0, 1e100, 1.0, -1e100}) {
      sum.add(number);
    }
    CHECK(sum.result() == 2);
  }

  TEST_CASE("a million tenths are a hundred thousand, where plain addition is off") {
    espalier::compensated_sum sum;
    double plain = 0;
    for (int i = 0; i < 1000000; ++i) {
      sum.add(0.1);
      plain += 0.1;
    }
    CHECK(sum.result() == doctest::Approx(1e5).epsilon(1e-15));
    CHECK(std::abs(plain - 1e5) > 1e-7);
  }
}
