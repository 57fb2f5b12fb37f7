// SPDX-License-Identifier: Apache-2.0
// A learning rate that begins small and then goes another one's way.
#ifndef ESPALIER_OPTIM_WARMUP_HPP
#define ESPALIER_OPTIM_WARMUP_HPP

#include <cmath>
#include <cstddef>

#include <espalier/optim/optimizer.hpp>

namespace espalier::inline v0::optim {

/// In the first steps the rate grows along a line to where the other one begins; then come all steps of that.
/// @tparam Rate  any learning rate.
template <learning_rate Rate>
struct warmup {
  std::size_t steps = 100;  ///< that it takes to grow, >= 0
  double initial = 1e-5;    ///< at the first step, > 0
  Rate rate{};              ///< that follows

  [[nodiscard]] double operator()(std::size_t step, std::size_t all_steps) const {
    const std::size_t left = all_steps > steps ? all_steps - steps : 1;
    if (step >= steps) {
      return rate(step - steps, left);
    }
    return initial + (rate(std::size_t{0}, left) - initial) * static_cast<double>(step) / static_cast<double>(steps);
  }
};

}  // namespace espalier::inline v0::optim

#endif
