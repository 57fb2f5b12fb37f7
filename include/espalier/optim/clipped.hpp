// SPDX-License-Identifier: Apache-2.0
// Keeps gradients from being too large for the optimizer behind it.
#ifndef ESPALIER_OPTIM_CLIPPED_HPP
#define ESPALIER_OPTIM_CLIPPED_HPP

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <espalier/optim/optimizer.hpp>

namespace espalier::inline v0::optim {

/// Another optimizer that sees clipped gradients: single numbers first, then kernels and biases one by one, then, with
/// `largest_global_norm`, all by the same factor.
/// @tparam Optimizer  any.
template <optimizer Optimizer>
struct clipped {
  Optimizer optimizer{};
  double largest_value = 0;        ///< of a single number; 0: any
  double largest_norm = 0;         ///< 2-norm of the gradient of one kernel or bias; 0: any
  double largest_global_norm = 0;  ///< 2-norm of the gradients of all parameters, as they come; 0: any

  template <class T>
  class state {
   public:
    /// @throws argument_error if a limit is negative or the other optimizer's settings are out of range.
    state(const clipped& settings, std::size_t parameters)
        : value_(settings.largest_value),
          norm_(settings.largest_norm),
          global_norm_(settings.largest_global_norm),
          inner_(settings.optimizer, parameters),
          gradients_(parameters) {
      for (const double limit : {value_, norm_, global_norm_}) {
        detail::expect(limit >= 0, "clipped", {"limit ", limit}, {"0 or more"});
      }
    }

    void begin_step(double rate) { inner_.begin_step(rate); }

    /// Looks at the gradients of all parameters before they come one by one.
    void survey(std::span<const T> all) {
      double square = 0;
      for (std::size_t i = 0; global_norm_ > 0 && i < all.size(); ++i) {
        square += static_cast<double>(all[i]) * static_cast<double>(all[i]);
      }
      const double norm = std::sqrt(square);
      factor_ = norm > global_norm_ ? global_norm_ / norm : 1;
    }

    void update(std::size_t begin, std::span<T> weights, std::span<const T> gradients) {
      const std::span<T> own = std::span<T>(gradients_).subspan(begin, gradients.size());
      double square = 0;
      for (std::size_t i = 0; i < own.size(); ++i) {
        const T limit = value_ > 0 ? static_cast<T>(value_) : (std::numeric_limits<T>::max)();
        own[i] = (std::clamp)(gradients[i], -limit, limit);
        square += static_cast<double>(own[i]) * static_cast<double>(own[i]);
      }
      const double norm = std::sqrt(square);
      const double factor = (norm_ > 0 && norm > norm_ ? norm_ / norm : 1) * factor_;
      if (factor != 1) {
        for (T& g : own) {
          g = static_cast<T>(static_cast<double>(g) * factor);
        }
      }
      inner_.update(begin, weights, std::span<const T>(own));
    }

    /// Shows what the other optimizer remembers, if it does.
    template <class Archive>
    void archive(Archive& a) requires requires(typename Optimizer::template state<T>& inner) {
      inner.archive(a);
    }
    { inner_.archive(a); }

   private:
    double value_;
    double norm_;
    double global_norm_;
    double factor_ = 1;
    typename Optimizer::template state<T> inner_;
    std::vector<T> gradients_;
  };
};

}  // namespace espalier::inline v0::optim

#endif
