// SPDX-License-Identifier: Apache-2.0
// Says, before any training, what pruning and sharing can save in every layer and why nothing is saved where it is not.
#ifndef ESPALIER_OBJECTIVE_EXPLAIN_HPP
#define ESPALIER_OBJECTIVE_EXPLAIN_HPP

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <espalier/attributes/layer_attributes.hpp>
#include <espalier/objective/objective.hpp>
#include <espalier/structure/rules.hpp>

namespace espalier::inline v0::objective {

/// One line of an explanation.
struct explained_layer {
  std::string layer;                ///< its name
  std::string kind;                 ///< as Keras and hls4ml write it
  bool takes_part = false;          ///< whether pruning pays in it and the user allows it
  std::string grouping;             ///< which weights form a group; empty if it does not take part
  std::size_t groups = 0;           ///< how many
  std::vector<std::int64_t> usage;  ///< of the dense layer, per resource
  std::string saving;               ///< of one group that is pruned, such as "2 DSP, 1 BRAM" or "1/4 DSP"
  std::string sharing;              ///< of one group whose weights are shared, such as "1 to 2 BRAM" or "nothing"
  std::string why;                  ///< why nothing is saved, or what is worth knowing: a reuse factor that moved
};

/// What an objective says of a network.
struct explanation {
  std::string objective;                ///< its name
  std::vector<std::string> resources;   ///< what it counts
  std::vector<explained_layer> layers;  ///< in the order of the network
};

namespace detail {

/// A number of 1 / denominator units, reduced.
[[nodiscard]] inline std::string fraction(std::int64_t number, std::int64_t denominator) {
  const std::int64_t common = std::gcd(number, denominator);
  const std::string whole = std::to_string(number / common);
  return denominator == common ? whole : whole + "/" + std::to_string(denominator / common);
}

/// What one group saves: "2 DSP, 1 BRAM"; a range where groups differ; nothing of a resource that none saves.
/// @param what  saving_run<M>::saving or saving_run<M>::sharing.
template <std::size_t M, class Names>
[[nodiscard]] std::string describe_saving(const layer_savings<M>& savings, const Names& names,
                                          std::array<std::int64_t, M> saving_run<M>::*what) {
  std::string text;
  for (std::size_t r = 0; r < M; ++r) {
    std::int64_t least = savings.savings.empty() ? 0 : (savings.savings.front().*what)[r];
    std::int64_t most = least;
    for (const auto& run : savings.savings) {
      least = (std::min)(least, (run.*what)[r]);
      most = (std::max)(most, (run.*what)[r]);
    }
    if (most > 0) {
      text += (text.empty() ? "" : ", ") +
              (least < most ? fraction(least, savings.denominator) + " to " : std::string()) +
              fraction(most, savings.denominator) + " " + std::string(names[r]);
    }
  }
  return text.empty() ? "nothing" : text;
}

/// A table with columns as wide as their widest cell, two spaces apart.
[[nodiscard]] inline std::string table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize((std::max)(widths.size(), row.size()));
    for (std::size_t column = 0; column < row.size(); ++column) {
      widths[column] = (std::max)(widths[column], row[column].size());
    }
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t column = 0; column < row.size(); ++column) {
      line += row[column] + std::string(widths[column] - row[column].size() + 2, ' ');
    }
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

}  // namespace detail

/// Asks an objective about every layer, as the pruning will.
/// @param objective  what is to be saved.
/// @param layers     of a network, with their hls settings.
/// @return one line per layer.
/// @throws what the objective throws.   Complexity: that of the objective, for every layer.
template <objective Objective>
[[nodiscard]] explanation explain(const Objective& objective, std::span<const attributes::layer_attributes> layers) {
  explanation result;
  result.objective = std::string(Objective::name);
  result.resources.assign(Objective::resources.begin(), Objective::resources.end());
  for (const attributes::layer_attributes& layer : layers) {
    const auto savings = objective(layer);
    explained_layer line;
    line.layer = layer.name;
    line.kind = to_string(layer.kind);
    line.usage.assign(savings.usage.begin(), savings.usage.end());
    line.takes_part = savings.optimizable() && layer.optimizable && (layer.prune || layer.share);
    line.why = savings.optimizable() ? savings.remark : savings.note;
    if (line.takes_part) {
      line.grouping = to_string(savings.rule);
      using run = saving_run<Objective::resources.size()>;
      line.saving = detail::describe_saving(savings, Objective::resources, &run::saving);
      line.sharing = detail::describe_saving(savings, Objective::resources, &run::sharing);
      for (const auto& equal : savings.savings) {
        line.groups += equal.count;
      }
    } else if (savings.optimizable()) {
      line.why = layer.optimizable ? "no action is on" : "left alone as asked";
    }
    result.layers.push_back(std::move(line));
  }
  return result;
}

/// @param e  an explanation.
/// @return it as a table for people to read, a line for each layer.
[[nodiscard]] inline std::string to_string(const explanation& e) {
  std::vector<std::vector<std::string>> rows{{"layer", "kind"}};
  for (const std::string& resource : e.resources) {
    rows[0].push_back(resource);
  }
  for (const char* title : {"groups", "a group is", "and saves", "shared", "note"}) {
    rows[0].push_back(title);
  }
  for (const explained_layer& layer : e.layers) {
    std::vector<std::string> row{layer.layer, layer.kind};
    for (const std::int64_t usage : layer.usage) {
      row.push_back(std::to_string(usage));
    }
    row.push_back(std::to_string(layer.groups));
    row.push_back(layer.takes_part ? layer.grouping : "-");
    row.push_back(layer.takes_part ? layer.saving : "nothing");
    row.push_back(layer.takes_part ? layer.sharing : "nothing");
    row.push_back(layer.why);
    rows.push_back(std::move(row));
  }
  return detail::table(rows);
}

}  // namespace espalier::inline v0::objective

#endif
