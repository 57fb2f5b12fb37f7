// SPDX-License-Identifier: Apache-2.0
#include <espalier/kernels/batch_normalization.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <vector>

#include "support/lane_blocks.hpp"

namespace kernels = espalier::kernels;

TEST_SUITE("kernels") {
  TEST_CASE_TEMPLATE("moments are those of the samples that there are, however they are joined", T, float, double) {
    espalier::random_generator random(4);
    auto x = support::random_blocks<T>(random, 6, 2);
    for (T& number : x) {
      number += T{3};
    }
    for (std::size_t channel = 0; channel < 3; ++channel) {
      const auto number = [&](std::size_t sample, std::size_t position) {
        return static_cast<double>(x[support::place(sample, position * 3 + channel, 6)]);
      };
      double mean = 0;
      double squares = 0;
      for (std::size_t i = 0; i < 38; ++i) {
        mean += number(i / 2, i % 2) / 38;
      }
      for (std::size_t i = 0; i < 38; ++i) {
        squares += (number(i / 2, i % 2) - mean) * (number(i / 2, i % 2) - mean);
      }
      const double tolerance = sizeof(T) == 4 ? 1e-6 : 1e-13;
      const auto all = kernels::moments_of<T>({2, 3, 19}, x.data(), channel);
      CHECK(all.mean == doctest::Approx(mean).epsilon(tolerance));
      CHECK(all.squares == doctest::Approx(squares).epsilon(tolerance));
      const auto first = kernels::moments_of<T>({2, 3, 16}, x.data(), channel);
      const auto rest = kernels::moments_of<T>({2, 3, 3}, x.data() + 6 * 16, channel);
      const auto both = kernels::joined(first, 32, rest, 6);
      CHECK(both.mean == doctest::Approx(mean).epsilon(tolerance));
      CHECK(both.squares == doctest::Approx(squares).epsilon(tolerance));
    }
  }

  TEST_CASE("lanes without a sample get no gradient") {
    espalier::random_generator random(4);
    const auto x = support::random_blocks<double>(random, 2, 2);
    const std::vector<double> ones(2, 1.0);
    std::vector<double> dx(x.size());
    kernels::return_gradient<double>({1, 2, 19}, {ones.data(), ones.data(), ones.data(), ones.data()},
                                     {x.data(), x.data(), dx.data()});
    CHECK(dx[support::place(18, 1, 2)] == doctest::Approx(0).epsilon(1e-12));
    CHECK(dx[support::place(19, 1, 2)] == 0);
    std::vector<double> y(x.size());
    kernels::normalize<double>({1, 2, 19}, {ones.data(), ones.data(), ones.data()}, x.data(), y.data());
    CHECK(y[5] == doctest::Approx(x[5]));
  }
}
