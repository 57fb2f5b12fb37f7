// SPDX-License-Identifier: Apache-2.0
#include <espalier/prune/prunable_model.hpp>

#include <doctest/doctest.h>

#include <span>
#include <vector>

#include <espalier/objective/parameters.hpp>
#include <espalier/prune/optimize.hpp>
#include <espalier/rank/l1.hpp>
#include <espalier/schedule/constant.hpp>

#include "support/scripted_training.hpp"

namespace prune = espalier::prune;

namespace {

/// A network that keeps masks itself.
struct masked_network : support::plain_network {
  std::vector<espalier::mask::weight_mask<double>> held{};
  void set_masks(std::span<const espalier::mask::weight_mask<double>> masks) {
    held.assign(masks.begin(), masks.end());
  }
};

struct without_parameters {
  using value_type = float;
  std::vector<espalier::attributes::prunable_layer<float>> layers();
};
struct of_whole_numbers {
  using value_type = int;
  std::vector<espalier::attributes::prunable_layer<int>> layers();
  std::vector<std::span<int>> parameters();
};

}  // namespace

TEST_SUITE("prune") {
  TEST_CASE("a plain struct with two member functions is a prunable model, less is not") {
    CHECK(prune::prunable_model<support::plain_network>);
    CHECK_FALSE(prune::maskable_model<support::plain_network>);
    CHECK(prune::maskable_model<masked_network>);
    CHECK_FALSE(prune::prunable_model<without_parameters>);
    CHECK_FALSE(prune::prunable_model<of_whole_numbers>);
  }

  TEST_CASE("a model that keeps masks is left with those of the best network, not of the last level tried") {
    masked_network network;
    support::scripted_trainer trainer{.metrics = {1.0, 1.0, 0.1, 0.1}};
    const auto result = prune::optimize(network, trainer, espalier::objective::parameters{},
                                        espalier::schedule::constant({.step = 0.25}),
                                        prune::options<espalier::rank::l1>{.cutoff_bad_trials = 1});
    REQUIRE(network.held.size() == 2);
    std::size_t zeros = 0;
    for (std::size_t l = 0; l < 2; ++l) {
      CHECK(network.held[l].mask == result.masks[l].mask);
      zeros += static_cast<std::size_t>(std::count(network.held[l].mask.begin(), network.held[l].mask.end(), 0));
    }
    CHECK(zeros == 4);
  }
}
