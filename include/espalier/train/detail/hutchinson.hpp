// SPDX-License-Identifier: Apache-2.0
// An estimate of the diagonal of a Hessian from gradients along random directions.
#ifndef ESPALIER_TRAIN_DETAIL_HUTCHINSON_HPP
#define ESPALIER_TRAIN_DETAIL_HUTCHINSON_HPP

#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include <espalier/base/random_generator.hpp>
#include <espalier/kernels/gradient_kind.hpp>
#include <espalier/train/detail/network_numbers.hpp>

namespace espalier::inline v0::train::detail {

/// Means over probes, and how far they may be off.
struct estimate {
  std::vector<double> mean;
  std::vector<double> standard_error;
};

/// Gives a network its weights back, however it is left.
template <class T>
class restored {
 public:
  explicit restored(network_numbers<T>& numbers) : numbers_(numbers) { numbers_.save(before_); }
  restored(const restored&) = delete;
  restored& operator=(const restored&) = delete;
  ~restored() { numbers_.restore(before_); }

  /// Sets every trained number w to w + step x the entry of a direction.
  void move(const std::vector<double>& direction, double step) {
    for (std::size_t p = 0; p < numbers_.parameters.size(); ++p) {
      const std::size_t begin = numbers_.begins[p];
      for (std::size_t i = 0; numbers_.trained[p] && i < numbers_.parameters[p].size(); ++i) {
        numbers_.parameters[p][i] =
            static_cast<T>(static_cast<double>(before_[begin + i]) + step * direction[begin + i]);
      }
    }
  }
  /// @return the length of the weights.
  [[nodiscard]] double length() const {
    double square = 0;
    for (const T number : before_) {
      square += static_cast<double>(number) * static_cast<double>(number);
    }
    return std::sqrt(square);
  }

 private:
  network_numbers<T>& numbers_;
  std::vector<T> before_;
};

/// The mean over directions v of -1 and 1 of v x (H v), number by number, with H v from the difference of the gradients
/// a small way along v and against it.
/// @param sums     a gradient_sums of the model.
/// @param options  with seed and probes >= 2.
template <class Sums, class Options>
[[nodiscard]] estimate hutchinson(Sums& sums, const Options& options) {
  using value_type = typename Sums::value_type;
  const std::size_t count = sums.numbers().count;
  restored<value_type> weights(sums.numbers());
  // Balances the error of the difference against rounding.
  const double step = std::cbrt(static_cast<double>(std::numeric_limits<value_type>::epsilon())) *
                      (1 + weights.length()) / std::sqrt(static_cast<double>(count));
  const auto gradients_at = [&](const std::vector<double>& direction, double way) {
    weights.move(direction, way);
    return sums.template of_gradients<kernels::gradient_kind::plain>([](double sum, std::size_t) { return sum; });
  };
  estimate result{std::vector<double>(count), std::vector<double>(count)};
  random_generator random(options.seed);
  std::vector<double> direction(count);
  for (std::size_t probe = 0; probe < options.probes; ++probe) {
    for (double& entry : direction) {
      entry = (random() >> 63U) == 0 ? -1 : 1;
    }
    const auto ahead = gradients_at(direction, step);
    const auto behind = gradients_at(direction, -step);
    for (std::size_t i = 0; i < count; ++i) {
      const double found = direction[i] * (ahead[i] - behind[i]) / (2 * step * static_cast<double>(sums.looked_at()));
      // Welford's running mean and sum of squared deviations.
      const double off = found - result.mean[i];
      result.mean[i] += off / static_cast<double>(probe + 1);
      result.standard_error[i] += off * (found - result.mean[i]);
    }
  }
  const auto probes = static_cast<double>(options.probes);
  for (double& error : result.standard_error) {
    error = std::sqrt(error / (probes * (probes - 1)));
  }
  return result;
}

}  // namespace espalier::inline v0::train::detail

#endif
