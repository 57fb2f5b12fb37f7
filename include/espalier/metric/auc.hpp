// SPDX-License-Identifier: Apache-2.0
// The area under the receiver operating characteristic.
#ifndef ESPALIER_METRIC_AUC_HPP
#define ESPALIER_METRIC_AUC_HPP

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include <espalier/base/errors.hpp>
#include <espalier/metric/metric.hpp>

namespace espalier::inline v0::metric {

/// The area under the curve of true positive rate over false positive rate: the chance that an output whose target is 1
/// is larger than one whose target is 0, a tie counting half. All outputs of all rows are pooled.
///
/// With thresholds the curve has that many points, for outputs between 0 and 1, as in Keras (200 there); without, the
/// area is exact and outputs may be any numbers.
/// Source: Fawcett 2006, "An introduction to ROC analysis".
struct auc {
  std::size_t thresholds = 0;  ///< points of the curve, >= 2; 0: exact

  /// @return the area, 0 to 1; 0 if there is only one kind of target; not a number if an output is none.
  /// @throws argument_error if there is one threshold.   Complexity: O(numbers log(numbers)).
  template <class T>
  [[nodiscard]] double operator()(const predictions<T>& p) const {
    if (thresholds == 1) {
      reject<argument_error>("metric::auc", {"1 threshold"}, {"0, or 2 or more"});
    }
    std::vector<answer> all;
    all.reserve(p.outputs.size());
    for (std::size_t row = 0; row < p.size(); ++row) {
      for (std::size_t column = 0; column < p.width; ++column) {
        if (std::isnan(p.output(row, column))) {
          return p.output(row, column);
        }
        const bool positive = p.target(row, column) > 0.5;
        const double weight = p.weight(row);
        all.push_back({step_of(p.output(row, column)), positive ? weight : 0, positive ? 0 : weight});
      }
    }
    std::sort(all.begin(), all.end(), [](const answer& a, const answer& b) { return a.step > b.step; });
    return area(all);
  }

 private:
  struct answer {
    double step = 0;  ///< equal for outputs that no threshold tells apart
    double positive = 0;
    double negative = 0;
  };

  /// How many thresholds an output is above; without thresholds the output itself.
  [[nodiscard]] double step_of(double output) const {
    if (thresholds == 0) {
      return output;
    }
    // -1e-7, then i / (thresholds - 1), then 1 + 1e-7.
    const double last = static_cast<double>(thresholds - 1);
    const auto at = [&](std::size_t i) {
      return i == 0 ? -1e-7 : (i + 1 == thresholds ? 1 + 1e-7 : static_cast<double>(i) / last);
    };
    std::size_t above = static_cast<std::size_t>((std::clamp)(output, 0.0, 1.0) * last);
    above = above > 0 ? above - 1 : 0;
    while (above < thresholds && output > at(above)) {
      ++above;
    }
    return static_cast<double>(above);
  }

  [[nodiscard]] static double area(const std::vector<answer>& sorted) {
    double positives = 0;
    double negatives = 0;
    double total = 0;
    for (std::size_t i = 0; i < sorted.size();) {
      double positive = 0;
      double negative = 0;
      for (const double step = sorted[i].step; i < sorted.size() && sorted[i].step == step; ++i) {
        positive += sorted[i].positive;
        negative += sorted[i].negative;
      }
      total += negative * (positives + positive / 2);
      positives += positive;
      negatives += negative;
    }
    return positives > 0 && negatives > 0 ? total / (positives * negatives) : 0;
  }
};
static_assert(metric<auc>);

}  // namespace espalier::inline v0::metric

#endif
