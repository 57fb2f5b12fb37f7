// SPDX-License-Identifier: Apache-2.0
// The nodes of a graph of layers: what feeds what, and which of them lead to an output.
#ifndef ESPALIER_NN_DETAIL_GRAPH_NODES_HPP
#define ESPALIER_NN_DETAIL_GRAPH_NODES_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <espalier/base/closest_name.hpp>
#include <espalier/base/errors.hpp>
#include <espalier/base/extents.hpp>
#include <espalier/base/random_generator.hpp>
#include <espalier/kernels/combine.hpp>
#include <espalier/nn/detail/graph_layer.hpp>

namespace espalier::inline v0::nn::detail {

/// Where the numbers of a node come from.
enum class node_kind : std::uint8_t {
  samples,  ///< all inputs, one behind the other
  part,     ///< one of several inputs
  layer,
  sum,       ///< those of other nodes, added up
  combined,  ///< or combined in another way
  beside     ///< those of other nodes, with their channels beside each other
};

/// A node; nodes are in an order in which every one comes behind those that feed it.
template <class T>
struct graph_node {
  std::string name{};
  extents shape{};
  node_kind kind = node_kind::samples;
  std::vector<std::size_t> inputs{};
  layer_box<T> layer{};
  kernels::combination combination = kernels::combination::product;  ///< of a node that is combined
  std::size_t first = 0;       ///< of a part: its first number among those of a sample
  std::size_t numbers = 0;     ///< where its parameters begin among those of all
  std::size_t kept = 0;        ///< where what it keeps from pass to pass begins
  std::size_t sums = 0;        ///< where what it collects over a batch begins
  bool trained_below = false;  ///< or the layer itself is trained
  bool needed = false;         ///< whether it leads to an output
  std::size_t users = 0;       ///< needed nodes, and outputs, that take its numbers
  std::size_t leader = 0;      ///< the node that runs it: itself, or a layer that takes it along
  std::size_t last = 0;        ///< of a leader: the last node that it runs
  std::size_t root = 0;        ///< the node whose memory it takes: itself, or one before that does not take another's
};

/// @return sizes of a shape, to change some of them.
[[nodiscard]] inline std::vector<std::size_t> sizes_of(const extents& shape) {
  return std::vector<std::size_t>(shape.begin(), shape.end());
}

/// @tparam T  float or double.
template <class T>
class graph_nodes {
 public:
  using node = graph_node<T>;

  /// @param inputs  shapes of one sample of each.
  /// @throws shape_error if there is none, or one has no numbers.
  explicit graph_nodes(std::span<const extents> inputs) {
    std::size_t total = 0;
    for (const extents& input : inputs) {
      if (input.size() == 0) {
        reject<shape_error>("nn::graph", {"input of shape ", input}, {"a shape without 0"});
      }
      total += input.size();
    }
    if (inputs.empty()) {
      reject<shape_error>("nn::graph", {"no input"}, {"the shapes of one or more"});
    }
    append({inputs.size() == 1 ? "input" : "inputs", inputs.size() == 1 ? inputs[0] : extents{total}});
    for (std::size_t first = 0, i = 0; inputs.size() > 1 && i < inputs.size(); first += inputs[i].size(), ++i) {
      node part{"input_" + std::to_string(i + 1), inputs[i], node_kind::part, {0}};
      part.first = first;
      append(std::move(part));
    }
    inputs_ = inputs.size();
  }

  /// @return the index of the node.
  std::size_t append(node n) {
    n.trained_below = n.layer && n.layer->known().trained;
    for (const std::size_t i : n.inputs) {
      n.trained_below = n.trained_below || all_[i].trained_below;
    }
    lay_out(n);
    all_.push_back(std::move(n));
    find_needed();
    return all_.size() - 1;
  }

  /// Makes all layers anew with weights of their own.
  /// @param units  per node: how many its layer shall have, if it can be made with any.
  void remake(std::span<const std::size_t> units, random_generator& generator) {
    numbers_ = kept_ = sums_ = 0;
    for (std::size_t i = 0; i < all_.size(); ++i) {
      node& n = all_[i];
      if (n.layer) {
        n.layer = layer_box<T>(n.layer->remade(units[i]));
        n.shape = n.layer->build(n.name, all_[n.inputs[0]].shape, generator);
      } else if (n.inputs.size() > 1) {
        n.shape = joined_shape(n.name, n.inputs, n.kind);
      }
      lay_out(n);
    }
  }

