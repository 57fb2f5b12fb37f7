// SPDX-License-Identifier: Apache-2.0
// The least regret with a proof: bounds that grow and choices that improve until they meet.
#ifndef ESPALIER_KNAPSACK_DETAIL_PROOF_HPP
#define ESPALIER_KNAPSACK_DETAIL_PROOF_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include <espalier/knapsack/detail/budget.hpp>
#include <espalier/knapsack/detail/lattice.hpp>
#include <espalier/knapsack/detail/regret.hpp>
#include <espalier/knapsack/detail/search.hpp>
#include <espalier/knapsack/solution.hpp>

namespace espalier::inline v0::knapsack::detail {

/// The best choice known and what is proven of all others.
struct proof {
  choice best;
  std::int64_t least_regret = 0;  ///< no choice has less; at least best.cost if that is optimal
};

/// Searches with a growing limit: what is found within a limit is optimal; if nothing is, the limit is a bound.
class prover {
 public:
  /// @param good_enough  a difference of regrets that need not be closed.
  prover(regret& r, choice first, std::int64_t good_enough, budget& b)
      : regret_(r), good_enough_(good_enough), budget_(b) {
    result_.best = std::move(first);
  }

  /// @return what is known when it is proven, or the budget is spent, or the windows turn out too narrow.
  [[nodiscard]] proof operator()(statistics& took) {
    result_.least_regret = lattice_bound();
    std::int64_t limit = (std::max)(result_.least_regret, result_.best.cost / 256);
    std::size_t states = 1 << 12;  // small searches first; when these do not do, a better choice to search below
    bool beamed = false;
    while (!done()) {
      limit = (std::min)(limit, result_.best.cost - 1);
      const bool wide = states > std::size_t{1} << 12U;
      if (pass({limit, 0, states, wide ? std::int64_t{1} << 20U : std::int64_t{1} << 14U}, took)) {
        result_.least_regret = result_.best.cost;
      } else if (!cut_short_) {
        result_.least_regret = limit + 1;
        limit = last_states_ < 256 ? 4 * limit + 1 : 2 * limit + 1;
      } else if (!beamed && !budget_.exhausted()) {
        beamed = true;
        beam(took);
        states = ~std::size_t{0};
        limit = (std::max)(result_.least_regret, limit);
      } else if (!budget_.exhausted()) {
        break;  // numbers too large to search
      }
    }
    return result_;
  }

 private:
  [[nodiscard]] bool done() const {
    return result_.least_regret >= result_.best.cost || result_.best.cost - result_.least_regret <= good_enough_ ||
           budget_.exhausted() || regret_.left_window() || result_.best.cost == 0;
  }

  [[nodiscard]] std::int64_t lattice_bound() const {
    lattice weights(regret_.rows());
    std::vector<std::int64_t> prices;
    for (std::size_t c = 0; c < regret_.classes(); ++c) {
      weights.add(regret_.core().weights_of(c));
    }
    for (const int128 price : regret_.prices().scaled) {
      prices.push_back(saturated(price));
    }
    return least_slack_cost(weights, regret_.slack(), prices);
  }

  /// True if a better choice was found.
  bool pass(const pass_limits& limits, statistics& took) {
    search one(regret_, limits, budget_);
    std::optional<choice> found = one();
    cut_short_ = one.cut_short();
    last_states_ = one.most_states();
    ++took.searches;
    took.states = (std::max)(took.states, std::uint64_t{last_states_});
    const bool better = found && found->cost < result_.best.cost;
    if (better) {
      result_.best = *std::move(found);
    }
    return better && !cut_short_;
  }

  /// Narrow searches for a good choice.
  void beam(statistics& took) {
    for (const std::size_t width : {std::size_t{64}, std::size_t{1024}}) {
      if (!done()) {
        const std::int64_t before = result_.best.cost;
        pass({before - 1, width, ~std::size_t{0}, 1 << 16}, took);
        if (!cut_short_ && result_.best.cost == before) {
          result_.least_regret = before;
        }
      }
    }
  }

  regret& regret_;
  std::int64_t good_enough_;
  budget& budget_;
  proof result_;
  bool cut_short_ = false;
  std::size_t last_states_ = 0;
};

}  // namespace espalier::inline v0::knapsack::detail

#endif
