// SPDX-License-Identifier: Apache-2.0
#include <espalier/rank/normalization.hpp>

#include <doctest/doctest.h>

#include <span>
#include <vector>

namespace {

/// A user's own normalization: by the number of groups.
struct by_count {
  static constexpr bool additive = true;
  [[nodiscard]] std::vector<double> operator()(std::span<const double> losses) const {
    return std::vector<double>(losses.size(), static_cast<double>(losses.size()));
  }
};
static_assert(espalier::rank::normalization<by_count>);

/// One divisor for all groups.
struct by_ten {
  static constexpr bool additive = false;
  [[nodiscard]] double operator()(std::span<const double> /*losses*/) const { return 10; }
};
static_assert(espalier::rank::normalization<by_ten>);

struct of_floats {
  static constexpr bool additive = true;
  [[nodiscard]] std::vector<float> operator()(std::span<const double> /*losses*/) const { return {}; }
};
static_assert(!espalier::rank::normalization<of_floats>);
static_assert(!espalier::rank::normalization<int>);

}  // namespace

TEST_SUITE("rank") {
  TEST_CASE("a user's own type with the two members is a normalization") {
    CHECK(by_count{}(std::vector<double>{5, 6, 7}) == std::vector<double>{3, 3, 3});
    CHECK(by_ten{}({}) == 10);
  }
}
