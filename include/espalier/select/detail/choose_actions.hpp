// SPDX-License-Identifier: Apache-2.0
// Solves the knapsack of a selection where groups may also be shared.
#ifndef ESPALIER_SELECT_DETAIL_CHOOSE_ACTIONS_HPP
#define ESPALIER_SELECT_DETAIL_CHOOSE_ACTIONS_HPP

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include <espalier/base/sum.hpp>
#include <espalier/knapsack/choose.hpp>
#include <espalier/select/detail/layer_knapsack.hpp>
#include <espalier/select/detail/sharing.hpp>

namespace espalier::inline v0::select::detail {

/// Gives the groups of a packed knapsack their third option, and solves it.
///
/// Counted from pruning: to prune is worth 0, to keep the loss of pruning, to share what pruning loses more than
/// sharing. Where sharing loses no less, or saves nothing, it is no option.
template <std::size_t M>
class action_chooser {
 public:
  action_chooser(const sharing_candidates<M>& candidates, layer_knapsack<M>& k) : candidates_(candidates), k_(k) {}

  /// Solves, and marks what is shared. The answer says what is kept.
  [[nodiscard]] knapsack::solution operator()(const knapsack::solve_options& options) {
    problem_.capacities = k_.problem.capacities;
    for (std::size_t l = 0; l < k_.layers.size(); ++l) {
      add_layer(l);
    }
    problem_.values = values_;
    knapsack::choice_solution chosen = knapsack::choose(problem_, options);
    keep_what_fits(chosen);
    return write_down(chosen);
  }

 private:
  using saving = std::array<std::int64_t, M>;
  static constexpr std::uint32_t keep = 0;
  static constexpr std::uint32_t share = 2;

  void add_layer(std::size_t l) {
    const layer_share<M>& layer = k_.layers[l];
    const candidate<M>& c = candidates_.layers[layer.candidate];
    const std::vector<double>& losses = candidates_.share[layer.candidate];
    std::size_t group = 0;
    for (const auto& run : c.savings.savings) {
      saving freed = run.sharing;
      for (std::int64_t& number : freed) {
        number *= layer.factor;  // no more than what pruning frees, which was checked
      }
      for (const std::size_t end = group + run.count; group < end; ++group, ++item_) {
        const double kept = k_.values[item_];
        const bool can_share = freed != saving{} && !losses.empty() && losses[group] < kept;
        add_group(class_of(l, next_class(), can_share ? freed : saving{}), kept);
        if (problem_.options[problem_.runs.back().item_class] > share) {
          values_.push_back(kept - losses[group]);
        }
      }
    }
  }

  /// The class that the packed knapsack gives the next group.
  [[nodiscard]] std::uint32_t next_class() {
    while (taken_ == k_.problem.runs[run_].count) {
      ++run_;
      taken_ = 0;
    }
    ++taken_;
    return k_.problem.runs[run_].item_class;
  }

  void add_group(std::uint32_t its_class, double kept) {
    if (problem_.runs.empty() || problem_.runs.back().item_class != its_class) {
      problem_.runs.push_back({its_class, 0});
    }
    ++problem_.runs.back().count;
    first_.push_back(values_.size());
    values_.push_back(kept);
    if (problem_.options[its_class] > 1) {
      values_.push_back(0);
    }
  }

  /// Groups that weigh nothing are kept; others are kept, pruned or, if that frees something, shared.
  [[nodiscard]] std::uint32_t class_of(std::size_t l, std::uint32_t packed, saving freed) {
    const std::span<const std::int64_t> weights = weights_of(packed);
    const bool costs = std::any_of(weights.begin(), weights.end(), [](std::int64_t w) { return w > 0; });
    freed = costs ? freed : saving{};
    const auto next = static_cast<std::uint32_t>(problem_.options.size());
    const auto [found, is_new] = classes_.emplace(std::pair{packed, freed}, next);
    if (is_new) {
      auto& all = problem_.weights;
      first_weight_.push_back(all.size());
      problem_.options.push_back(!costs ? 1 : freed == saving{} ? share : share + 1);
      all.insert(all.end(), weights.begin(), weights.end());
      all.insert(all.end(), costs ? weights.size() : 0, 0);
      for (std::size_t row = 0; freed != saving{} && row < weights.size(); ++row) {
        all.push_back(weights[row] - freed_in(row, l, freed));
      }
    }
    return found->second;
  }

  [[nodiscard]] std::span<const std::int64_t> weights_of(std::uint32_t packed) const {
    const std::size_t rows = k_.problem.capacities.size();
    return {k_.problem.weights.data() + packed * rows, rows};
  }

  [[nodiscard]] std::int64_t freed_in(std::size_t row, std::size_t l, const saving& freed) const {
    if (row < M) {
      return freed[row];
    }
    const budget_row& own = k_.own_rows[row - M];
    return own.layer == l ? freed[own.resource] : 0;
  }

  /// Keeps groups that are worth nothing and fit all the same, as the knapsack with two options does.
  void keep_what_fits(knapsack::choice_solution& chosen) const {
    const std::size_t rows = problem_.capacities.size();
    visit([&](std::size_t group, std::uint32_t its_class) {
      const std::int64_t* kept = &problem_.weights[first_weight_[its_class]];
      const std::int64_t* now = kept + chosen.chosen[group] * rows;
      bool fits = chosen.chosen[group] != keep;
      for (std::size_t r = 0; fits && r < rows; ++r) {
        fits = kept[r] - now[r] <= problem_.capacities[r] - chosen.used[r];
      }
      for (std::size_t r = 0; fits && r < rows; ++r) {
        chosen.used[r] += kept[r] - now[r];
      }
      chosen.chosen[group] = fits ? keep : chosen.chosen[group];
    });
  }

  [[nodiscard]] knapsack::solution write_down(const knapsack::choice_solution& chosen) {
    knapsack::solution result;
    compensated_sum value;
    k_.shared.assign(item_, 0);
    for (std::size_t group = 0; group < item_; ++group) {
      value.add(values_[first_[group] + chosen.chosen[group]]);
      result.kept.push_back(chosen.chosen[group] == keep ? 1 : 0);
      k_.shared[group] = chosen.chosen[group] == share ? 1 : 0;
    }
    result.used = chosen.used;
    result.value = value.result();
    result.bound = (std::max)(chosen.bound, result.value);
    result.multipliers = chosen.multipliers;
    result.status = chosen.status;
    result.statistics = chosen.statistics;
    return result;
  }

  template <class Action>
  void visit(Action&& action) const {
    std::size_t group = 0;
    for (const knapsack::run& one : problem_.runs) {
      for (std::uint64_t i = 0; i < one.count; ++i, ++group) {
        action(group, one.item_class);
      }
    }
  }

  sharing_candidates<M> candidates_;
  layer_knapsack<M>& k_;
  knapsack::choice_problem<double> problem_;
  std::vector<double> values_;
  std::vector<std::size_t> first_;         // of each group: the place of its first value
  std::vector<std::size_t> first_weight_;  // of each class
  std::map<std::pair<std::uint32_t, saving>, std::uint32_t> classes_;
  std::size_t item_ = 0;
  std::size_t run_ = 0;  // of the packed knapsack
  std::uint64_t taken_ = 0;
};

}  // namespace espalier::inline v0::select::detail

#endif
