// SPDX-License-Identifier: Apache-2.0
// Nadam: Adam that takes its mean of the gradient one step ahead.
#ifndef ESPALIER_OPTIM_NADAM_HPP
#define ESPALIER_OPTIM_NADAM_HPP

#include <cmath>
#include <cstddef>
#include <span>

#include <espalier/optim/detail/moments.hpp>
#include <espalier/optim/optimizer.hpp>

namespace espalier::inline v0::optim {

/// Adam with Nesterov's look ahead, as Keras computes it. With u_t = beta_1 (1 - 0.96^t / 2) and U_t = u_1 ... u_t:
/// w -= rate (u_{t+1} m / (1 - U_{t+1}) + (1 - u_t) g / (1 - U_t)) / (sqrt(v / (1 - beta_2^t)) + epsilon).
/// Source: Dozat 2016, "Incorporating Nesterov momentum into Adam".
struct nadam {
  double beta_1 = 0.9;    ///< how long the mean of the gradient remembers, in [0, 1)
  double beta_2 = 0.999;  ///< how long the mean of its square remembers, in [0, 1)
  double epsilon = 1e-7;  ///< > 0

  template <class T>
  class state;
};

/// What it remembers of so many numbers.
template <class T>
class nadam::state {
 public:
  /// @throws argument_error if a setting is out of range.
  state(const nadam& settings, std::size_t parameters) : settings_(settings), moments_("nadam", settings, parameters) {}

  void begin_step(double rate) {
    ++steps_;
    const double now = share(steps_);
    const double ahead = share(steps_ + 1);
    product_ *= now;
    power_2_ *= settings_.beta_2;
    mean_factor_ = static_cast<T>(rate * ahead / (1 - product_ * ahead));
    gradient_factor_ = static_cast<T>(rate * (1 - now) / (1 - product_));
    square_factor_ = static_cast<T>(1 / (1 - power_2_));
  }

  void update(std::size_t begin, std::span<T> weights, std::span<const T> gradients) {
    for (std::size_t i = 0; i < weights.size(); ++i) {
      moments_.add(begin + i, gradients[i]);
      weights[i] -= (mean_factor_ * moments_.mean[begin + i] + gradient_factor_ * gradients[i]) /
                    (std::sqrt(moments_.square[begin + i] * square_factor_) + moments_.epsilon);
    }
  }

  /// Shows what it remembers to a byte_writer or byte_reader.
  template <class Archive>
  void archive(Archive& a) {
    a(steps_, product_, power_2_, moments_.mean, moments_.square);
  }

 private:
  [[nodiscard]] double share(double step) const { return settings_.beta_1 * (1 - 0.5 * std::pow(0.96, step)); }

  nadam settings_;
  double steps_ = 0;
  double product_ = 1;
  double power_2_ = 1;
  T mean_factor_ = 0;
  T gradient_factor_ = 0;
  T square_factor_ = 0;
  detail::moments<T> moments_;
};
static_assert(optimizer<nadam>);

}  // namespace espalier::inline v0::optim

#endif
