// SPDX-License-Identifier: Apache-2.0
// A learning rate that stays.
#ifndef ESPALIER_OPTIM_CONSTANT_RATE_HPP
#define ESPALIER_OPTIM_CONSTANT_RATE_HPP

#include <cstddef>

#include <espalier/optim/optimizer.hpp>

namespace espalier::inline v0::optim {

/// The same learning rate at every step.
struct constant_rate {
  double rate = 1e-3;  ///< > 0

  [[nodiscard]] double operator()(std::size_t /*step*/, std::size_t /*steps*/) const noexcept { return rate; }
};
static_assert(learning_rate<constant_rate>);

}  // namespace espalier::inline v0::optim

#endif
