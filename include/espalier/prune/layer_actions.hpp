// SPDX-License-Identifier: Apache-2.0
// What may be done with the groups of a layer, for models whose own attributes say nothing of it.
#ifndef ESPALIER_PRUNE_LAYER_ACTIONS_HPP
#define ESPALIER_PRUNE_LAYER_ACTIONS_HPP

#include <optional>
#include <span>
#include <string>
#include <vector>

#include <espalier/attributes/prunable_layer.hpp>
#include <espalier/base/closest_name.hpp>
#include <espalier/base/errors.hpp>
#include <espalier/structure/rules.hpp>

namespace espalier::inline v0::prune {

/// The actions of one layer, or of all layers that are not named elsewhere. Without both the layer is left alone.
struct layer_actions {
  std::string layer{};                          ///< its name; empty: all others
  bool prune = true;                            ///< may groups be pruned
  bool share = false;                           ///< may groups of two weights or more be replaced by their mean
  std::optional<structure::rule> grouped_by{};  ///< what makes its groups; none: what the model and objective say
};

/// Puts actions into what a model says of its layers.
/// @param given   in any order; of several for one layer the last counts.
/// @param layers  as the model shows them; those that no entry is for stay as they are.
/// @throws argument_error if a layer is named that does not exist.   Complexity: O(entries x layers).
template <class Value>
void apply(std::span<const layer_actions> given, std::span<attributes::prunable_layer<Value>> layers) {
  std::vector<std::string> names;
  for (const auto& layer : layers) {
    names.push_back(layer.attributes.name);
  }
  for (const bool by_name : {false, true}) {
    for (const layer_actions& one : given) {
      bool found = one.layer.empty();
      for (auto& [attributes, kernel, bias] : layers) {
        found = found || attributes.name == one.layer;
        if (by_name ? attributes.name == one.layer : one.layer.empty()) {
          attributes.prune = one.prune;
          attributes.share = one.share;
          attributes.grouped_by = one.grouped_by ? one.grouped_by : attributes.grouped_by;
        }
      }
      if (!found) {
        reject<argument_error>("prune::optimize", {"actions for a layer '", one.layer, "'"},
                               {"the name of a layer, such as '", closest_name(one.layer, names), "'"});
      }
    }
  }
}

}  // namespace espalier::inline v0::prune

#endif
