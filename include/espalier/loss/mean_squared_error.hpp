// SPDX-License-Identifier: Apache-2.0
// The usual loss of regression.
#ifndef ESPALIER_LOSS_MEAN_SQUARED_ERROR_HPP
#define ESPALIER_LOSS_MEAN_SQUARED_ERROR_HPP

#include <cstddef>

#include <espalier/kernels/pointwise_loss.hpp>
#include <espalier/loss/detail/curvature.hpp>
#include <espalier/loss/loss.hpp>

namespace espalier::inline v0::loss {

/// The square of output - target, the mean over outputs. It needs targets.
struct mean_squared_error {
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
      return kernels::loss_point<T>{error * error, 2 * error};
    });
  }

  [[nodiscard]] static constexpr std::size_t curvature_factors(std::size_t outputs) noexcept { return outputs; }
  /// See curved_loss.
  template <class T>
  void curvature_factor(const answers<T>& a, std::size_t which, T* to) const {
    detail::pointwise_factor(a, which, to, [](T, T) { return T{2}; });
  }
};
static_assert(curved_loss<mean_squared_error>);

}  // namespace espalier::inline v0::loss

#endif
