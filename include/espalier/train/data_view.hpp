// SPDX-License-Identifier: Apache-2.0
// Samples with what is right for them, as training sees them: views of the user's arrays.
#ifndef ESPALIER_TRAIN_DATA_VIEW_HPP
#define ESPALIER_TRAIN_DATA_VIEW_HPP

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <espalier/base/compiled_once.hpp>
#include <espalier/base/errors.hpp>
#include <espalier/base/extents.hpp>
#include <espalier/base/random_generator.hpp>

namespace espalier::inline v0::train {

/// Some samples of a set, each with its class or its targets. Nothing is copied; the arrays must outlive the view.
/// @tparam T  float or double.
template <class T>
struct data_view {
  std::span<const T> samples;             ///< row-major, one after the other
  std::span<const std::uint32_t> labels;  ///< the class of every sample, from 0; none if targets suffice
  std::vector<std::uint32_t> chosen;      ///< which of them belong to the view
  std::span<const T> targets{};           ///< the right outputs of every sample, one row after the other
  std::size_t outputs = 0;                ///< numbers in a row of targets
  std::span<const T> weights{};           ///< how much every sample counts in losses and metrics, >= 0; none: 1 each

  /// @return how many samples the arrays hold.
  [[nodiscard]] std::size_t size() const noexcept { return outputs == 0 ? labels.size() : targets.size() / outputs; }
};

namespace detail {

/// What view_all does whatever is right for the samples.
template <class T>
void choose_all(data_view<T>& view, std::size_t count, std::string_view rows) {
  if (count == 0 || count >= (std::numeric_limits<std::uint32_t>::max)()) {
    reject<argument_error>("train::view_all", {count, " samples"}, {"1 to 2^32 - 2"});
  }
  if (view.samples.empty() || view.samples.size() % count != 0) {
    reject<shape_error>("train::view_all", {view.samples.size(), " numbers and ", count, " ", rows},
                        {"as many samples of one size as ", rows});
  }
  const auto expect_finite = [&](std::span<const T> numbers, std::string_view what) {
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      if (!std::isfinite(numbers[i])) {
        const std::size_t features = numbers.size() / count;
        reject<numeric_error>("train::view_all",
                              {"sample ", i / features, " with ", what, " ", i % features, " not a finite number"},
                              {"finite numbers"});
      }
    }
  };
  expect_finite(view.samples, "feature");
  expect_finite(view.targets, "target");
  view.chosen.resize(count);
  std::iota(view.chosen.begin(), view.chosen.end(), 0U);
}

}  // namespace detail

/// A view of a whole set.
/// @param samples  row-major, one after the other; finite.
/// @param labels   one class per sample, from 0.
/// @return the view.
/// @throws argument_error if there is no sample, or more than 2^32 - 1; shape_error if the numbers do not make as many
///         equal samples as there are labels; numeric_error that names the first number that is not finite.
/// Complexity: O(numbers).
template <class T>
[[nodiscard]] data_view<T> view_all(std::span<const T> samples, std::span<const std::uint32_t> labels) {
  data_view<T> view{samples, labels, {}};
  detail::choose_all(view, labels.size(), "labels");
  return view;
}

/// A view of a whole set with numbers to learn, or shares of classes.
/// @param samples  row-major, one after the other; finite.
/// @param targets  one row per sample, one after the other; finite.
/// @param outputs  numbers in a row, >= 1.
/// @return the view.
/// @throws as the one above; shape_error also if the targets do not make whole rows.   Complexity: O(numbers).
template <class T>
[[nodiscard]] data_view<T> view_all(std::span<const T> samples, std::span<const T> targets, std::size_t outputs) {
  if (outputs == 0 || targets.size() % outputs != 0) {
    reject<shape_error>("train::view_all", {targets.size(), " numbers in rows of ", outputs},
                        {"targets in whole rows"});
  }
  data_view<T> view{samples, {}, {}, targets, outputs};
  detail::choose_all(view, targets.size() / outputs, "rows of targets");
  return view;
}

