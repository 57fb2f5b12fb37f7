// SPDX-License-Identifier: Apache-2.0
// A loss of regression that single large errors do not rule.
#ifndef ESPALIER_LOSS_MEAN_ABSOLUTE_ERROR_HPP
#define ESPALIER_LOSS_MEAN_ABSOLUTE_ERROR_HPP

#include <cmath>
#include <cstddef>

#include <espalier/kernels/pointwise_loss.hpp>
#include <espalier/loss/loss.hpp>

namespace espalier::inline v0::loss {

/// |output - target|, the mean over outputs; the gradient of an error of 0 is 0. It needs targets.
struct mean_absolute_error {
  static constexpr kernels::score_kind scores = kernels::score_kind::outputs;
  static constexpr bool takes_targets = true;
  [[nodiscard]] static constexpr std::size_t classes(std::size_t /*outputs*/) noexcept { return 0; }

  template <class T>
  [[nodiscard]] double sum(const answers<T>& a) const {
    return gradient<T>(a, T{1}, nullptr);
  }
  template <class T>
  double gradient(const answers<T>& a, T scale, T* to) const {
    return kernels::pointwise_loss(a, scale, to, [](T output, T target) {
      const T error = output - target;
      return kernels::loss_point<T>{std::abs(error), error > 0 ? T{1} : (error < 0 ? T{-1} : error)};
    });
  }

  /// None: it is straight on both sides.
  [[nodiscard]] static constexpr std::size_t curvature_factors(std::size_t /*outputs*/) noexcept { return 0; }
  /// See curved_loss.
  template <class T>
  void curvature_factor(const answers<T>& a, std::size_t /*which*/, T* to) const {
    a.clear(to);
  }
};
static_assert(curved_loss<mean_absolute_error>);

}  // namespace espalier::inline v0::loss

#endif
