// SPDX-License-Identifier: Apache-2.0
// What an objective says of a layer, and the concept that all objectives model.
#ifndef ESPALIER_OBJECTIVE_OBJECTIVE_HPP
#define ESPALIER_OBJECTIVE_OBJECTIVE_HPP

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <espalier/attributes/layer_attributes.hpp>
#include <espalier/structure/rules.hpp>

namespace espalier::inline v0::objective {

/// Consecutive groups that save the same.
/// @tparam Resources  how many resources the objective counts.
template <std::size_t Resources>
struct saving_run {
  std::size_t count = 0;                         ///< how many groups
  std::array<std::int64_t, Resources> saving{};  ///< of one of them, per resource, in units of 1 / denominator
  /// What one of them saves if its weights are shared (all are their mean), 0 to `saving`; nothing unless said.
  std::array<std::int64_t, Resources> sharing{};

  friend bool operator==(const saving_run&, const saving_run&) = default;
};

/// What pruning one layer, or sharing its weights, can save.
/// @tparam Resources  how many resources the objective counts.
template <std::size_t Resources>
struct layer_savings {
  std::string note;                             ///< why nothing can be saved; empty if the layer takes part
  std::string remark;                           ///< what is worth knowing though it can: a reuse factor that moved
  structure::rule rule;                         ///< which weights form a group
  std::uint64_t reuse_factor = 1;               ///< the one that hardware really uses
  std::array<std::int64_t, Resources> usage{};  ///< of the dense layer, per resource
  std::int64_t denominator = 1;                 ///< savings are multiples of 1 / denominator, >= 1
  std::vector<saving_run<Resources>> savings;   ///< in the order of the groups

  /// @return whether pruning pays at all.
  [[nodiscard]] bool optimizable() const noexcept { return note.empty(); }
};

/// Says what is saved in hardware, or in whatever a user counts.
///
/// - `resources`: the names of what it counts, a std::array of std::string_view.
/// - `name`: its own name.
/// - called with the attributes of a layer: the layer's savings. Where pruning pays nothing, `note` says why.
template <class Objective>
concept objective = requires(const Objective& o, const attributes::layer_attributes& layer) {
  { Objective::name } -> std::convertible_to<std::string_view>;
  { Objective::resources[0] } -> std::convertible_to<std::string_view>;
  requires Objective::resources.size() > 0;
  { o(layer) } -> std::same_as<layer_savings<Objective::resources.size()>>;
};

}  // namespace espalier::inline v0::objective

#endif
