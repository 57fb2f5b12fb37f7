// SPDX-License-Identifier: Apache-2.0
// Ranking: chance, the baseline that every other ranking has to beat.
#ifndef ESPALIER_RANK_RANDOM_HPP
#define ESPALIER_RANK_RANDOM_HPP

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <espalier/base/random_generator.hpp>
#include <espalier/rank/ranking.hpp>
#include <espalier/structure/grouping.hpp>

namespace espalier::inline v0::rank {

/// Losses drawn uniformly from [0, 1), for pruning and sharing independently. They depend on the seed and on the
/// weights, so that layers are drawn independently, and the same layer always alike.
/// Complexity: O(n).
struct random {
  std::uint64_t seed = 0;  ///< any number

  /// @return one loss per group.
  template <class Value>
  [[nodiscard]] std::vector<double> prune(const structure::grouping& groups, std::span<const Value> kernel) const {
    return draw(groups.count(), generator_of(kernel));
  }

  /// @return one loss per group, independent of those of pruning.
  template <class Value>
  [[nodiscard]] std::vector<double> share(const structure::grouping& groups, std::span<const Value> kernel) const {
    espalier::random_generator generator = generator_of(kernel);
    return draw(groups.count(), generator.split());
  }

 private:
  template <class Value>
  [[nodiscard]] espalier::random_generator generator_of(std::span<const Value> kernel) const {
    std::uint64_t state = seed;
    for (const Value weight : kernel) {
      state = espalier::random_generator(state ^ std::bit_cast<std::uint64_t>(static_cast<double>(weight)))();
    }
    return espalier::random_generator(state);
  }

  [[nodiscard]] static std::vector<double> draw(std::size_t count, espalier::random_generator generator) {
    std::vector<double> losses(count);
    for (double& loss : losses) {
      loss = generator.uniform();
    }
    return losses;
  }
};
static_assert(ranking<random>);

}  // namespace espalier::inline v0::rank

#endif
