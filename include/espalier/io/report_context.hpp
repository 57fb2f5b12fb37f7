// SPDX-License-Identifier: Apache-2.0
// What a report says beyond what the loop knows.
#ifndef ESPALIER_IO_REPORT_CONTEXT_HPP
#define ESPALIER_IO_REPORT_CONTEXT_HPP

#include <cstdint>

namespace espalier::inline v0::io {

/// What a report says beyond the loop: how the run was made and how it does on data that no decision has seen.
struct report_context {
  std::uint64_t seed = 0;
  double baseline_accuracy = 0;  ///< of the dense network on the test data, 0 to 1
  double accuracy = 0;           ///< of the pruned network on the test data, 0 to 1
};

}  // namespace espalier::inline v0::io

#endif
