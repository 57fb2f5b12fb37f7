// SPDX-License-Identifier: Apache-2.0
// Stochastic gradient descent, with momentum if wanted.
#ifndef ESPALIER_OPTIM_SGD_HPP
#define ESPALIER_OPTIM_SGD_HPP

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <espalier/optim/optimizer.hpp>

namespace espalier::inline v0::optim {

/// velocity = momentum velocity - rate gradient; w += velocity, or with Nesterov's look ahead
/// w += momentum velocity - rate gradient.
/// Source: Sutskever et al. 2013, "On the importance of initialization and momentum in deep learning".
struct sgd {
  double momentum = 0;      ///< in [0, 1)
  bool nesterov = false;    ///< whether to take the gradient as if one step ahead
  double weight_decay = 0;  ///< share of a weight, times the rate, that is taken off before each step, >= 0

  /// What it remembers of so many numbers.
  template <class T>
  class state {
   public:
    /// @throws argument_error if the momentum is out of range.
    state(const sgd& settings, std::size_t parameters)
        : momentum_(static_cast<T>(settings.momentum)),
          nesterov_(settings.nesterov),
          decay_(settings.weight_decay),
          velocity_(parameters) {
      detail::expect_share("sgd", "momentum", settings.momentum);
      detail::expect(decay_ >= 0, "sgd", {"weight_decay ", decay_}, {"0 or more"});
    }

    void begin_step(double rate) { rate_ = static_cast<T>(rate); }

    void update(std::size_t begin, std::span<T> weights, std::span<const T> gradients) {
      detail::decay(weights, decay_, static_cast<double>(rate_));
      T* velocity = velocity_.data() + begin;
      for (std::size_t i = 0; i < weights.size(); ++i) {
        const T push = -rate_ * gradients[i];
        velocity[i] = momentum_ * velocity[i] + push;
        weights[i] += nesterov_ ? momentum_ * velocity[i] + push : velocity[i];
      }
    }

    /// Shows what it remembers to a byte_writer or byte_reader.
    template <class Archive>
    void archive(Archive& a) {
      a(velocity_);
    }

   private:
    T momentum_;
    bool nesterov_;
    double decay_;
    T rate_ = 0;
    std::vector<T> velocity_;
  };
};
static_assert(optimizer<sgd>);

}  // namespace espalier::inline v0::optim

#endif
