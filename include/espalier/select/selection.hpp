// SPDX-License-Identifier: Apache-2.0
// What goes into a selection and what comes out of it.
#ifndef ESPALIER_SELECT_SELECTION_HPP
#define ESPALIER_SELECT_SELECTION_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <espalier/attributes/layer_attributes.hpp>
#include <espalier/knapsack/solution.hpp>
#include <espalier/knapsack/solve_options.hpp>
#include <espalier/mask/action.hpp>
#include <espalier/objective/objective.hpp>
#include <espalier/structure/grouping.hpp>

namespace espalier::inline v0::select {

/// How the budget is spread.
enum class scope : std::uint8_t {
  global,  ///< one knapsack over all layers
  local    ///< every layer keeps within its own share
};

/// What a shared group saves, all of whose weights are their mean.
enum class sharing_saves : std::uint8_t {
  what_the_objective_says,  ///< saving_run::sharing; for most hardware that is nothing
  what_pruning_saves        ///< all that pruning would save: the assumption of hls4ml's dsp_aware_pruning
};

/// A budget of one layer, beside that of the network.
struct layer_budget {
  std::string layer;             ///< its name
  std::vector<double> sparsity;  ///< the share of each resource that it must free, 0 to 1; one entry serves all
};

/// Settings of a selection.
struct options {
  std::vector<double> sparsity{0.5};    ///< the share of each resource to free, 0 to 1; one entry serves all resources
  select::scope scope = scope::global;  ///< one budget or one per layer
  std::vector<layer_budget> layers{};   ///< budgets of single layers: beside a global one, or instead of the local one
  std::size_t minimum_kept = 0;         ///< groups that every layer that takes part keeps at least
  bool live = true;                     ///< give up groups that no path from input to output uses; global scope only
  /// what sharing saves; layers without sharing don't care
  select::sharing_saves sharing_saves = sharing_saves::what_the_objective_says;
  knapsack::solve_options knapsack{};  ///< limits of the solver
};

/// One layer with what the objective and the ranking say of it.
template <std::size_t Resources>
struct candidate {
  attributes::layer_attributes attributes;
  objective::layer_savings<Resources> savings;
  std::optional<structure::grouping> groups;  ///< none if the layer does not take part
  std::vector<double> prune;                  ///< loss of pruning each group, on the scale of all layers; may be empty
  std::vector<double> share;                  ///< loss of sharing each group, on the same scale; empty: no sharing
};

/// What is decided for one layer.
struct layer_decision {
  std::string note;                   ///< why the layer does not take part or, if it does, what was changed about it
  std::vector<mask::action> actions;  ///< one per group; empty if the layer does not take part
  std::vector<std::int64_t> usage;    ///< of the dense layer, per resource
  std::vector<std::int64_t> used;     ///< after the decision, per resource, rounded up to whole units
};

/// What is decided for a network.
struct selection {
  std::vector<layer_decision> layers;  ///< in the order of the candidates
  std::vector<std::int64_t> usage;     ///< of all layers that take part, per resource
  std::vector<std::int64_t> budget;    ///< the most that may be used, per resource
  std::vector<std::int64_t> used;      ///< what is used, per resource; fractions of layers add up before rounding
  double value = 0;  ///< sum of the losses of the kept groups; of a shared one, what pruning loses more
  double bound = 0;  ///< proven: no selection within the budget has a larger value
  knapsack::status status =
      knapsack::status::optimal;  ///< infeasible: the budget is out of reach, all that costs is pruned
  std::string out_of_reach;       ///< which resource and layer, and the least that is reachable; empty if in reach
  std::size_t live_rounds = 0;    ///< how often groups without a path were found and the selection repeated

  /// @return how far the value can be from the optimum, relative to the bound.
  [[nodiscard]] double gap() const noexcept {
    return status == knapsack::status::optimal || bound <= 0 ? 0 : (bound - value) / bound;
  }
};

}  // namespace espalier::inline v0::select

#endif
