// SPDX-License-Identifier: Apache-2.0
// The attempts of one search.
#ifndef ESPALIER_TUNE_DETAIL_LEDGER_HPP
#define ESPALIER_TUNE_DETAIL_LEDGER_HPP

#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <espalier/base/errors.hpp>
#include <espalier/tune/search_options.hpp>
#include <espalier/tune/search_result.hpp>

namespace espalier::inline v0::tune::detail {

/// Whether a loss is less than another one; one that is not a number is the worst.
[[nodiscard]] inline bool less(double a, double b) {
  return !std::isnan(a) && (std::isnan(b) || a < b);
}

template <class Evaluate>
class ledger {
 public:
  ledger(Evaluate& evaluate, const search_options& options) : evaluate_(evaluate), options_(options) {}

  /// @return the loss; none if the search was stopped.
  [[nodiscard]] std::optional<double> attempt(const std::vector<double>& point, std::size_t epochs) {
    for (const trial& known : options_.known) {
      if (known.point == point && known.epochs == epochs) {
        result_.trials.push_back(known);
        return known.loss;
      }
    }
    if (options_.stop.stop_requested()) {
      result_.complete = false;
      return {};
    }
    const double loss = static_cast<double>(evaluate_(std::span<const double>(point), epochs));
    result_.trials.push_back({point, epochs, loss});
    if (options_.on_trial) {
      options_.on_trial(result_.trials.back());
    }
    return loss;
  }

  [[nodiscard]] search_result take() {
    for (std::size_t i = 1; i < result_.trials.size(); ++i) {
      const trial& one = result_.trials[i];
      const trial& best = result_.trials[result_.best];
      if (one.epochs > best.epochs || (one.epochs == best.epochs && less(one.loss, best.loss))) {
        result_.best = i;
      }
    }
    return std::move(result_);
  }

 private:
  Evaluate& evaluate_;
  const search_options& options_;
  search_result result_;
};

}  // namespace espalier::inline v0::tune::detail

#endif
