// SPDX-License-Identifier: Apache-2.0
#include <espalier/loss/joined.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <vector>

#include <espalier/loss/binary_cross_entropy.hpp>
#include <espalier/loss/categorical_cross_entropy.hpp>
#include <espalier/loss/mean_squared_error.hpp>

#include "support/check_loss.hpp"

namespace loss = espalier::loss;
namespace kernels = espalier::kernels;

namespace {

using three = loss::joined<loss::categorical_cross_entropy, loss::mean_squared_error, loss::binary_cross_entropy>;

const three weighed{.outputs = {3, 2, 1}, .weights = {0.5, 2, 1}};

/// Some of the numbers of each sample, alone.
std::vector<double> part_of(const std::vector<double>& all, std::size_t begin, std::size_t size) {
  std::vector<double> part(2 * size * kernels::lanes);
  for (std::size_t sample = 0; sample < 2 * kernels::lanes; ++sample) {
    for (std::size_t i = 0; i < size; ++i) {
      part[support::place(sample, i, size)] = all[support::place(sample, begin + i, 6)];
    }
  }
  return part;
}

}  // namespace

TEST_SUITE("loss") {
  TEST_CASE("losses of several outputs are added up with their weights, each of its own numbers") {
    support::answers_under_test<double> test(6);
    const auto own = [&](const auto& l, std::size_t begin, std::size_t size) {
      const auto scores = part_of(test.scores, begin, size);
      const auto targets = part_of(test.targets, begin, size);
      return l.sum(kernels::answers<double>{scores.data(), size, {}, targets.data(), {}, test.samples});
    };
    CHECK(weighed.sum(test.with_targets()) ==
          doctest::Approx(0.5 * own(loss::categorical_cross_entropy{}, 0, 3) +
                          2 * own(loss::mean_squared_error{}, 3, 2) + own(loss::binary_cross_entropy{}, 5, 1)));
    const three plain{.outputs = {3, 2, 1}};
    CHECK(plain.sum(test.with_targets()) ==
          doctest::Approx(own(loss::categorical_cross_entropy{}, 0, 3) + own(loss::mean_squared_error{}, 3, 2) +
                          own(loss::binary_cross_entropy{}, 5, 1)));
  }

  TEST_CASE("the gradient of joined losses is that of finite differences") {
    support::answers_under_test<double> test(6);
    support::check_loss(weighed, test, test.with_targets());
  }

  TEST_CASE("each output is looked at as its own loss does, and a network of one output as it is") {
    using kernels::score_kind;
    CHECK(kernels::kind_of_output(three::scores, 0, 3) == score_kind::before_softmax);
    CHECK(kernels::kind_of_output(three::scores, 1, 3) == score_kind::outputs);
    CHECK(kernels::kind_of_output(three::scores, 2, 3) == score_kind::before_sigmoid);
    CHECK(kernels::kind_of_output(three::scores, 0, 1) == score_kind::outputs);
    CHECK(loss::classes_of<three>(6) == 0);
  }

  TEST_CASE("outputs that do not add up, and weights that are none, are refused") {
    support::answers_under_test<double> test(6);
    CHECK_THROWS_WITH_AS(
        (three{.outputs = {3, 2, 2}}.sum(test.with_targets())),
        "espalier::loss::joined: got 7 numbers in all outputs, expected 6, as the network has, and one "
        "or more in each",
        espalier::shape_error);
    CHECK_THROWS_AS((three{.outputs = {4, 2, 0}}.sum(test.with_targets())), espalier::shape_error);
    const double infinity = std::numeric_limits<double>::infinity();
    CHECK_THROWS_AS((three{.outputs = {3, 2, 1}, .weights = {1, infinity, 1}}.sum(test.with_targets())),
                    espalier::argument_error);
  }
}
