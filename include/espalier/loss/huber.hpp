// SPDX-License-Identifier: Apache-2.0
// A loss of regression that is square for small errors and straight for large ones.
#ifndef ESPALIER_LOSS_HUBER_HPP
#define ESPALIER_LOSS_HUBER_HPP

#include <cmath>
#include <cstddef>
#include <string>

#include <espalier/base/errors.hpp>
#include <espalier/kernels/pointwise_loss.hpp>
#include <espalier/loss/detail/curvature.hpp>
#include <espalier/loss/loss.hpp>

namespace espalier::inline v0::loss {

/// error^2 / 2 where |error| = |output - target| is at most delta, else delta (|error| - delta / 2); the mean over
/// outputs. It needs targets.
/// Source: Huber 1964, "Robust estimation of a location parameter".
struct huber {
  static constexpr kernels::score_kind scores = kernels::score_kind::outputs;
  static constexpr bool takes_targets = true;
  [[nodiscard]] static constexpr std::size_t classes(std::size_t /*outputs*/) noexcept { return 0; }

  double delta = 1;  ///< from where on errors count by their size, > 0

  /// @throws argument_error if delta is not positive, here and in `gradient`.
  template <class T>
  [[nodiscard]] double sum(const answers<T>& a) const {
    return gradient<T>(a, T{1}, nullptr);
  }
  template <class T>
  double gradient(const answers<T>& a, T scale, T* to) const {
    if (!(delta > 0)) {
      reject<argument_error>("loss::huber", {"delta ", delta}, {"a positive number"});
    }
    const T limit = static_cast<T>(delta);
    return kernels::pointwise_loss(a, scale, to, [limit](T output, T target) {
      const T error = output - target;
      const T size = std::abs(error);
      if (size > limit) {
        return kernels::loss_point<T>{limit * (size - limit / 2), error > 0 ? limit : -limit};
      }
      return kernels::loss_point<T>{error * error / 2, error};
    });
  }

  [[nodiscard]] static constexpr std::size_t curvature_factors(std::size_t outputs) noexcept { return outputs; }
  /// See curved_loss.
  template <class T>
  void curvature_factor(const answers<T>& a, std::size_t which, T* to) const {
    const T limit = static_cast<T>(delta);
    detail::pointwise_factor(a, which, to,
                             [limit](T output, T target) { return std::abs(output - target) > limit ? T{0} : T{1}; });
  }
};
static_assert(curved_loss<huber>);

}  // namespace espalier::inline v0::loss

#endif
