// SPDX-License-Identifier: Apache-2.0
// The loss of questions with yes or no for an answer, for networks whose outputs are probabilities.
#ifndef ESPALIER_LOSS_BINARY_CROSS_ENTROPY_OF_PROBABILITIES_HPP
#define ESPALIER_LOSS_BINARY_CROSS_ENTROPY_OF_PROBABILITIES_HPP

#include <algorithm>
#include <cmath>
#include <cstddef>

#include <espalier/kernels/pointwise_loss.hpp>
#include <espalier/loss/loss.hpp>

namespace espalier::inline v0::loss {

/// -(t log(p + 1e-7) + (1 - t) log(1 - p + 1e-7)), the mean over outputs p, which are cut off at 1e-7 and 1 - 1e-7,
/// where the gradient is 0, as in Keras 2. After a sigmoid take `binary_cross_entropy`, which cuts off nothing.
struct binary_cross_entropy_of_probabilities {
  static constexpr kernels::score_kind scores = kernels::score_kind::outputs;
  static constexpr bool takes_targets = true;
  [[nodiscard]] static constexpr std::size_t classes(std::size_t outputs) noexcept { return outputs == 1 ? 2 : 0; }

  double label_smoothing = 0;  ///< targets become t (1 - label_smoothing) + label_smoothing / 2, in [0, 1]

  /// @throws argument_error if the smoothing is out of range, here and in `gradient`.
  template <class T>
  [[nodiscard]] double sum(const answers<T>& a) const {
    return gradient<T>(a, T{1}, nullptr);
  }
  template <class T>
  double gradient(const answers<T>& a, T scale, T* to) const {
    const T least = static_cast<T>(1e-7);
    const T smoothing = detail::checked_smoothing<T>("binary_cross_entropy_of_probabilities", label_smoothing);
    return kernels::pointwise_loss(a, scale, to, [smoothing, least](T probability, T target) {
      target = target * (1 - smoothing) + smoothing / 2;
      const T kept = (std::clamp)(probability, least, 1 - least);
      const T slope = (1 - target) / (1 - kept + least) - target / (kept + least);
      return kernels::loss_point<T>{-target * std::log(kept + least) - (1 - target) * std::log(1 - kept + least),
                                    kept == probability ? slope : T{0}};
    });
  }
};
static_assert(loss<binary_cross_entropy_of_probabilities>);

}  // namespace espalier::inline v0::loss

#endif
