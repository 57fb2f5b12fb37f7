// SPDX-License-Identifier: Apache-2.0
// What a pruning run did, as plain values: level by level, layer by layer, resource by resource.
#ifndef ESPALIER_REPORT_PRUNING_REPORT_HPP
#define ESPALIER_REPORT_PRUNING_REPORT_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <espalier/report/time_split.hpp>

namespace espalier::inline v0::report {

/// One resource of the hardware, such as DSP blocks, over the whole network.
struct resource {
  std::string name;         ///< as the objective calls it
  std::int64_t before = 0;  ///< used by the dense network
  std::int64_t after = 0;   ///< used by the pruned network
};

/// One attempt at one target.
struct level {
  double sparsity = 0;             ///< the share of every resource that is to be freed, 0 to 1
  std::vector<std::int64_t> used;  ///< what the selection leaves, per resource
  double metric = 0;               ///< the trainer's metric after the level's training
  bool accepted = false;           ///< whether the metric was good enough
  std::string status;              ///< the knapsack's status: optimal, feasible or infeasible
  double gap = 0;                  ///< how far the knapsack can be from its optimum, relative to its bound
};

/// One prunable layer.
struct layer {
  std::string name;
  std::size_t weights = 0;           ///< in its kernel
  std::size_t weights_kept = 0;      ///< still trained, in the end
  std::size_t weights_shared = 0;    ///< with others as one value, in the end
  std::vector<std::int64_t> before;  ///< usage of the dense layer, per resource
  std::vector<std::int64_t> after;   ///< usage of the pruned layer, per resource
  std::string note;                  ///< why the layer does not take part; empty if it does
};

/// A whole run. Unless times are asked for it holds none, so that equal runs have equal reports.
struct pruning_report {
  std::string objective;            ///< what was to be saved
  double baseline = 0;              ///< the metric before pruning
  double metric = 0;                ///< the metric of the result
  std::vector<resource> resources;  ///< one per resource of the objective
  std::vector<level> levels;        ///< in the order in which they were tried
  std::vector<layer> layers;        ///< in the order of the model
  std::string ended;                ///< why the run ended, a sentence
  std::optional<time_split> times;  ///< where the time went, if that was asked for
};

}  // namespace espalier::inline v0::report

#endif
