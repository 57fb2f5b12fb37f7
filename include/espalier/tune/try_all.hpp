// SPDX-License-Identifier: Apache-2.0
// Tries given points: search by hand, over a grid or at random.
#ifndef ESPALIER_TUNE_TRY_ALL_HPP
#define ESPALIER_TUNE_TRY_ALL_HPP

#include <concepts>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <espalier/base/errors.hpp>
#include <espalier/tune/detail/ledger.hpp>
#include <espalier/tune/search_options.hpp>
#include <espalier/tune/search_result.hpp>

namespace espalier::inline v0::tune {

/// Called with a point and a number of epochs; gives a loss, such as the accuracy that is lost at the first sparsity.
/// Equal calls must give equal losses. With `search_options::threads` it is called from several threads at once, so it
/// must not change what they share.
template <class Evaluate>
concept evaluation = requires(Evaluate& evaluate, std::span<const double> point, std::size_t epochs) {
  { evaluate(point, epochs) } -> std::convertible_to<double>;
};

/// @param points    what to try: one's own, grid_points or random_points; at least one.
/// @param epochs    that each of them is given.
/// @param evaluate  see evaluation; what it throws ends the search.
/// @param options   settings.
/// @return all attempts, and the best.
/// @throws argument_error if there is no point.   Complexity: one call of `evaluate` per point.
template <evaluation Evaluate>
[[nodiscard]] search_result try_all(std::span<const std::vector<double>> points, std::size_t epochs,
                                    Evaluate&& evaluate, const search_options& options = {}) {
  if (points.empty()) {
    reject<argument_error>("tune::try_all", {"no points"}, {"at least one"});
  }
  detail::ledger attempts(evaluate, options);
  std::vector<trial> wanted;
  for (const auto& point : points) {
    wanted.push_back({point, epochs});
  }
  static_cast<void>(attempts.attempt(wanted));
  return attempts.take();
}

}  // namespace espalier::inline v0::tune

#endif
