// SPDX-License-Identifier: Apache-2.0
// Adam: steps scaled by running means of the gradient and of its square.
#ifndef ESPALIER_OPTIM_ADAM_HPP
#define ESPALIER_OPTIM_ADAM_HPP

#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <espalier/kernels/adam.hpp>
#include <espalier/optim/optimizer.hpp>

namespace espalier::inline v0::optim {

/// Adam as Keras computes it: w -= a m / (sqrt(v) + epsilon) with a = rate sqrt(1 - beta_2^t) / (1 - beta_1^t).
/// Source: Kingma and Ba 2015, "Adam: a method for stochastic optimization", arXiv 1412.6980, end of section 2.
struct adam {
  double beta_1 = 0.9;    ///< how long the mean of the gradient remembers, in [0, 1)
  double beta_2 = 0.999;  ///< how long the mean of its square remembers, in [0, 1)
  double epsilon = 1e-7;  ///< > 0

  template <class T>
  class state;
};

/// What it remembers of so many numbers.
template <class T>
class adam::state {
 public:
  /// @throws argument_error if a setting is out of range.
  state(const adam& settings, std::size_t parameters) : settings_(settings), mean_(parameters), square_(parameters) {
    for (const auto& [name, beta] : {std::pair("beta_1", settings.beta_1), std::pair("beta_2", settings.beta_2)}) {
      detail::expect(beta >= 0 && beta < 1, "adam", name + (" " + std::to_string(beta)),
                     "0 <= " + std::string(name) + " < 1");
    }
    detail::expect(settings.epsilon > 0, "adam", "epsilon " + std::to_string(settings.epsilon), "a positive number");
  }

  void begin_step(double rate) {
    power_1_ *= settings_.beta_1;
    power_2_ *= settings_.beta_2;
    step_ = static_cast<T>(rate * std::sqrt(1 - power_2_) / (1 - power_1_));
  }

  void update(std::size_t begin, std::span<T> weights, std::span<const T> gradients) {
    kernels::adam_step<T> step;
    step.weights = weights.data();
    step.mean = mean_.data() + begin;
    step.square = square_.data() + begin;
    step.gradients = gradients.data();
    step.count = weights.size();
    step.step = step_;
    // In float, 1 - 0.999 would be off by 1e-5: the differences are taken in double and rounded once.
    step.fresh_1 = static_cast<T>(1 - settings_.beta_1);
    step.fresh_2 = static_cast<T>(1 - settings_.beta_2);
    step.epsilon = static_cast<T>(settings_.epsilon);
    kernels::adam(step);
  }

 private:
  adam settings_;
  double power_1_ = 1;
  double power_2_ = 1;
  T step_ = 0;
  std::vector<T> mean_;
  std::vector<T> square_;
};
static_assert(optimizer<adam>);

}  // namespace espalier::inline v0::optim

#endif
