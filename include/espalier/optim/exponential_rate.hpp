// SPDX-License-Identifier: Apache-2.0
// A learning rate that shrinks by the same factor again and again.
#ifndef ESPALIER_OPTIM_EXPONENTIAL_RATE_HPP
#define ESPALIER_OPTIM_EXPONENTIAL_RATE_HPP

#include <cmath>
#include <cstddef>

#include <espalier/optim/optimizer.hpp>

namespace espalier::inline v0::optim {

/// initial factor^(step / period).
struct exponential_rate {
  double initial = 1e-2;   ///< at the first step, > 0
  double factor = 0.5;     ///< by which it shrinks in a period, in (0, 1]
  double period = 1000;    ///< steps, > 0
  bool staircase = false;  ///< whether it stays within a period and falls at its end

  [[nodiscard]] double operator()(std::size_t step, std::size_t /*steps*/) const noexcept {
    const double periods = static_cast<double>(step) / period;
    return initial * std::pow(factor, staircase ? std::floor(periods) : periods);
  }
};
static_assert(learning_rate<exponential_rate>);

}  // namespace espalier::inline v0::optim

#endif
