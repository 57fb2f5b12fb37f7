// SPDX-License-Identifier: Apache-2.0
#include <espalier/nn/layer.hpp>

#include <doctest/doctest.h>

#include <string>

namespace nn = espalier::nn;

namespace {

/// A user's own layer, without weights: doubles every number.
struct twice {
  using value_type = double;
  static constexpr bool in_place = true;
  static constexpr const char* default_name = "twice";

  espalier::extents build(const std::string&, const espalier::extents& input, espalier::random_generator&) const {
    return input;
  }
  [[nodiscard]] std::size_t scratch() const { return 0; }
  void forward(const nn::pass<double>&) const {}
  void backward(const nn::pass<double>&) const {}
};

struct nameless {
  using value_type = double;
};

}  // namespace

TEST_SUITE("nn") {
  TEST_CASE("a user's own class is a layer if it has the members, and has weights only if it says so") {
    CHECK(nn::layer<twice>);
    CHECK_FALSE(nn::weighted_layer<twice>);
    CHECK_FALSE(nn::layer<nameless>);
  }
}