  /// Says which nodes are the outputs; none: the last one.
  /// @throws argument_error if one is named twice.
  void set_outputs(std::vector<std::size_t> outputs) {
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      if (std::count(outputs.begin(), outputs.end(), outputs[i]) > 1) {
        reject<argument_error>("nn::graph", {"output '", all_[outputs[i]].name, "' twice"}, {"it once"});
      }
    }
    chosen_outputs_ = std::move(outputs);
    find_needed();
  }

  [[nodiscard]] std::size_t size() const noexcept { return all_.size(); }
  [[nodiscard]] std::size_t inputs() const noexcept { return inputs_; }
  [[nodiscard]] node& operator[](std::size_t index) noexcept { return all_[index]; }
  [[nodiscard]] const node& operator[](std::size_t index) const noexcept { return all_[index]; }
  [[nodiscard]] auto begin() noexcept { return all_.begin(); }
  [[nodiscard]] auto end() noexcept { return all_.end(); }
  [[nodiscard]] auto begin() const noexcept { return all_.begin(); }
  [[nodiscard]] auto end() const noexcept { return all_.end(); }
  [[nodiscard]] const std::vector<std::size_t>& outputs() const noexcept { return outputs_; }
  /// @return the needed layers that in training look at whole mini-batches, in order.
  [[nodiscard]] const std::vector<std::size_t>& batch_layers() const noexcept { return batch_layers_; }
  [[nodiscard]] std::size_t all_kept() const noexcept { return kept_; }
  [[nodiscard]] std::size_t all_sums() const noexcept { return sums_; }

  /// @return the shape of an output: that of the node, or one row of the numbers of all outputs.
  [[nodiscard]] extents output_shape() const {
    std::size_t total = 0;
    for (const std::size_t output : outputs_) {
      total += all_[output].shape.size();
    }
    return outputs_.size() == 1 ? all_[outputs_[0]].shape : extents{total};
  }

  /// @return a name of that kind that no node has.
  [[nodiscard]] std::string free_name(const std::string& kind) { return kind + "_" + std::to_string(++places_[kind]); }
  /// @throws argument_error if there is no node of that name, with the one that was most likely meant.
  [[nodiscard]] std::size_t find(std::string_view name) const {
    std::vector<std::string_view> names;
    for (const node& n : all_) {
      if (n.name == name) {
        return static_cast<std::size_t>(&n - all_.data());
      }
      names.push_back(n.name);
    }
    reject<argument_error>("nn::graph", {"no layer '", name, "' so far"},
                           {"one that was added before, such as '", closest_name(name, names), "'"});
  }
  /// @throws argument_error if there is one of that name.
  void expect_new(const std::string& name) const {
    if (std::any_of(all_.begin(), all_.end(), [&](const node& n) { return n.name == name; })) {
      reject<argument_error>("nn::graph", {"two layers named '", name, "'"}, {"names that differ"});
    }
  }
  /// @throws argument_error if there is no node of that index.
  void expect_there(std::span<const std::size_t> indices) const {
    for (const std::size_t i : indices) {
      if (i >= all_.size()) {
        reject<argument_error>("nn::graph", {"point ", i}, {"one of the ", all_.size(), " of this graph"});
      }
    }
  }

  /// @return the shape of nodes that are joined to a node of a name.
  /// @throws argument_error if there are fewer than two; shape_error that names it, them and their shapes if they
  /// differ.
  [[nodiscard]] extents joined_shape(const std::string& name, std::span<const std::size_t> nodes,
                                     node_kind kind) const {
    if (nodes.size() < 2) {
      reject<argument_error>("nn::graph",
                             {nodes.size(), nodes.size() == 1 ? " point" : " points", " to join in '", name, "'"},
                             {"two or more"});
    }
    expect_there(nodes);
    auto sizes = sizes_of(all_[nodes[0]].shape);
    for (const std::size_t other : nodes.subspan(1)) {
      auto own = sizes_of(all_[other].shape);
      const std::size_t channels = own.empty() ? 0 : own.back();
      if (kind == node_kind::beside && own.size() == sizes.size() && !own.empty()) {
        own.back() = sizes.back();
      }
      if (own != sizes || (kind == node_kind::beside && own.empty())) {
        const node& a = all_[nodes[0]];
        const node& b = all_[other];
        reject<shape_error>(
            "nn::graph",
            {"outputs of shapes ", a.shape, " of '", a.name, "' and ", b.shape, " of '", b.name, "' to join in '", name,
             "'"},
            {kind == node_kind::beside ? "shapes that differ in the last axis only" : "shapes that are equal"});
      }
      sizes.back() += kind == node_kind::beside ? channels : 0;
    }
    return extents(std::span<const std::size_t>(sizes));
  }

