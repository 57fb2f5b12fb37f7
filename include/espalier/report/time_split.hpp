// SPDX-License-Identifier: Apache-2.0
// Where the seconds of a run went.
#ifndef ESPALIER_REPORT_TIME_SPLIT_HPP
#define ESPALIER_REPORT_TIME_SPLIT_HPP

#include <array>
#include <string_view>
#include <utility>

namespace espalier::inline v0::report {

/// The seconds of a run, by what they were spent on.
struct time_split {
  double training = 0;    ///< of the trainer, with all that it does around its epochs
  double ranking = 0;     ///< of the trainer, for gradients or Fisher information
  double selection = 0;   ///< losses of groups, knapsack and masks
  double evaluation = 0;  ///< of the trainer, for the metric
  double other = 0;       ///< saving, callbacks and the loop itself

  /// @return the parts with their names, in this order.
  [[nodiscard]] constexpr std::array<std::pair<std::string_view, double>, 5> parts() const {
    return {{{"training", training},
             {"ranking", ranking},
             {"selection", selection},
             {"evaluation", evaluation},
             {"other", other}}};
  }

  /// @return the sum of the parts.
  [[nodiscard]] constexpr double total() const { return training + ranking + selection + evaluation + other; }
};

}  // namespace espalier::inline v0::report

#endif
