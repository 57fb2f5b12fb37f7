// SPDX-License-Identifier: Apache-2.0
// How do I save something that the library does not know? Here: the latency of each layer, as measured on my device.
#include <array>
#include <cstdint>
#include <cstdio>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <espalier/core.hpp>

using namespace espalier;

/// An objective is a name, the names of what it counts, and what it says of a layer.
struct latency {
  static constexpr std::string_view name = "latency";
  static constexpr std::array<std::string_view, 1> resources{"ns"};
  std::map<std::string, std::int64_t> measured;  // of a whole layer, in nanoseconds

  objective::layer_savings<1> operator()(const attributes::layer_attributes& layer) const {
    objective::layer_savings<1> result;
    const auto found = measured.find(layer.name);
    if (found == measured.end()) {
      result.note = "nobody has measured it";
      return result;
    }
    const auto units = static_cast<std::int64_t>(grouping_shape(layer).back());
    result.rule = structure::structured{};  // on my device only whole neurons and filters save time
    result.usage = {found->second};
    result.denominator = units;  // all of them take the same time
    result.savings = {{static_cast<std::size_t>(units), {found->second}}};
    return result;
  }
};
static_assert(objective::objective<latency>);

int main() {
  const std::vector<attributes::layer_attributes> layers{
      {.name = "hidden", .kernel_shape = {2, 4}}, {.name = "score", .kernel_shape = {4, 2}, .inbound = {"hidden"}}};
  const std::vector<std::vector<double>> kernels{{0.9, 0.1, -0.4, 0.5, -0.8, 0.2, 0.3, 0.6},
                                                 {0.7, -0.1, 0.2, 0.1, 0.2, -0.6, 0.5, 0.8}};
  const latency objective{{{"hidden", 300}, {"score", 90}}};
  std::printf("%s\n", to_string(objective::explain(objective, layers)).c_str());

  std::vector<select::candidate<1>> candidates;
  for (std::size_t l = 0; l < layers.size(); ++l) {
    const rank::weight_data<double> weights{kernels[l], {}};
    const select::valuation<rank::l1, rank::lamp> valuation;
    candidates.push_back(select::make_candidate(layers[l], objective(layers[l]), weights, valuation));
  }
  const auto chosen = select::select(candidates, {.sparsity = {0.4}, .minimum_kept = 1}, objective.resources);
  std::printf("%ld ns -> %ld ns, at most %ld were allowed\n", static_cast<long>(chosen.usage[0]),
              static_cast<long>(chosen.used[0]), static_cast<long>(chosen.budget[0]));
  for (std::size_t l = 0; l < layers.size(); ++l) {
    std::printf("%s:", layers[l].name.c_str());
    for (const mask::action action : chosen.layers[l].actions) {
      std::printf(" %s", action == mask::action::keep ? "keep" : "prune");
    }
    std::printf("\n");
  }
}
