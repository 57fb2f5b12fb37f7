// SPDX-License-Identifier: Apache-2.0
// What a pruning run gives back: masks, report, and why it ended.
#ifndef ESPALIER_PRUNE_RESULT_HPP
#define ESPALIER_PRUNE_RESULT_HPP

#include <cstdint>
#include <vector>

#include <espalier/mask/weight_mask.hpp>
#include <espalier/prune/front.hpp>
#include <espalier/report/pruning_report.hpp>

namespace espalier::inline v0::prune {

/// Why a run ended.
enum class ending : std::uint8_t {
  schedule_ended,  ///< there was no further target
  too_many_bad,    ///< more levels in a row failed than the settings allow
  out_of_reach,    ///< even pruning everything does not meet the target
  stopped,         ///< a stop was requested
  failed,          ///< trainer, ranking, objective or checkpoint threw; the report says what
  target_reached,  ///< a good level uses no more than was asked for
  limit_reached    ///< as many levels, epochs or seconds as the settings allow were spent
};

/// What `optimize` returns. The model holds the weights of the best network.
template <class Value>
struct result {
  std::vector<mask::weight_mask<Value>> masks;  ///< of the best network, one per layer
  report::pruning_report report;                ///< what happened, level by level and layer by layer
  prune::ending ending = ending::schedule_ended;
  prune::front<Value> front{};  ///< the best networks under all budgets, the dense one among them if it is not beaten
};

}  // namespace espalier::inline v0::prune

#endif
