// SPDX-License-Identifier: Apache-2.0
#include <espalier/nn/initializer.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace nn = espalier::nn;

namespace {

std::vector<double> drawn(const nn::initializer& init, const nn::kernel_sizes& sizes, std::uint64_t seed = 3) {
  espalier::random_generator random(seed);
  std::vector<double> kernel(sizes.places * sizes.inputs * sizes.outputs);
  init.fill(std::span(kernel), sizes, random);
  return kernel;
}

}  // namespace

TEST_SUITE("nn") {
  TEST_CASE("without saying so weights are drawn as by glorot_uniform, within its bounds") {
    const nn::kernel_sizes sizes{25, 6, 400};
    const auto kernel = drawn({}, sizes);
    CHECK(kernel == drawn(nn::initializer::glorot_uniform(), sizes));
    const double limit = std::sqrt(6.0 / (150 + 10000));
    const auto [smallest, largest] = std::minmax_element(kernel.begin(), kernel.end());
    CHECK(*smallest >= -limit);
    CHECK(*largest <= limit);
    CHECK(*smallest < -0.999 * limit);
    CHECK(*largest > 0.999 * limit);
  }

  TEST_CASE("a variance may be a share of what feeds an output, or of what an input feeds") {
    for (const auto d : {nn::distribution::uniform, nn::distribution::normal, nn::distribution::truncated_normal}) {
      for (const auto fan : {nn::fan::in, nn::fan::out}) {
        const auto kernel = drawn(nn::initializer::variance_scaling(3, fan, d), {2, 50, 400});
        double square = 0;
        for (const double w : kernel) {
          square += w * w / 40000;
        }
        CHECK(square == doctest::Approx(fan == nn::fan::in ? 0.03 : 3.0 / 800).epsilon(5 * std::sqrt(2.0 / 40000)));
      }
    }
  }

  TEST_CASE("columns of a tall matrix, or rows of a wide one, are at right angles") {
    for (const nn::kernel_sizes sizes :
         {nn::kernel_sizes{3, 4, 7}, nn::kernel_sizes{1, 5, 9}, nn::kernel_sizes{1, 6, 6}}) {
      const auto kernel = drawn(nn::initializer::orthogonal(2), sizes);
      const std::size_t rows = sizes.places * sizes.inputs;
      const bool tall = rows >= sizes.outputs;
      const std::size_t count = tall ? sizes.outputs : rows;
      for (std::size_t a = 0; a < count; ++a) {
        for (std::size_t b = 0; b <= a; ++b) {
          double product = 0;
          for (std::size_t i = 0; i < kernel.size() / count; ++i) {
            product += tall ? kernel[i * count + a] * kernel[i * count + b]
                            : kernel[a * sizes.outputs + i] * kernel[b * sizes.outputs + i];
          }
          CHECK(product == doctest::Approx(a == b ? 4 : 0).epsilon(1e-12).scale(1));
        }
      }
    }
  }

  TEST_CASE("weights may all be one number") {
    CHECK(drawn(nn::initializer::constant(-0.5), {1, 2, 1}) == std::vector<double>{-0.5, -0.5});
  }

  TEST_CASE("equal seeds give equal weights, and the generator moves on") {
    for (const auto& init : {nn::initializer::he_normal(), nn::initializer::orthogonal()}) {
      CHECK(drawn(init, {1, 2, 3}) == drawn(init, {1, 2, 3}));
      CHECK(drawn(init, {1, 2, 3}) != drawn(init, {1, 2, 3}, 4));
    }
  }

  TEST_CASE("settings that make no sense are refused") {
    CHECK_THROWS_WITH_AS(nn::initializer::random_normal(-1),
                         "espalier::nn::initializer: got a deviation of -1.000000, expected a finite one above 0",
                         espalier::argument_error);
    CHECK_THROWS_AS(nn::initializer::variance_scaling(0, nn::fan::in, nn::distribution::uniform),
                    espalier::argument_error);
    CHECK_THROWS_AS(nn::initializer::constant(std::numeric_limits<double>::quiet_NaN()), espalier::argument_error);
  }
}
