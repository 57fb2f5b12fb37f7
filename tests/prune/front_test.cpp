// SPDX-License-Identifier: Apache-2.0
#include <espalier/prune/front.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <espalier/base/random_generator.hpp>

namespace prune = espalier::prune;

namespace {

prune::found_network<float> network(std::vector<std::int64_t> used, double metric) {
  prune::found_network<float> result;
  result.used = std::move(used);
  result.metric = metric;
  return result;
}

}  // namespace

TEST_SUITE("prune") {
  TEST_CASE("under every budget the front has the best of all networks that were found, and nothing else") {
    for (const bool larger : {true, false}) {
      espalier::random_generator random(5);
      std::vector<prune::found_network<float>> all;
      prune::front<float> front(larger);
      for (int i = 0; i < 60; ++i) {
        all.push_back(
            network({static_cast<std::int64_t>(random.below(12)), static_cast<std::int64_t>(random.below(12))},
                    static_cast<double>(random.below(15))));
        front.add(all.back());
      }
      std::vector<bool> wanted(front.networks().size());
      for (std::int64_t a = 0; a < 12; ++a) {
        for (std::int64_t b = 0; b < 12; ++b) {
          const prune::found_network<float>* best = nullptr;
          for (const auto& one : all) {
            const bool better = best == nullptr || (larger ? one.metric > best->metric : one.metric < best->metric);
            if (one.used[0] <= a && one.used[1] <= b && better) {
              best = &one;
            }
          }
          const std::vector<std::int64_t> budget{a, b};
          const auto* found = front.best_within(budget);
          REQUIRE((found == nullptr) == (best == nullptr));
          if (found != nullptr) {
            CHECK(found->metric == best->metric);
            wanted[static_cast<std::size_t>(found - front.networks().data())] = true;
          }
        }
      }
      for (std::size_t i = 0; i < wanted.size(); ++i) {
        // One that is best under no budget must at least be beaten by none.
        for (std::size_t j = 0; j < wanted.size() && !wanted[i]; ++j) {
          const auto& x = front.networks()[i];
          const auto& y = front.networks()[j];
          const bool no_worse = larger ? y.metric >= x.metric : y.metric <= x.metric;
          CHECK((i == j || !(y.used[0] <= x.used[0] && y.used[1] <= x.used[1] && no_worse)));
        }
      }
    }
  }

  TEST_CASE("of equal networks the first stays") {
    prune::front<float> front;
    auto first = network({3}, 0.5);
    first.sparsity = 0.25;
    CHECK(front.add(first));
    CHECK_FALSE(front.add(network({3}, 0.5)));
    REQUIRE(front.networks().size() == 1);
    CHECK(front.networks()[0].sparsity == 0.25);
  }

  TEST_CASE("a network whose metric is not a number is on no front, and a budget needs all resources") {
    prune::front<float> front;
    CHECK_FALSE(front.add(network({3}, std::nan(""))));
    CHECK(front.networks().empty());
    const std::vector<std::int64_t> two{1, 2};
    CHECK(front.best_within(two) == nullptr);
    front.add(network({3}, 1));
    CHECK_THROWS_AS(static_cast<void>(front.best_within(two)), espalier::shape_error);
  }
}
