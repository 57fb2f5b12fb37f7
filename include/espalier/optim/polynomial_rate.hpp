// SPDX-License-Identifier: Apache-2.0
// A learning rate that falls along a power of what is left of the training.
#ifndef ESPALIER_OPTIM_POLYNOMIAL_RATE_HPP
#define ESPALIER_OPTIM_POLYNOMIAL_RATE_HPP

#include <cmath>
#include <cstddef>

#include <espalier/optim/optimizer.hpp>

namespace espalier::inline v0::optim {

/// final + (initial - final) (1 - step / steps)^power; with power 1 a straight line.
struct polynomial_rate {
  double initial = 1e-2;     ///< at the first step, > 0
  double final_rate = 1e-4;  ///< that the last steps come close to, >= 0
  double power = 1;          ///< > 0

  [[nodiscard]] double operator()(std::size_t step, std::size_t steps) const noexcept {
    const double left = 1 - static_cast<double>(step) / static_cast<double>(steps);
    return final_rate + (initial - final_rate) * std::pow(left, power);
  }
};
static_assert(learning_rate<polynomial_rate>);

}  // namespace espalier::inline v0::optim

#endif
