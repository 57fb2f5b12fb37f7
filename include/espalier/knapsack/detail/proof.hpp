// SPDX-License-Identifier: Apache-2.0
// The least regret with a proof: bounds that grow and choices that improve until they meet.
#ifndef ESPALIER_KNAPSACK_DETAIL_PROOF_HPP
#define ESPALIER_KNAPSACK_DETAIL_PROOF_HPP

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include <espalier/knapsack/detail/budget.hpp>
#include <espalier/knapsack/detail/lattice.hpp>
#include <espalier/knapsack/detail/moving.hpp>
#include <espalier/knapsack/detail/one_row.hpp>
#include <espalier/knapsack/detail/regret.hpp>
#include <espalier/knapsack/detail/repair.hpp>
#include <espalier/knapsack/detail/search.hpp>
#include <espalier/knapsack/detail/sorting.hpp>
#include <espalier/knapsack/solution.hpp>

namespace espalier::inline v0::knapsack::detail {

/// The best choice known and what is proven of all others.
struct proof {
  choice best;
  std::int64_t least_regret = 0;      ///< no choice has less; at least best.cost if that is optimal
  bool left_window = false;           ///< items outside of the windows might matter
  std::vector<std::size_t> narrow{};  ///< then: the classes whose windows do not do
};

/// Searches with a growing limit: what is found within a limit is optimal; if nothing is, the limit is a bound.
/// @tparam Late  nothing, but what depends on it is compiled where something is solved only.
template <class Late = void>
class prover {
 public:
  /// @param good_enough  a difference of regrets that need not be closed.
  prover(regret<>& r, choice first, std::int64_t good_enough, budget& b)
      : regret_(r), good_enough_(good_enough), budget_(b), outside_(r.grain() > 1 ? r.least_outside() : 0) {
    result_.best = std::move(first);
  }

  /// @return what is known when it is proven, or the budget is spent, or the windows turn out too narrow.
  [[nodiscard]] proof operator()(statistics& took) {
    try {
      close(took);
    } catch (const interrupted&) {  // what is known so far is the answer, and the budget says that it is spent
    }
    return result_;
  }

 private:
  void close(statistics& took) {
    raise_bound(lattice_bound());
    std::int64_t limit = (std::max)(result_.least_regret, first_limit());
    if (on_plateau() && result_.best.cost < endless && !done()) {
      take(repair<Late>(regret_, budget_)(result_.best, result_.least_regret));
    }
    std::size_t step = 0;
    while (!done()) {
      limit = (std::min)(limit, most_that_improves());
      const bool complete = pass({limit, 0, stages[step].states, stages[step].effort}, took);
      if (nothing_to_prove() && !done()) {
        result_.left_window = true;
        break;
      }
      const std::int64_t seen = (std::min)(limit, edge_);
      if (complete) {
        raise_bound(result_.best.cost <= seen ? result_.best.cost : seen + (seen < edge_ ? 1 : 0));
      }
      const std::int64_t next = (std::min)(grown(limit), most_that_improves());
      if (done() || (complete && seen == limit && next > limit)) {
        limit = next;
      } else if (step + 1 < stages.size()) {
        // The windows, or so few states, do not do. A better choice may bring the search within them.
        beam(limit, stages[step], took);
        if (step == 0 && regret_.rows() == 1 && !done()) {
          search_one_row(took);
        }
        ++step;
        limit = (std::max)(result_.least_regret, limit);
      } else {
        result_.left_window = complete;
        break;  // the windows are too narrow, the budget is spent, or numbers are too large to search
      }
    }
  }

  /// How large a search may become, and the beam that is tried when that does not do.
  struct stage {
    std::size_t states;
    std::int64_t effort;
    std::size_t beam_width;
    std::int64_t beam_reach;
  };
  static constexpr std::array<stage, 4> stages{{{std::size_t{1} << 13U, 1 << 14, 64, 2},
                                                {std::size_t{1} << 17U, 1 << 16, 1024, 4},
                                                {std::size_t{1} << 20U, 1 << 20, 8192, 4},
                                                {~std::size_t{0}, 1 << 22, 0, 0}}};

  [[nodiscard]] bool done() const {
    return result_.least_regret >= result_.best.cost || result_.best.cost - result_.least_regret <= good_enough_ ||
           budget_.exhausted();
  }

  /// The largest regret of a choice that is better than the best one known.
  [[nodiscard]] std::int64_t most_that_improves() {
    return result_.best.cost < endless ? result_.best.cost - grain() : endless - 1;
  }

  /// By how much at least a better choice is better. Outside of the windows values may be finer than inside.
  [[nodiscard]] std::int64_t grain() {
    if (result_.best.cost != judged_) {
      judged_ = result_.best.cost;
      inside_ = outside_ >= judged_ ||
                (regret_.grain() > 1 && judged_ < endless && find_moving(regret_, judged_).window_edge > judged_);
    }
    return inside_ ? regret_.grain() : 1;
  }

