// SPDX-License-Identifier: Apache-2.0
// Joins objectives into one that counts the resources of all of them.
#ifndef ESPALIER_OBJECTIVE_JOINED_HPP
#define ESPALIER_OBJECTIVE_JOINED_HPP

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <espalier/attributes/layer_attributes.hpp>
#include <espalier/base/errors.hpp>
#include <espalier/objective/detail/join_savings.hpp>
#include <espalier/objective/objective.hpp>
#include <espalier/structure/rules.hpp>

namespace espalier::inline v0::objective {

/// Several objectives at once. In every layer their groupings must agree: they do if the objectives say the same rule,
/// or if one says a rule over which the others can count (parameters can over any). An objective that can save nothing
/// in a layer saves 0 there.
/// @tparam Objectives  two or more, whose resources have different names; the solver is made for four resources.
template <objective... Objectives>
class joined {
 public:
  static constexpr std::string_view name = "joined";
  static constexpr auto resources = detail::join_resources<Objectives...>();
  static_assert(sizeof...(Objectives) >= 2, "one objective needs no joining");
  static_assert(detail::all_differ(resources), "two of the objectives count a resource of the same name");

  /// @param objectives  the objectives themselves.
  explicit joined(Objectives... objectives) : objectives_(std::move(objectives)...) {}
  /// Objectives as they are without settings.
  joined() requires(std::is_default_constructible_v<Objectives>&&...) : objectives_() {}

  /// @param layer  any.
  /// @return the savings of all objectives side by side.
  /// @throws argument_error that names the layer and the two objectives whose groupings do not agree; what the
  ///         objectives throw.
  [[nodiscard]] layer_savings<resources.size()> operator()(const attributes::layer_attributes& layer) const {
    if (const auto rule = common_rule(layer)) {
      attributes::layer_attributes same = layer;
      same.grouped_by = *rule;
      return join(same);
    }
    return join(layer);
  }

 private:
  /// What one objective says, as far as rules are concerned.
  struct opinion {
    std::string_view objective;
    std::optional<structure::rule> rule;  // none if it can save nothing
  };

  [[nodiscard]] std::vector<opinion> ask(const attributes::layer_attributes& layer) const {
    std::vector<opinion> result;
    const auto one = [&](const auto& objective) {
      const auto savings = objective(layer);
      result.push_back({std::decay_t<decltype(objective)>::name,
                        savings.optimizable() ? std::optional(savings.rule) : std::nullopt});
    };
    std::apply([&](const auto&... all) { (one(all), ...); }, objectives_);
    return result;
  }

  /// The first rule of an objective over which all others can count; none if no objective can save anything.
  [[nodiscard]] std::optional<structure::rule> common_rule(const attributes::layer_attributes& layer) const {
    const std::vector<opinion> opinions = ask(layer);
    std::string refused;
    const opinion* first = nullptr;
    for (const opinion& one : opinions) {
      if (!one.rule) {
        continue;
      }
      attributes::layer_attributes same = layer;
      same.grouped_by = one.rule;
      const std::string_view who = who_refuses(same);
      if (who.empty()) {
        return one.rule;
      }
      first = first == nullptr ? &one : first;
      refused = refused.empty() ? std::string(who) : refused;
    }
    if (first != nullptr) {
      reject<argument_error>("objective::joined",
                             {"layer '", layer.name, "', which ", first->objective, " groups by ", *first->rule,
                              " and ", refused, " cannot"},
                             {"objectives whose groupings agree"});
    }
    return std::nullopt;
  }

  /// The first objective that cannot count over the layer's rule; empty if all can.
  [[nodiscard]] std::string_view who_refuses(const attributes::layer_attributes& layer) const {
    std::string_view who;
    const auto one = [&](const auto& objective) {
      try {
        const auto savings = objective(layer);
        const bool follows = !savings.optimizable() || savings.rule == *layer.grouped_by;
        who = who.empty() && !follows ? std::decay_t<decltype(objective)>::name : who;
      } catch (const argument_error&) {
        who = who.empty() ? std::decay_t<decltype(objective)>::name : who;
      }
    };
    std::apply([&](const auto&... all) { (one(all), ...); }, objectives_);
    return who;
  }

  [[nodiscard]] layer_savings<resources.size()> join(const attributes::layer_attributes& layer) const {
    detail::savings_joiner<resources.size()> joiner;
    layer_savings<resources.size()>& result = joiner.joined();
    std::string notes;
    std::size_t first_resource = 0;
    bool any = false;
    const auto one = [&](const auto& objective) {
      const auto savings = objective(layer);
      for (std::size_t r = 0; r < savings.usage.size(); ++r) {
        result.usage[first_resource + r] = savings.usage[r];
      }
      if (savings.optimizable()) {
        any = true;
        result.rule = savings.rule;
        result.reuse_factor = (std::max)(result.reuse_factor, savings.reuse_factor);
        joiner.add(savings, first_resource);
        append(result.remark, savings.remark);
      } else {
        append(notes, savings.note);
      }
      first_resource += savings.usage.size();
    };
    std::apply([&](const auto&... all) { (one(all), ...); }, objectives_);
    append(any ? result.remark : result.note, notes);
    return std::move(result);
  }

  static void append(std::string& text, const std::string& more) {
    if (!more.empty() && text.find(more) == std::string::npos) {
      text += (text.empty() ? "" : "; ") + more;
    }
  }

  std::tuple<Objectives...> objectives_;
};

}  // namespace espalier::inline v0::objective

#endif
