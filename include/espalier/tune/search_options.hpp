// SPDX-License-Identifier: Apache-2.0
// What all searches over settings can be told.
#ifndef ESPALIER_TUNE_SEARCH_OPTIONS_HPP
#define ESPALIER_TUNE_SEARCH_OPTIONS_HPP

#include <cstddef>
#include <vector>

#include <espalier/base/callback.hpp>
#include <espalier/base/stop_condition.hpp>
#include <espalier/tune/search_result.hpp>

namespace espalier::inline v0::tune {

/// Settings of a search.
struct search_options {
  std::vector<trial> known{};               ///< of an ended search: points that need not be tried again
  callback<void(const trial&)> on_trial{};  ///< called after every attempt that was not known, never twice at once
  stop_condition stop{};                    ///< looked at before every attempt
  /// that attempts are made on at once; 0: as many as the machine runs at once. `evaluate` is then called from several
  /// threads; the result is the same for any number of them
  std::size_t threads = 1;
};

}  // namespace espalier::inline v0::tune

#endif
