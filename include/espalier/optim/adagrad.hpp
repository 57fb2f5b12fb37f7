// SPDX-License-Identifier: Apache-2.0
// Adagrad: steps that get shorter where gradients were large.
#ifndef ESPALIER_OPTIM_ADAGRAD_HPP
#define ESPALIER_OPTIM_ADAGRAD_HPP

#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <espalier/optim/optimizer.hpp>

namespace espalier::inline v0::optim {

/// sum += g^2; w -= rate g / sqrt(sum + epsilon), as Keras computes it.
/// Source: Duchi, Hazan and Singer 2011, "Adaptive subgradient methods for online learning and stochastic
/// optimization".
struct adagrad {
  double initial_sum = 0.1;  ///< that the sum of squares begins with, >= 0
  double epsilon = 1e-7;     ///< > 0

  template <class T>
  class state;
};

/// What it remembers of so many numbers.
template <class T>
class adagrad::state {
 public:
  /// @throws argument_error if a setting is out of range.
  state(const adagrad& settings, std::size_t parameters)
      : tiny_(static_cast<T>(settings.epsilon)), sum_(parameters, static_cast<T>(settings.initial_sum)) {
    detail::expect(settings.initial_sum >= 0, "adagrad", {"initial_sum ", settings.initial_sum}, {"0 or more"});
    detail::expect_positive("adagrad", "epsilon", settings.epsilon);
  }

  void begin_step(double rate) { rate_ = static_cast<T>(rate); }

  void update(std::size_t begin, std::span<T> weights, std::span<const T> gradients) {
    for (std::size_t i = 0; i < weights.size(); ++i) {
      const T g = gradients[i];
      sum_[begin + i] += g * g;
      weights[i] -= rate_ * g / std::sqrt(sum_[begin + i] + tiny_);
    }
  }

  /// Shows what it remembers to a byte_writer or byte_reader.
  template <class Archive>
  void archive(Archive& a) {
    a(sum_);
  }

 private:
  T tiny_;
  T rate_ = 0;
  std::vector<T> sum_;
};
static_assert(optimizer<adagrad>);

}  // namespace espalier::inline v0::optim

#endif
