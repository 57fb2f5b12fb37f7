// SPDX-License-Identifier: Apache-2.0
#include <espalier/rank/saliency.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <vector>

#include <espalier/rank/losses.hpp>

TEST_SUITE("rank") {
  TEST_CASE("the reference forgets the half and lets negative curvature count as positive: h d^2 / 2, negative is 0") {
    const espalier::rank::saliency ranking;
    CHECK(ranking.cost(3, 4) == 18);
    CHECK(ranking.cost(-3, 4) == 18);
    CHECK(ranking.cost(3, -4) == 0);
    CHECK(espalier::rank::saliency::needs == espalier::rank::data::curvature);
  }

  TEST_CASE(
      "the reference takes row sums of the Hessian, (1, 1) for w1 w2: its diagonal is (0, 0), so nothing is lost") {
    const std::vector<double> kernel{3, -2};
    const auto loss = [](const std::vector<double>& w) { return w[0] * w[1]; };
    std::vector<double> diagonal;
    for (std::size_t i = 0; i < kernel.size(); ++i) {
      std::vector<double> above = kernel;
      std::vector<double> below = kernel;
      above[i] += 1;
      below[i] -= 1;
      diagonal.push_back(loss(above) - 2 * loss(kernel) + loss(below));
    }
    const espalier::structure::grouping weights(espalier::structure::unstructured{}, {2, 1});
    const espalier::rank::weight_data<double> data{kernel, diagonal};
    CHECK(espalier::rank::prune_costs(weights, data, espalier::rank::saliency{}) == std::vector<double>{0, 0});
  }

  TEST_CASE("the loss is the second-order change of a quadratic function at its minimum") {
    // f(w) = 1.5 (w - 2)^2, at w = 2: removing w changes f by 6; the Hessian is 3.
    CHECK(espalier::rank::saliency{}.cost(-2, 3) == 1.5 * 4);
  }
}