 private:
  /// Gives a node its places behind those of the nodes before.
  void lay_out(node& n) {
    std::tie(n.numbers, n.kept, n.sums) = std::tie(numbers_, kept_, sums_);
    if (n.layer) {
      numbers_ += n.layer->numbers();
      kept_ += n.layer->kept();
      sums_ += n.layer->batch() != nullptr ? n.layer->batch()->sums() : 0;
    }
  }

  /// From the outputs back, and then which nodes run together.
  void find_needed() {
    outputs_ = chosen_outputs_.empty() ? std::vector<std::size_t>{all_.size() - 1} : chosen_outputs_;
    for (node& n : all_) {
      n.needed = false;
      n.users = 0;
    }
    for (const std::size_t output : outputs_) {
      all_[output].needed = true;
      ++all_[output].users;
    }
    batch_layers_.clear();
    for (std::size_t i = all_.size(); i-- > 0;) {
      for (const std::size_t from : all_[i].inputs) {
        all_[from].needed = all_[from].needed || all_[i].needed;
        all_[from].users += all_[i].needed ? 1U : 0U;
      }
      if (all_[i].needed && all_[i].layer && all_[i].layer->batch() != nullptr) {
        batch_layers_.insert(batch_layers_.begin(), i);
      }
    }
    for (std::size_t i = 0; i < all_.size(); ++i) {
      all_[i].leader = all_[i].last = all_[i].root = i;
      if (all_[i].needed && all_[i].layer && all_[all_[i].inputs[0]].users == 1) {
        join_to_only(all_[i].inputs[0], i);
      }
      if (all_[i].needed && all_[i].kind == node_kind::sum) {
        find_summand(all_[i]);
      }
    }
  }

  /// A sum takes the memory of a node that nothing else takes, if there is one: the others are added there.
  void find_summand(node& sum) const {
    const auto found = std::find_if(sum.inputs.begin(), sum.inputs.end(),
                                    [&](std::size_t i) { return all_[i].users == 1 && !keeps_output(i); });
    if (found != sum.inputs.end()) {
      sum.root = all_[*found].root;
    }
  }

  /// Lets a layer run with the node before it, which nothing else takes, or take its memory, if that can be.
  void join_to_only(std::size_t before, std::size_t index) {
    node& own = all_[index];
    if (own.layer->known().in_place && (own.layer->known().moves_nothing || !keeps_output(before))) {
      own.root = all_[before].root;
    }
    const std::size_t leader = all_[before].leader;
    const auto& first = all_[leader].layer;
    const bool is_relu = own.layer->known().is_relu && first && leader == before && first->known().takes_relu;
    const bool is_pooling = leader != before && all_[before].layer->known().is_relu && first->takes_pool() &&
                            own.layer->pools_fours() != kernels::pool_kind::none;
    if (is_relu || is_pooling) {
      own.leader = leader;
      all_[leader].last = index;
    }
  }
  /// Whether a node, or the one before it if it moves nothing, goes back from its output.
  [[nodiscard]] bool keeps_output(std::size_t index) const {
    const node& n = all_[index];
    if (!n.layer || !n.layer->known().in_place) {
      return false;
    }
    return !n.layer->known().moves_nothing || (n.root != index && keeps_output(n.inputs[0]));
  }

  std::vector<node> all_;
  std::size_t inputs_ = 0;
  std::vector<std::size_t> chosen_outputs_;
  std::vector<std::size_t> outputs_;
  std::vector<std::size_t> batch_layers_;
  std::size_t numbers_ = 0;
  std::size_t kept_ = 0;
  std::size_t sums_ = 0;
  std::map<std::string, std::size_t> places_;
};

}  // namespace espalier::inline v0::nn::detail

#endif
