// SPDX-License-Identifier: Apache-2.0
// A network of one or two layers in plain vectors and a trainer that follows a script, for tests of the loop.
#ifndef ESPALIER_TESTS_SUPPORT_SCRIPTED_TRAINING_HPP
#define ESPALIER_TESTS_SUPPORT_SCRIPTED_TRAINING_HPP

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include <espalier/prune/prunable_model.hpp>
#include <espalier/prune/trainer.hpp>

namespace support {

/// Two dense layers, 2 x 4 and 4 x 2, with distinct weights.
struct plain_network {
  using value_type = double;
  std::vector<double> first{1, 2, 3, 4, 5, 6, 7, 8};
  std::vector<double> bias{0.5, 0.5, 0.5, 0.5};
  std::vector<double> second{8, 7, 6, 5, 4, 3, 2, 1};
  bool share = false;

  std::vector<espalier::attributes::prunable_layer<double>> layers() {
    using espalier::attributes::layer_attributes;
    layer_attributes one{.name = "first", .kernel_shape = {2, 4}, .share = share};
    layer_attributes two{.name = "second", .kernel_shape = {4, 2}, .inbound = {"first"}, .share = share};
    return {{one, first, bias}, {two, second, {}}};
  }
  std::vector<std::span<double>> parameters() { return {first, bias, second}; }
};

/// Remembers what the loop asked for; training adds 1 to every weight, held or not, as a careless trainer would.
struct scripted_trainer {
  std::vector<double> metrics;  ///< what evaluate returns, in turn; the first is the baseline
  std::function<void(const espalier::prune::training_phase&)> on_fit{};
  std::size_t evaluated = 0;
  std::vector<espalier::prune::training_phase> phases{};
  std::vector<std::size_t> masks_given{};

  void fit(plain_network& network, espalier::prune::masks<double> masks, const espalier::prune::training_phase& phase) {
    phases.push_back(phase);
    masks_given.push_back(masks.size());
    for (auto* weights : {&network.first, &network.bias, &network.second}) {
      for (double& weight : *weights) {
        weight += 1;
      }
    }
    if (on_fit) {
      on_fit(phase);
    }
  }
  double evaluate(plain_network& /*network*/) { return metrics.at(evaluated++); }
};

}  // namespace support

#endif
