// SPDX-License-Identifier: Apache-2.0
#include <espalier/regularize/regularizer.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <span>
#include <vector>

namespace regularize = espalier::regularize;
namespace structure = espalier::structure;

namespace {

/// A user's own regularizer: half the square of every weight.
struct half_square {
  template <class Value>
  [[nodiscard]] regularize::regularization<Value> operator()(const structure::grouping& /*groups*/,
                                                             std::span<const Value> kernel) const {
    regularize::regularization<Value> result;
    for (const Value weight : kernel) {
      result.penalty += 0.5 * static_cast<double>(weight * weight);
      result.gradient.push_back(weight);
    }
    return result;
  }
};
static_assert(regularize::regularizer<half_square>);
static_assert(!regularize::regularizer<double>);

}  // namespace

TEST_SUITE("regularize") {
  TEST_CASE("a user's own call operator is a regularizer") {
    const std::vector<float> kernel{1, 2};
    const auto result = half_square{}(structure::grouping(structure::unstructured{}, {1, 2}), std::span(kernel));
    CHECK(result.penalty == 2.5);
    CHECK(result.gradient == kernel);
  }
}
