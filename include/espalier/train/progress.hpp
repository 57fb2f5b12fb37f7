// SPDX-License-Identifier: Apache-2.0
// Where a training is, as callbacks are told.
#ifndef ESPALIER_TRAIN_PROGRESS_HPP
#define ESPALIER_TRAIN_PROGRESS_HPP

#include <cstddef>
#include <limits>

namespace espalier::inline v0::train {

/// Where a training is, for callbacks.
struct progress {
  std::size_t epoch = 0;  ///< from 0
  std::size_t step = 0;   ///< steps done since the beginning
  std::size_t steps = 0;  ///< steps that there will be in all
  double loss = 0;        ///< mean loss of the mini-batch before its step; in on_epoch: of the epoch
  double validation_loss = std::numeric_limits<double>::quiet_NaN();  ///< in on_epoch, if there are validation data
};

}  // namespace espalier::inline v0::train

#endif
