// SPDX-License-Identifier: Apache-2.0
// Checks what a selection is asked before it is made.
#ifndef ESPALIER_SELECT_DETAIL_EXPECT_HPP
#define ESPALIER_SELECT_DETAIL_EXPECT_HPP

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <espalier/base/closest_name.hpp>
#include <espalier/base/errors.hpp>
#include <espalier/select/detail/losses.hpp>
#include <espalier/select/selection.hpp>

namespace espalier::inline v0::select::detail {

inline void expect_sparsity(const std::vector<double>& sparsity, std::size_t resources, const std::string& whose) {
  if (sparsity.size() != 1 && sparsity.size() != resources) {
    reject<shape_error>("select::select", {sparsity.size(), " sparsities", whose},
                        {"1 or ", resources, ", one per resource"});
  }
  for (const double s : sparsity) {
    if (!(s >= 0 && s <= 1)) {
      reject<argument_error>("select::select", {"sparsity ", s, whose}, {"0 to 1"});
    }
  }
}

template <std::size_t M>
void expect_options(std::span<const candidate<M>> candidates, const options& o) {
  expect_sparsity(o.sparsity, M, "");
  std::vector<std::string> names;
  for (const candidate<M>& c : candidates) {
    names.push_back(c.attributes.name);
    if (c.groups) {
      expect_losses(c);
    }
  }
  std::vector<std::string> sorted = names;
  std::sort(sorted.begin(), sorted.end());
  if (const auto twice = std::adjacent_find(sorted.begin(), sorted.end()); twice != sorted.end()) {
    reject<argument_error>("select::select", {"two layers with the name '", *twice, "'"}, {"names that differ"});
  }
  for (const layer_budget& own : o.layers) {
    expect_sparsity(own.sparsity, M, " of layer '" + own.layer + "'");
    if (std::find(names.begin(), names.end(), own.layer) == names.end()) {
      reject<argument_error>("select::select", {"a budget of layer '", own.layer, "'"},
                             {"the name of a layer, such as '", closest_name(own.layer, names), "'"});
    }
  }
}

}  // namespace espalier::inline v0::select::detail

#endif