/// Splits a view at random.
/// @param all     what to split.
/// @param second  how many samples go into the second part, less than there are.
/// @param seed    of the choice; equal seeds give equal parts.
/// @return both parts.
/// @throws argument_error if `second` leaves nothing for the first part.   Complexity: O(samples).
template <class T>
[[nodiscard]] std::pair<data_view<T>, data_view<T>> split(const data_view<T>& all, std::size_t second,
                                                          std::uint64_t seed) {
  if (second >= all.chosen.size()) {
    reject<argument_error>("train::split", {second, " samples for the second part"},
                           {"fewer than ", all.chosen.size()});
  }
  std::vector<std::uint32_t> order = all.chosen;
  random_generator(seed).shuffle(std::span(order));
  const auto border = order.end() - static_cast<std::ptrdiff_t>(second);
  std::pair<data_view<T>, data_view<T>> parts{all, all};
  parts.first.chosen.assign(order.begin(), border);
  parts.second.chosen.assign(border, order.end());
  return parts;
}

/// What a network and its loss ask of data.
struct data_demands {
  extents input;               ///< shape of one sample
  std::size_t outputs = 0;     ///< how many numbers the network gives
  std::size_t classes = 0;     ///< that labels may name; 0: the loss needs targets
  bool takes_targets = false;  ///< whether there may be targets in place of labels
  bool needs_both = false;     ///< whether there must be labels and targets
};

/// Checks that a set fits a network and its loss.
/// @param view     any.
/// @param demands  what is asked of it.
/// @param where    function that is named in the message.
/// @throws argument_error if the view is empty, has labels or targets where the loss takes none, or a negative weight;
///         shape_error if samples or targets have another size, or if there are not as many weights as samples;
///         argument_error that names the first sample whose label is no class.   Complexity: O(samples).
template <class T>
void expect_fitting(const data_view<T>& view, const data_demands& demands, std::string_view where) {
  if (view.chosen.empty()) {
    reject<argument_error>(where, {"a view of no samples"}, {"1 or more"});
  }
  if (view.samples.size() != view.size() * demands.input.size()) {
    reject<shape_error>(where, {view.size(), " samples in ", view.samples.size(), " numbers"},
                        {demands.input.size(), " numbers each, for the network's input ", demands.input});
  }
  if (!view.weights.empty() && view.weights.size() != view.size()) {
    reject<shape_error>(where, {view.weights.size(), " weights"},
                        {"none or one for each of ", view.size(), " samples"});
  }
  if (demands.needs_both && (view.outputs == 0 || view.labels.size() != view.size())) {
    reject<shape_error>(where, {view.labels.size(), " labels and ", view.targets.size(), " targets"},
                        {"both for every sample, as the loss needs"});
  }
  if (view.outputs == 0 ? demands.classes == 0 : !demands.takes_targets) {
    reject<argument_error>(
        where, {view.outputs == 0 ? "labels" : "targets"},
        {view.outputs == 0 ? "targets, which the loss needs for these outputs" : "labels, which the loss needs"});
  }
  if (view.outputs != 0 && view.outputs != demands.outputs) {
    reject<shape_error>(where, {"rows of ", view.outputs, " targets"},
                        {demands.outputs, ", as the network has outputs"});
  }
  for (const std::uint32_t sample : view.chosen) {
    if ((view.outputs == 0 || demands.needs_both) && view.labels[sample] >= demands.classes) {
      reject<argument_error>(where, {"label ", view.labels[sample], " of sample ", sample},
                             {"a class from 0 to ", demands.classes - 1,
                              demands.classes == demands.outputs ? ", as the network has outputs" : ""});
    }
    if (!view.weights.empty() && !(view.weights[sample] >= 0 && std::isfinite(view.weights[sample]))) {
      reject<argument_error>(where, {"weight ", view.weights[sample], " of sample ", sample}, {"0 or more"});
    }
  }
}

#if defined(ESPALIER_COMPILED_ONCE)
ESPALIER_COMPILED_ONCE void detail::choose_all<float>(data_view<float>& view, std::size_t count, std::string_view rows);
ESPALIER_COMPILED_ONCE void detail::choose_all<double>(data_view<double>& view, std::size_t count,
                                                       std::string_view rows);
ESPALIER_COMPILED_ONCE void expect_fitting<float>(const data_view<float>& view, const data_demands& demands,
                                                  std::string_view where);
ESPALIER_COMPILED_ONCE void expect_fitting<double>(const data_view<double>& view, const data_demands& demands,
                                                   std::string_view where);
#endif

}  // namespace espalier::inline v0::train

#endif
