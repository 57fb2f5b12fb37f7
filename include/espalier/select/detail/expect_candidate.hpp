// SPDX-License-Identifier: Apache-2.0
// Checks what objectives, users and trainers say of a layer before it is valued.
#ifndef ESPALIER_SELECT_DETAIL_EXPECT_CANDIDATE_HPP
#define ESPALIER_SELECT_DETAIL_EXPECT_CANDIDATE_HPP

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <espalier/attributes/layer_attributes.hpp>
#include <espalier/base/errors.hpp>
#include <espalier/objective/objective.hpp>
#include <espalier/rank/losses.hpp>
#include <espalier/rank/ranking.hpp>

namespace espalier::inline v0::select::detail {

/// Why a layer does not take part though the objective could save something.
[[nodiscard]] inline std::string why_left_alone(const attributes::layer_attributes& layer, bool can_share) {
  if (!layer.optimizable) {
    return "left alone as asked";
  }
  return layer.prune || can_share ? "" : "no action is on";
}

/// An objective of the user's own may get its numbers wrong; the knapsack must not be the first to notice.
template <std::size_t M>
void expect_savings(const attributes::layer_attributes& layer, const objective::layer_savings<M>& savings,
                    std::size_t groups) {
  const auto expect = [&](bool right, const std::string& got, const std::string& expected) {
    if (!right) {
      reject<argument_error>("select::make_candidate", {"layer '", layer.name, "' with ", got}, {expected});
    }
  };
  std::size_t count = 0;
  for (const auto& run : savings.savings) {
    count += run.count;
    for (const std::int64_t saving : run.saving) {
      expect(saving >= 0, "a saving of " + std::to_string(saving), "savings >= 0");
    }
    for (std::size_t r = 0; r < M; ++r) {
      expect(run.sharing[r] >= 0 && run.sharing[r] <= run.saving[r],
             "a saving of " + std::to_string(run.sharing[r]) + " by sharing",
             "0 to what pruning saves, " + std::to_string(run.saving[r]));
    }
  }
  expect(count == groups, "savings of " + std::to_string(count) + " groups",
         std::to_string(groups) + ", as its rule makes");
  expect(savings.denominator >= 1, "denominator " + std::to_string(savings.denominator), "1 or more");
  for (const std::int64_t usage : savings.usage) {
    expect(usage >= 0, "a usage of " + std::to_string(usage), "usages >= 0");
  }
}

/// What a ranking needs of every weight, in words.
[[nodiscard]] constexpr std::string_view name_of(rank::data data) noexcept {
  switch (data) {
    case rank::data::gradient:
      return "gradient";
    case rank::data::curvature:
      return "curvature";
    case rank::data::fisher:
      return "Fisher information";
    case rank::data::unit_scale:
      return "unit scales";
    case rank::data::activation_length:
      return "activation lengths";
    case rank::data::nothing:
      break;
  }
  return "data";
}

/// Refuses numbers of another size, and, if asked to look, those that are not finite, by the layer's name.
template <class Value>
void expect_numbers(const attributes::layer_attributes& layer, std::span<const Value> numbers, std::string_view what,
                    bool look) {
  const std::string whose = "layer '" + layer.name + "' with ";
  const std::size_t weights = layer.kernel_shape.size();
  if (numbers.size() != weights) {
    reject<shape_error>("select::make_candidate", {whose, numbers.size(), " numbers of the ", what},
                        {weights, ", one per weight"});
  }
  for (std::size_t i = 0; look && i < numbers.size(); ++i) {
    if (!std::isfinite(numbers[i])) {
      reject<numeric_error>("select::make_candidate", {whose, "number ", i, " of the ", what, " not finite"},
                            {"finite numbers"});
    }
  }
}

template <rank::ranking Ranking, class Value>
void expect_data(const attributes::layer_attributes& layer, const rank::weight_data<Value>& data, bool look) {
  expect_numbers(layer, data.kernel, "kernel", look);
  if constexpr (rank::needs_of<Ranking> != rank::data::nothing) {
    expect_numbers(layer, data.datum, name_of(rank::needs_of<Ranking>), look);
  }
}

}  // namespace espalier::inline v0::select::detail

#endif
