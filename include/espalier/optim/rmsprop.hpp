// SPDX-License-Identifier: Apache-2.0
// RMSprop: steps scaled by a running mean of the squared gradient.
#ifndef ESPALIER_OPTIM_RMSPROP_HPP
#define ESPALIER_OPTIM_RMSPROP_HPP

#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <espalier/optim/optimizer.hpp>

namespace espalier::inline v0::optim {

/// square = rho square + (1 - rho) g^2; w -= rate g / sqrt(square + epsilon), as Keras computes it; with momentum that
/// step is added up: velocity = momentum velocity + step; w -= velocity. Centered: square less the squared mean of g.
/// Source: Tieleman and Hinton 2012, "Lecture 6.5: rmsprop"; Graves 2013, arXiv 1308.0850, for the centered form.
struct rmsprop {
  double rho = 0.9;       ///< how long the means remember, in [0, 1)
  double momentum = 0;    ///< in [0, 1)
  double epsilon = 1e-7;  ///< > 0
  bool centered = false;  ///< whether to divide by the deviation instead of the root mean square

  template <class T>
  class state;
};

/// What it remembers of so many numbers.
template <class T>
class rmsprop::state {
 public:
  /// @throws argument_error if a setting is out of range.
  state(const rmsprop& settings, std::size_t parameters)
      : settings_(settings),
        square_(parameters),
        mean_(settings.centered ? parameters : 0),
        velocity_(settings.momentum > 0 ? parameters : 0) {
    detail::expect_share("rmsprop", "rho", settings.rho);
    detail::expect_share("rmsprop", "momentum", settings.momentum);
    detail::expect_positive("rmsprop", "epsilon", settings.epsilon);
  }

  void begin_step(double rate) { rate_ = static_cast<T>(rate); }

  void update(std::size_t begin, std::span<T> weights, std::span<const T> gradients) {
    const T old = static_cast<T>(settings_.rho);
    const T fresh = static_cast<T>(1 - settings_.rho);
    for (std::size_t i = 0; i < weights.size(); ++i) {
      const T g = gradients[i];
      T& square = square_[begin + i];
      square = old * square + fresh * g * g;
      T spread = square + static_cast<T>(settings_.epsilon);
      if (settings_.centered) {
        T& mean = mean_[begin + i];
        mean = old * mean + fresh * g;
        spread -= mean * mean;
      }
      weights[i] -= pushed(begin + i, rate_ * g / std::sqrt(spread));
    }
  }

  /// Shows what it remembers to a byte_writer or byte_reader.
  template <class Archive>
  void archive(Archive& a) {
    a(square_, mean_, velocity_);
  }

 private:
  [[nodiscard]] T pushed(std::size_t i, T step) {
    if (velocity_.empty()) {
      return step;
    }
    velocity_[i] = static_cast<T>(settings_.momentum) * velocity_[i] + step;
    return velocity_[i];
  }

  rmsprop settings_;
  T rate_ = 0;
  std::vector<T> square_;
  std::vector<T> mean_;
  std::vector<T> velocity_;
};
static_assert(optimizer<rmsprop>);

}  // namespace espalier::inline v0::optim

#endif
