// SPDX-License-Identifier: Apache-2.0
// Lays what several objectives count side by side.
#ifndef ESPALIER_OBJECTIVE_DETAIL_JOIN_SAVINGS_HPP
#define ESPALIER_OBJECTIVE_DETAIL_JOIN_SAVINGS_HPP

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string_view>
#include <utility>
#include <vector>

#include <espalier/objective/objective.hpp>

namespace espalier::inline v0::objective::detail {

/// All names in one array.
template <class... Objectives>
[[nodiscard]] constexpr auto join_resources() {
  constexpr std::size_t count = (Objectives::resources.size() + ...);
  std::array<std::string_view, count> names{};
  std::size_t next = 0;
  const auto append = [&](const auto& some) {
    for (const std::string_view one : some) {
      names[next++] = one;
    }
  };
  (append(Objectives::resources), ...);
  return names;
}

template <std::size_t Count>
[[nodiscard]] constexpr bool all_differ(const std::array<std::string_view, Count>& names) {
  for (std::size_t a = 0; a < Count; ++a) {
    for (std::size_t b = a + 1; b < Count; ++b) {
      if (names[a] == names[b]) {
        return false;
      }
    }
  }
  return true;
}

/// Lays the savings of one objective beside those of others, in common units.
template <std::size_t All>
class savings_joiner {
 public:
  template <std::size_t M>
  void add(const layer_savings<M>& one, std::size_t first_resource) {
    const std::int64_t common = std::lcm(joined_.denominator, one.denominator);
    for (auto& run : joined_.savings) {
      for (std::size_t r = 0; r < first_resource; ++r) {
        run.saving[r] *= common / joined_.denominator;
        run.sharing[r] *= common / joined_.denominator;
      }
    }
    std::vector<saving_run<All>> result;
    std::size_t place = 0;
    std::size_t done = 0;
    for (const auto& run : one.savings) {
      for (std::size_t left = run.count; left > 0;) {
        if (joined_.savings.size() == place) {
          joined_.savings.push_back({left, {}, {}});  // of the first objective
        }
        const std::size_t count = (std::min)(left, joined_.savings[place].count - done);
        saving_run<All> both{count, joined_.savings[place].saving, joined_.savings[place].sharing};
        for (std::size_t r = 0; r < M; ++r) {
          both.saving[first_resource + r] = run.saving[r] * (common / one.denominator);
          both.sharing[first_resource + r] = run.sharing[r] * (common / one.denominator);
        }
        append(result, both);
        left -= count;
        done += count;
        place += done == joined_.savings[place].count ? 1U : 0U;
        done = place < joined_.savings.size() && done < joined_.savings[place].count ? done : 0;
      }
    }
    joined_.savings = std::move(result);
    joined_.denominator = common;
  }

  [[nodiscard]] layer_savings<All>& joined() noexcept { return joined_; }

 private:
  static void append(std::vector<saving_run<All>>& runs, const saving_run<All>& run) {
    if (runs.empty() || runs.back().saving != run.saving || runs.back().sharing != run.sharing) {
      runs.push_back({0, run.saving, run.sharing});
    }
    runs.back().count += run.count;
  }

  layer_savings<All> joined_;
};

}  // namespace espalier::inline v0::objective::detail

#endif
