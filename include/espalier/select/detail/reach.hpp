// SPDX-License-Identifier: Apache-2.0
// Says which budgets no selection can meet, and why.
#ifndef ESPALIER_SELECT_DETAIL_REACH_HPP
#define ESPALIER_SELECT_DETAIL_REACH_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <espalier/select/detail/layer_knapsack.hpp>
#include <espalier/select/detail/pack.hpp>
#include <espalier/select/selection.hpp>

namespace espalier::inline v0::select::detail {

/// Says why a budget cannot be met, naming resource and layer; empty if it can.
template <std::size_t M>
class reach {
 public:
  reach(std::span<const candidate<M>> candidates, const layer_knapsack<M>& k,
        const std::array<std::string_view, M>& names)
      : candidates_(candidates), k_(k), names_(names) {}

  [[nodiscard]] std::string why_not() const {
    for (std::size_t r = 0; r < M; ++r) {
      std::int64_t least = 0;
      std::int64_t forced = 0;
      const layer_share<M>* largest = nullptr;
      for (const layer_share<M>& layer : k_.layers) {
        least += layer.stuck[r];
        forced += layer.forced_use[r];
        largest = largest == nullptr || least_of(layer, r) > least_of(*largest, r) ? &layer : largest;
        if (layer.own_sparsity != nullptr) {
          const std::int64_t usage = candidates_[layer.candidate].savings.usage[r];
          const std::int64_t budget = budget_of(usage, sparsity_of(*layer.own_sparsity, r));
          if (std::string why = sentence(r, least_of(layer, r), budget, layer); !why.empty()) {
            return why;
          }
        }
      }
      least += in_whole_units(forced);
      if (std::string why = largest == nullptr ? "" : sentence(r, least, k_.budget[r], *largest); !why.empty()) {
        return why;
      }
    }
    return {};
  }

 private:
  [[nodiscard]] std::int64_t in_whole_units(std::int64_t number) const { return (number + k_.unit - 1) / k_.unit; }
  [[nodiscard]] std::int64_t least_of(const layer_share<M>& layer, std::size_t r) const {
    return layer.stuck[r] + in_whole_units(layer.forced_use[r]);
  }
  [[nodiscard]] std::string sentence(std::size_t r, std::int64_t least, std::int64_t budget,
                                     const layer_share<M>& layer) const {
    if (least <= budget) {
      return {};
    }
    return std::string(names_[r]) + " cannot go below " + std::to_string(least) + ", the budget is " +
           std::to_string(budget) + "; layer '" + candidates_[layer.candidate].attributes.name + "' keeps " +
           std::to_string(least_of(layer, r)) + (layer.forced.empty() ? " that no group frees" : " at least");
  }

  std::span<const candidate<M>> candidates_;
  const layer_knapsack<M>& k_;
  const std::array<std::string_view, M>& names_;
};

}  // namespace espalier::inline v0::select::detail

#endif
