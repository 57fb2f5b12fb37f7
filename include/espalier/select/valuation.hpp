// SPDX-License-Identifier: Apache-2.0
// How groups are valued: by which loss, and on which scale across layers.
#ifndef ESPALIER_SELECT_VALUATION_HPP
#define ESPALIER_SELECT_VALUATION_HPP

#include <espalier/rank/normalization.hpp>
#include <espalier/rank/ranking.hpp>

namespace espalier::inline v0::select {

/// How groups are valued.
/// @tparam Ranking        the loss of changing a group.
/// @tparam Normalization  the common scale of the layers.
template <rank::ranking Ranking, rank::normalization Normalization>
struct valuation {
  Ranking ranking{};
  Normalization normalization{};
};

}  // namespace espalier::inline v0::select

#endif
