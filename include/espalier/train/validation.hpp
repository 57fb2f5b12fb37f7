// SPDX-License-Identifier: Apache-2.0
// What a training is watched by: data apart, when to stop, whether to keep the best weights.
#ifndef ESPALIER_TRAIN_VALIDATION_HPP
#define ESPALIER_TRAIN_VALIDATION_HPP

#include <cstddef>
#include <limits>

#include <espalier/train/data_view.hpp>

namespace espalier::inline v0::train {

/// What a training is watched by. See `split` for a part of the data that is not trained on.
/// @tparam T  float or double.
template <class T>
struct validation {
  data_view<T> data;         ///< whose loss is looked at after every epoch
  std::size_t patience = 0;  ///< epochs without a new least loss after which the training ends; 0: it never does
  double improvement = 0;    ///< by which a loss must be below the least so far to count, >= 0
  bool keep_best = false;    ///< whether the network ends with the weights of the least loss
};

/// How a watched training went.
struct fit_result {
  std::size_t epochs = 0;                                      ///< that were begun
  std::size_t best_epoch = 0;                                  ///< with the least loss of the validation data, from 0
  double best_loss = std::numeric_limits<double>::infinity();  ///< of the validation data, then
  bool lost_patience = false;                                  ///< whether it ended for want of improvement
};

}  // namespace espalier::inline v0::train

#endif
