// SPDX-License-Identifier: Apache-2.0
// A learning rate that begins again where another one was early in a training.
#ifndef ESPALIER_OPTIM_REWOUND_RATE_HPP
#define ESPALIER_OPTIM_REWOUND_RATE_HPP

#include <cstddef>
#include <string>

#include <espalier/optim/cosine_rate.hpp>
#include <espalier/optim/optimizer.hpp>

namespace espalier::inline v0::optim {

/// Learning-rate rewinding: a training takes the rates that a longer one had from some epoch on, while its weights stay
/// as they were trained. A training of epochs - epoch epochs takes exactly those; one of more or fewer goes through
/// them more slowly or faster, to the same end.
/// @tparam Rate  one that depends on the step alone.
/// Source: Renda, Frankle and Carbin 2020, "Comparing rewinding and fine-tuning in neural network pruning", arXiv
/// 2003.02389.
template <learning_rate Rate = cosine_rate>
requires(!requires { typename Rate::state; }) struct rewound_rate {
  std::size_t epoch = 0;   ///< of the longer training, to begin at; < epochs
  std::size_t epochs = 1;  ///< that the longer training has
  Rate rate{};             ///< of the longer training

  /// @throws argument_error if the epoch is not one of the epochs.
  [[nodiscard]] double operator()(std::size_t step, std::size_t steps) const {
    detail::expect(epoch < epochs, "rewound_rate", {"epoch ", epoch, " of ", epochs},
                   {"an epoch before the last ends"});
    const std::size_t left = epochs - epoch;
    const std::size_t skipped = (steps * epoch + left / 2) / left;
    return rate(step + skipped, steps + skipped);
  }
};
static_assert(learning_rate<rewound_rate<>>);

}  // namespace espalier::inline v0::optim

#endif
