// SPDX-License-Identifier: Apache-2.0
// Adam: steps scaled by running means of the gradient and of its square.
#ifndef ESPALIER_OPTIM_ADAM_HPP
#define ESPALIER_OPTIM_ADAM_HPP

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <espalier/base/compiled_once.hpp>
#include <espalier/kernels/adam.hpp>
#include <espalier/optim/detail/moments.hpp>
#include <espalier/optim/optimizer.hpp>

namespace espalier::inline v0::optim {

/// Adam as Keras computes it: w -= a m / (sqrt(v) + epsilon) with a = rate sqrt(1 - beta_2^t) / (1 - beta_1^t).
/// Weight decay and amsgrad are off unless asked for.
/// Source: Kingma and Ba 2015, "Adam: a method for stochastic optimization", arXiv 1412.6980, end of section 2.
struct adam {
  double beta_1 = 0.9;      ///< how long the mean of the gradient remembers, in [0, 1)
  double beta_2 = 0.999;    ///< how long the mean of its square remembers, in [0, 1)
  double epsilon = 1e-7;    ///< > 0
  double weight_decay = 0;  ///< share of a weight, times the rate, that is taken off before each step, >= 0 (AdamW)
  bool amsgrad = false;     ///< whether the largest mean square so far is divided by, so that steps only get shorter

  template <class T>
  class state;
};

/// What it remembers of so many numbers.
template <class T>
class adam::state {
 public:
  /// @throws argument_error if a setting is out of range.
  state(const adam& settings, std::size_t parameters)
      : settings_(settings), moments_("adam", settings, parameters), largest_(settings.amsgrad ? parameters : 0) {
    detail::expect(settings.weight_decay >= 0, "adam", {"weight_decay ", settings.weight_decay}, {"0 or more"});
  }

  void begin_step(double rate) {
    rate_ = rate;
    power_1_ *= settings_.beta_1;
    power_2_ *= settings_.beta_2;
    step_ = static_cast<T>(rate * std::sqrt(1 - power_2_) / (1 - power_1_));
  }

  void update(std::size_t begin, std::span<T> weights, std::span<const T> gradients) {
    detail::decay(weights, settings_.weight_decay, rate_);
    if (settings_.amsgrad) {
      return update_amsgrad(begin, weights, gradients);
    }
    kernels::adam_step<T> step;
    step.weights = weights.data();
    step.mean = moments_.mean.data() + begin;
    step.square = moments_.square.data() + begin;
    step.gradients = gradients.data();
    step.count = weights.size();
    step.step = step_;
    step.fresh_1 = moments_.fresh_1;
    step.fresh_2 = moments_.fresh_2;
    step.epsilon = moments_.epsilon;
    kernels::adam(step);
  }

  /// Shows what it remembers to a byte_writer or byte_reader.
  template <class Archive>
  void archive(Archive& a) {
    a(power_1_, power_2_, moments_.mean, moments_.square, largest_);
  }

 private:
  /// Source: Reddi, Kale and Kumar 2018, "On the convergence of Adam and beyond".
  void update_amsgrad(std::size_t begin, std::span<T> weights, std::span<const T> gradients) {
    for (std::size_t i = 0; i < weights.size(); ++i) {
      moments_.add(begin + i, gradients[i]);
      T& largest = largest_[begin + i];
      largest = (std::max)(largest, moments_.square[begin + i]);
      weights[i] -= step_ * moments_.mean[begin + i] / (std::sqrt(largest) + moments_.epsilon);
    }
  }

  adam settings_;
  double rate_ = 0;
  double power_1_ = 1;
  double power_2_ = 1;
  T step_ = 0;
  detail::moments<T> moments_;
  std::vector<T> largest_;
};
static_assert(optimizer<adam>);

#if defined(ESPALIER_COMPILED_ONCE)
ESPALIER_COMPILED_ONCE class adam::state<float>;
ESPALIER_COMPILED_ONCE class adam::state<double>;
#endif

}  // namespace espalier::inline v0::optim

#endif
