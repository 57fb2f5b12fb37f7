// SPDX-License-Identifier: Apache-2.0
// The objective that counts floating-point operations along the network: a unit answers for what reads it, too.
#ifndef ESPALIER_OBJECTIVE_CHAINED_FLOPS_HPP
#define ESPALIER_OBJECTIVE_CHAINED_FLOPS_HPP

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <espalier/attributes/layer_attributes.hpp>
#include <espalier/base/closest_name.hpp>
#include <espalier/base/errors.hpp>
#include <espalier/objective/detail/savings.hpp>
#include <espalier/objective/gpu_flops.hpp>
#include <espalier/objective/objective.hpp>
#include <espalier/structure/rules.hpp>
#include <espalier/structure/size_run.hpp>

namespace espalier::inline v0::objective {

/// The chain-aware form of gpu_flops. Without a unit the layer behind it has an input less, and multiplies less.
///
/// A product belongs half to the unit that makes its input and half to the unit that adds it up; all of it to the
/// latter, with the bias, where the input is the network's own or comes from several layers. So all savings together
/// are the network's operations, and if shares a and b of the units on both sides are kept, a b of the products remain,
/// which is at most the (a + b) / 2 that are counted: the real network is never above the budget.
/// The usage of a layer is what its units answer for.
class chained_flops {
 public:
  static constexpr std::string_view name = "chained_flops";
  static constexpr std::array<std::string_view, 1> resources{"FLOPs"};

  /// @param layers  of the network, with output shapes where they are convolutions.
  /// @throws what gpu_flops throws; argument_error if two layers have one name or an inbound name is no layer's.
  /// Complexity: O(layers^2).
  explicit chained_flops(std::span<const attributes::layer_attributes> layers) {
    for (const attributes::layer_attributes& layer : layers) {
      if (find(layer.name) != nullptr) {
        reject<argument_error>("objective::chained_flops", {"two layers with the name '", layer.name, "'"},
                               {"names that differ"});
      }
      const std::size_t units = layer.kernel_shape.rank() == 0 ? 0 : grouping_shape(layer).back();
      layers_.push_back({layer.name, units, 0});
    }
    for (std::size_t l = 0; l < layers.size(); ++l) {
      add(layers[l], l);
    }
  }

  /// @param layer  one of the network's.
  /// @return usage, and what each unit saves, in halves.
  /// @throws argument_error for a layer of another network (the closest name is given), or if the user's own rule cuts
  ///         units apart.
  [[nodiscard]] layer_savings<1> operator()(const attributes::layer_attributes& layer) const {
    layer_savings<1> result;
    result.note = detail::why_no_kernel(layer);
    if (!result.optimizable()) {
      return result;
    }
    const known_layer* known = find(layer.name);
    if (known == nullptr) {
      reject<argument_error>("objective::chained_flops", {"layer '", layer.name, "'"},
                             {"a layer of its network, such as '", closest(layer.name), "'"});
    }
    result.rule = layer.grouped_by.value_or(structure::structured{});
    const std::int64_t of_a_unit = known->halves / static_cast<std::int64_t>(known->units);
    result.denominator = 2;
    result.usage = {(known->halves + 1) / 2};
    result.savings = detail::savings_of<1>(layer, result.rule, [&](const structure::size_run& run) {
      detail::expect_rule(run.units > 0, layer, name, "groups of whole units");
      return std::array<std::int64_t, 1>{of_a_unit * static_cast<std::int64_t>(run.units)};
    });
    return result;
  }

 private:
  struct known_layer {
    std::string name;
    std::size_t units;    // 0: there is no kernel
    std::int64_t halves;  // of operations that its units answer for
  };

  /// Null if there is none.
  [[nodiscard]] const known_layer* find(const std::string& wanted) const noexcept {
    for (const known_layer& one : layers_) {
      if (one.name == wanted) {
        return &one;
      }
    }
    return nullptr;
  }
  [[nodiscard]] std::string closest(const std::string& wanted) const {
    std::vector<std::string> names;
    for (const known_layer& one : layers_) {
      names.push_back(one.name);
    }
    return std::string(closest_name(wanted, names));
  }

  /// Divides the operations of a layer between its own units and those in front of it.
  void add(const attributes::layer_attributes& layer, std::size_t place) {
    if (layer.kernel_shape.rank() == 0) {
      return;
    }
    attributes::layer_attributes own = layer;
    own.grouped_by.reset();
    const std::int64_t all = gpu_flops{}(own).usage[0];
    known_layer& here = layers_[place];
    const auto units = static_cast<std::int64_t>(here.units);
    const std::int64_t biases = units * static_cast<std::int64_t>(detail::output_positions(layer, name));
    const known_layer* before = source(layer);
    here.halves += 2 * biases + (before == nullptr ? 2 : 1) * (all - biases);
    if (before != nullptr) {
      layers_[static_cast<std::size_t>(before - layers_.data())].halves += all - biases;
    }
  }

  /// The layer whose units are the inputs of this one; null if there is not exactly one that fits.
  [[nodiscard]] const known_layer* source(const attributes::layer_attributes& layer) const {
    for (const std::string& inbound : layer.inbound) {
      if (find(inbound) == nullptr) {
        reject<argument_error>("objective::chained_flops", {"inbound layer '", inbound, "'"},
                               {"a layer of the network, such as '", closest(inbound), "'"});
      }
    }
    if (layer.inbound.size() != 1) {
      return nullptr;
    }
    const known_layer* before = find(layer.inbound.front());
    const extents kernel = grouping_shape(layer);
    const bool depthwise = layer.kind == attributes::layer_kind::depthwise_conv2d;
    const std::size_t reads = depthwise ? layer.kernel_shape[2] : kernel.size() / kernel.back();
    return before->units > 0 && reads % before->units == 0 ? before : nullptr;
  }

  std::vector<known_layer> layers_;  // few enough to look through
};
static_assert(objective<chained_flops>);

}  // namespace espalier::inline v0::objective

#endif