  /// No choice has a regret below this bound, so none below the next one that values allow.
  void raise_bound(std::int64_t bound) {
    const std::int64_t open = result_.best.cost - bound;
    const std::int64_t next = result_.best.cost < endless && open > 0 ? bound + open % grain() : bound;
    result_.least_regret = (std::max)(result_.least_regret, next);
  }

  void take(std::optional<choice> found) {
    if (found && found->cost < result_.best.cost) {
      result_.best = *std::move(found);
      raise_bound(result_.least_regret);
    }
  }

  /// Whether more items can be moved free of charge than the one for each row that prices are made of.
  [[nodiscard]] bool on_plateau() const { return free_moves_ > regret_.rows(); }

  /// What a few moves cost: below, there is hardly anything to choose from.
  [[nodiscard]] std::int64_t first_limit() {
    std::vector<std::int64_t> costs;
    for (std::size_t c = 0; c < regret_.classes(); ++c) {
      costs.push_back(regret_.cost(c, 1));
      costs.push_back(regret_.cost(c, -1));
    }
    for (const std::int64_t cost : costs) {
      least_cost_ = cost > 0 ? (std::min)(least_cost_, cost) : least_cost_;
      free_moves_ += cost == 0 ? 1 : 0;
    }
    const std::size_t few = regret_.rows() + 5;
    if (costs.size() <= few) {
      return result_.best.cost / 4096;
    }
    return (std::min)(costs[order_of(costs)[few]], result_.best.cost / 64);
  }

  /// The next limit: the fewer states there were, the further it may go without overshooting.
  [[nodiscard]] std::int64_t grown(std::int64_t limit) const {
    const int128 more = last_states_ < 32 ? int128{limit} * 3 : last_states_ < 512 ? int128{limit} : int128{limit / 2};
    return (std::max)(saturated(int128{limit} + more + 1), least_cost_);
  }

  [[nodiscard]] std::int64_t lattice_bound() const {
    lattice<Late> weights(regret_.rows());
    std::vector<std::int64_t> prices;
    for (std::size_t c = 0; c < regret_.classes(); ++c) {
      weights.add(regret_.core().weights_of(c));
    }
    for (const int128 price : regret_.prices().scaled) {
      prices.push_back(saturated(price));
    }
    return least_slack_cost(weights, regret_.slack(), prices);
  }

  /// True if all choices within the limit, and within the windows, were looked at.
  bool pass(const pass_limits& limits, statistics& took) {
    moving_classes moving = find_moving(regret_, limits.regret);
    edge_ = moving.window_edge;
    result_.narrow = moving.narrow;
    if (nothing_to_prove()) {
      return false;
    }
    search<Late> one({regret_.classes(), regret_.slack(), regret_.prices()}, std::move(moving.columns), limits,
                     budget_);
    std::optional<choice> found = one();
    last_states_ = one.most_states();
    ++took.searches;
    took.states = (std::max)(took.states, std::uint64_t{last_states_});
    take(std::move(found));
    return !one.cut_short();
  }

  /// Whether the windows of the last pass end where no bound can grow.
  [[nodiscard]] bool nothing_to_prove() const { return !result_.narrow.empty() && edge_ <= result_.least_regret; }

  /// A narrow search for a good choice.
  void beam(std::int64_t limit, const stage& s, statistics& took) {
    if (!done()) {
      const std::int64_t wide = (std::min)(most_that_improves(), saturated(s.beam_reach * int128{limit}));
      pass({wide, s.beam_width, ~std::size_t{0}, 1 << 16}, took);
    }
  }

  /// With one resource there is a better way than ever larger searches.
  void search_one_row(statistics& took) {
    one_row_search<Late> one(regret_, grain(), budget_);
    std::optional<choice> found = one(result_.best);
    ++took.searches;
    took.states = (std::max)(took.states, std::uint64_t{one.most_states()});
    take(std::move(found));
    if (!one.cut_short() && result_.best.cost <= one.window_edge()) {
      result_.least_regret = result_.best.cost;
    }
  }

  regret<>& regret_;
  std::int64_t good_enough_;
  budget& budget_;
  std::int64_t outside_;  // the least regret there; 0 if it does not matter
  proof result_;
  std::int64_t judged_ = -1;           // the regret for which the next is known
  bool inside_ = false;                // whether no choice of less regret goes beyond the windows
  std::int64_t least_cost_ = endless;  // of a move that costs anything
  std::size_t free_moves_ = 0;
  std::int64_t edge_ = endless;  // of the last pass
  std::size_t last_states_ = 0;
};

}  // namespace espalier::inline v0::knapsack::detail

#endif
