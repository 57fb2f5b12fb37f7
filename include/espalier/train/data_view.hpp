// SPDX-License-Identifier: Apache-2.0
// Samples with their labels, as training sees them: views of the user's arrays.
#ifndef ESPALIER_TRAIN_DATA_VIEW_HPP
#define ESPALIER_TRAIN_DATA_VIEW_HPP

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <espalier/base/errors.hpp>
#include <espalier/base/extents.hpp>
#include <espalier/base/random_generator.hpp>

namespace espalier::inline v0::train {

/// Some samples of a set, each with its class. Neither is copied; the arrays must outlive the view.
/// @tparam T  float or double.
template <class T>
struct data_view {
  std::span<const T> samples;             ///< row-major, one after the other
  std::span<const std::uint32_t> labels;  ///< the class of every sample, from 0
  std::vector<std::uint32_t> chosen;      ///< which of them belong to the view
};

/// A view of a whole set.
/// @param samples  row-major, one after the other; finite.
/// @param labels   one class per sample, from 0.
/// @return the view.
/// @throws argument_error if there is no sample, or more than 2^32 - 1; shape_error if the numbers do not make as many
///         equal samples as there are labels; numeric_error that names the first number that is not finite.
/// Complexity: O(numbers).
template <class T>
[[nodiscard]] data_view<T> view_all(std::span<const T> samples, std::span<const std::uint32_t> labels) {
  if (labels.empty() || labels.size() >= (std::numeric_limits<std::uint32_t>::max)()) {
    throw argument_error(error_message("train::view_all", std::to_string(labels.size()) + " samples", "1 to 2^32 - 2"));
  }
  if (samples.empty() || samples.size() % labels.size() != 0) {
    throw shape_error(error_message(
        "train::view_all", std::to_string(samples.size()) + " numbers and " + std::to_string(labels.size()) + " labels",
        "as many samples of one size as labels"));
  }
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (!std::isfinite(samples[i])) {
      const std::size_t features = samples.size() / labels.size();
      throw numeric_error(error_message("train::view_all",
                                        "sample " + std::to_string(i / features) + " with feature " +
                                            std::to_string(i % features) + " not a finite number",
                                        "finite numbers"));
    }
  }
  data_view<T> view{samples, labels, std::vector<std::uint32_t>(labels.size())};
  std::iota(view.chosen.begin(), view.chosen.end(), 0U);
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
    throw argument_error(error_message("train::split", std::to_string(second) + " samples for the second part",
                                       "fewer than " + std::to_string(all.chosen.size())));
  }
  std::vector<std::uint32_t> order = all.chosen;
  random_generator(seed).shuffle(std::span(order));
  const auto border = order.end() - static_cast<std::ptrdiff_t>(second);
  return {{all.samples, all.labels, {order.begin(), border}}, {all.samples, all.labels, {border, order.end()}}};
}

/// Checks that a set fits a network.
/// @param view     any.
/// @param input    shape of one sample.
/// @param classes  how many scores the network gives.
/// @param where    function that is named in the message.
/// @throws argument_error if the view is empty; shape_error if samples have another size; argument_error that names the
///         first sample whose label is no class.   Complexity: O(samples).
template <class T>
void expect_fitting(const data_view<T>& view, const extents& input, std::size_t classes, const std::string& where) {
  if (view.chosen.empty()) {
    throw argument_error(error_message(where, "a view of no samples", "1 or more"));
  }
  if (view.samples.size() != view.labels.size() * input.size()) {
    throw shape_error(error_message(
        where, std::to_string(view.labels.size()) + " samples in " + std::to_string(view.samples.size()) + " numbers",
        std::to_string(input.size()) + " numbers each, for the network's input " + to_string(input)));
  }
  for (const std::uint32_t sample : view.chosen) {
    if (view.labels[sample] >= classes) {
      throw argument_error(
          error_message(where, "label " + std::to_string(view.labels[sample]) + " of sample " + std::to_string(sample),
                        "a class from 0 to " + std::to_string(classes - 1) + ", as the network has outputs"));
    }
  }
}

}  // namespace espalier::inline v0::train

#endif
