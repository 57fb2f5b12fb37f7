// SPDX-License-Identifier: Apache-2.0
// A learning rate that falls along half a cosine.
#ifndef ESPALIER_OPTIM_COSINE_RATE_HPP
#define ESPALIER_OPTIM_COSINE_RATE_HPP

#include <cmath>
#include <cstddef>
#include <numbers>

#include <espalier/optim/optimizer.hpp>

namespace espalier::inline v0::optim {

/// final + (initial - final) (1 + cos(pi step / steps)) / 2.
/// Source: Loshchilov and Hutter 2017, "SGDR: stochastic gradient descent with warm restarts", arXiv 1608.03983.
struct cosine_rate {
  double initial = 1e-2;     ///< at the first step, > 0
  double final_rate = 1e-4;  ///< that the last steps come close to, >= 0

  [[nodiscard]] double operator()(std::size_t step, std::size_t steps) const noexcept {
    const double progress = static_cast<double>(step) / static_cast<double>(steps);
    return final_rate + (initial - final_rate) * (1 + std::cos(std::numbers::pi * progress)) / 2;
  }
};
static_assert(learning_rate<cosine_rate>);

}  // namespace espalier::inline v0::optim

#endif
