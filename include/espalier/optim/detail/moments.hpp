// SPDX-License-Identifier: Apache-2.0
// Running means of gradients and of their squares, which Adam and its kin divide by.
#ifndef ESPALIER_OPTIM_DETAIL_MOMENTS_HPP
#define ESPALIER_OPTIM_DETAIL_MOMENTS_HPP

#include <cstddef>
#include <string>
#include <vector>

#include <espalier/optim/optimizer.hpp>

namespace espalier::inline v0::optim::detail {

/// Both means, for so many numbers.
template <class T>
struct moments {
  std::vector<T> mean;
  std::vector<T> square;
  T fresh_1 = 0;  ///< 1 - beta_1: in float, 1 - 0.999 would be off by 1e-5, so it is taken in double and rounded once
  T fresh_2 = 0;
  T epsilon = 0;

  /// @param settings  with beta_1, beta_2 and epsilon.   @throws argument_error if a setting is out of range.
  template <class Settings>
  moments(const std::string& optimizer, const Settings& settings, std::size_t parameters)
      : mean(parameters),
        square(parameters),
        fresh_1(static_cast<T>(1 - settings.beta_1)),
        fresh_2(static_cast<T>(1 - settings.beta_2)),
        epsilon(static_cast<T>(settings.epsilon)) {
    expect_share(optimizer, "beta_1", settings.beta_1);
    expect_share(optimizer, "beta_2", settings.beta_2);
    expect_positive(optimizer, "epsilon", settings.epsilon);
  }

  /// Takes in the gradient of number i.
  void add(std::size_t i, T gradient) {
    mean[i] += (gradient - mean[i]) * fresh_1;
    square[i] += (gradient * gradient - square[i]) * fresh_2;
  }
};

}  // namespace espalier::inline v0::optim::detail

#endif
