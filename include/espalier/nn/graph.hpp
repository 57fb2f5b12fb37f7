// SPDX-License-Identifier: Apache-2.0
// A network of layers that may branch and join, put together at run time.
#ifndef ESPALIER_NN_GRAPH_HPP
#define ESPALIER_NN_GRAPH_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <espalier/attributes/prunable_layer.hpp>
#include <espalier/base/errors.hpp>
#include <espalier/base/extents.hpp>
#include <espalier/base/random_generator.hpp>
#include <espalier/kernels/gradient_kind.hpp>
#include <espalier/kernels/score_kind.hpp>
#include <espalier/mask/weight_mask.hpp>
#include <espalier/nn/detail/graph_layer.hpp>
#include <espalier/nn/detail/graph_nodes.hpp>
#include <espalier/nn/detail/graph_passes.hpp>
#include <espalier/nn/detail/network_checks.hpp>
#include <espalier/nn/layer.hpp>
#include <espalier/nn/unit_node.hpp>
#include <espalier/nn/workspace.hpp>
#include <espalier/tensor/tensor.hpp>

namespace espalier::inline v0::nn {

/// A directed acyclic graph of layers. Layers are put behind what is there already, so that it cannot have a cycle.
///
/// It is a prunable model and trains as `sequential` does, with the same kinds of layers and as fast: where only a relu
/// takes the output of a layer, and only a pooling that of the relu, they run together. A sample of several inputs is
/// one row: the numbers of the first, then those of the second, and so on; so is what several outputs say and the
/// targets for them, see loss::joined.
/// @tparam T  float or double.
template <class T = float>
class graph {
  using nodes_type = detail::graph_nodes<T>;
  using passes_type = detail::graph_passes<T>;

 public:
  using value_type = T;

  /// A place in the network: an input, or the output of what was added.
  struct point {
    std::size_t index = 0;
  };

  /// @param input  shape of one sample.
  /// @param seed   of the initial weights.
  /// @throws shape_error if a sample has no numbers.
  graph(const extents& input, std::uint64_t seed) : graph(std::span(&input, 1), seed) {}
  /// @param inputs  shapes of one sample of each input: input_1, input_2, ...
  /// @param seed    of the initial weights.
  /// @throws shape_error if there is no input, or one has no numbers.
  graph(std::span<const extents> inputs, std::uint64_t seed) : generator_(seed), nodes_(inputs) {}

  /// @param which  of the inputs, from 0.   @return it.   @throws argument_error if there are fewer.
  [[nodiscard]] point input(std::size_t which = 0) const {
    if (which >= nodes_.inputs()) {
      reject<argument_error>("nn::graph", {"input ", which}, {"one of ", nodes_.inputs(), ", counted from 0"});
    }
    return {nodes_.inputs() == 1 ? 0 : 1 + which};
  }
  /// @param name  of a layer, sum or input that was added.   @return its output.
  /// @throws argument_error if there is none so far, with the name that was most likely meant.
  [[nodiscard]] point at(std::string_view name) const { return {nodes_.find(name)}; }

  /// Puts a layer behind a point and draws its weights.
  /// @param layer  any.
  /// @param from   a point of this graph.
  /// @param name   empty: that in the layer's settings, else by kind and place, such as relu_2.
  /// @return its output.
  /// @throws shape_error that names it and both shapes if it does not fit; argument_error if the point is none, or the
  ///         name was given before.
  template <layer Layer>
  point add(Layer layer, point from, std::string name = {}) {
    static_assert(std::is_same_v<typename Layer::value_type, T>, "all layers need one number type");
    nodes_.expect_there({&from.index, 1});
    const std::string free_name = nodes_.free_name(Layer::default_name);
    if constexpr (trained_layer<Layer>) {
      name = name.empty() ? layer.name() : name;
    }
    name = name.empty() ? free_name : name;
    nodes_.expect_new(name);
    using own_type = typename std::conditional_t<batch_layer<Layer>, of_batch<Layer>, of_layer<Layer>>::type;
    auto own = std::make_unique<own_type>(std::move(layer));
    const extents shape = own->build(name, nodes_[from.index].shape, generator_);
    return {nodes_.append({name, shape, detail::node_kind::layer, {from.index}, detail::layer_box<T>(std::move(own))})};
  }

  /// Adds outputs up, number by number.
  /// @param from  points of equal shapes, two or more.
  /// @param name  of the sums; empty: add_1, add_2, ...
  /// @return the sums.
  /// @throws shape_error that names two of them and their shapes if they differ; argument_error if there are fewer, a
  ///         point is none, or the name was given before.
  point add_up(const std::vector<point>& from, std::string name = {}) {
    return join(detail::node_kind::sum, from, name.empty() ? nodes_.free_name("add") : std::move(name));
  }

  /// Combines outputs, number by number: as a product, a mean, a difference, the largest or the smallest.
  /// @param how   see kernels::combination.
  /// @param from  points of equal shapes, two or more.
  /// @param name  of the result; empty: combine_1, combine_2, ...
  /// @return the result.
  /// @throws shape_error, argument_error as `add_up`.
  point combine(kernels::combination how, const std::vector<point>& from, std::string name = {}) {
    const point result =
        join(detail::node_kind::combined, from, name.empty() ? nodes_.free_name("combine") : std::move(name));
    nodes_[result.index].combination = how;
    return result;
  }

  /// Puts channels beside each other: along the last axis.
  /// @param from  points whose shapes differ in the last axis only, two or more.
  /// @param name  of the whole; empty: concatenate_1, concatenate_2, ...
  /// @return all channels, in the order of the points.
  /// @throws shape_error that names two of them and their shapes if they differ elsewhere; argument_error as `add_up`.
  point concatenate(const std::vector<point>& from, std::string name = {}) {
    return join(detail::node_kind::beside, from, name.empty() ? nodes_.free_name("concatenate") : std::move(name));
  }

  /// Says what the outputs of the network are; before it is called, or if there are none, it is what was added last.
  /// What leads to none of them is not run.
  /// @param outputs  different points, in the order in which their numbers stand in a row.
  /// @throws argument_error if a point is none, or there twice.
  void set_outputs(const std::vector<point>& outputs) {
    auto chosen = indices(outputs);
    nodes_.expect_there(chosen);
    nodes_.set_outputs(std::move(chosen));
  }

  /// @return the shape of a sample; of several inputs: that of a row of all their numbers.
  [[nodiscard]] const extents& input_shape() const noexcept { return nodes_[0].shape; }
  /// @return the shape of the output; of several: that of a row of all their numbers.
  [[nodiscard]] extents output_shape() const { return nodes_.output_shape(); }
  /// @return the shapes of the outputs, in order.
  [[nodiscard]] std::vector<extents> output_shapes() const {
    std::vector<extents> result;
    for (const std::size_t output : nodes_.outputs()) {
      result.push_back(nodes_[output].shape);
    }
    return result;
  }

  /// @return the layers with kernels, in the order in which they were added, each with those whose outputs reach it
  ///         without another kernel between; kernels and biases are views of the network's own.
  [[nodiscard]] std::vector<attributes::prunable_layer<T>> layers() {
    std::vector<attributes::prunable_layer<T>> result;
    for (auto& n : nodes_) {
      if (n.layer && n.layer->known().prunable) {
        attributes::prunable_layer<T> shown{n.layer->attributes(), n.layer->kernel(), n.layer->bias()};
        shown.attributes.optimizable = n.layer->known().masked;
        for (const std::size_t i : reaching(n)) {
          shown.attributes.inbound.push_back(nodes_[i].name);
        }
        result.push_back(std::move(shown));
      }
    }
    return result;
  }

  /// @return what it is made of as far as units are concerned, in the order in which it was added.
  [[nodiscard]] std::vector<unit_node<T>> unit_nodes() const {
    std::vector<unit_node<T>> result;
    for (const auto& n : nodes_) {
      unit_node<T> node;
      if (n.layer) {
        node = n.layer->known_units(n.shape.back());
      } else if (n.kind == detail::node_kind::sum || n.kind == detail::node_kind::beside) {
        node.role = n.kind == detail::node_kind::sum ? unit_role::sum : unit_role::beside;
      } else if (n.kind == detail::node_kind::combined) {
        node.role = unit_role::layer;
      }
      node.inputs = n.inputs;
      node.units = n.shape.back();
      result.push_back(std::move(node));
    }
    for (const std::size_t output : nodes_.outputs()) {
      result[output].output = true;
    }
    return result;
  }

  /// See sequential::with_units.
  [[nodiscard]] graph with_units(std::span<const std::size_t> units) const {
    graph result(*this);
    result.nodes_.remake(units, result.generator_);
    return result;
  }

  /// @return views of all numbers that training changes: kernel and bias of each layer that has them, in order, and
  ///         what a batch normalization remembers.
  [[nodiscard]] std::vector<std::span<T>> parameters() {
    std::vector<std::span<T>> result;
    for_each_trained([&](auto& n) {
      result.push_back(n.layer->kernel());
      result.push_back(n.layer->bias());
      if (n.layer->batch() != nullptr) {
        result.push_back(n.layer->batch()->moving());
      }
    });
    return result;
  }
  /// @return for each entry of parameters(): the name of its layer.
  [[nodiscard]] std::vector<std::string> parameter_layers() {
    std::vector<std::string> result;
    for_each_trained([&](auto& n) { result.insert(result.end(), n.layer->batch() != nullptr ? 3 : 2, n.name); });
    return result;
  }
  /// @return for each entry of parameters(): whether an optimizer moves it.
  [[nodiscard]] std::vector<bool> trained() {
    std::vector<bool> result;
    for_each_trained([&](auto& n) {
      result.insert(result.end(), 2, true);
      result.insert(result.end(), n.layer->batch() != nullptr ? 1 : 0, false);
    });
    return result;
  }

  /// Holds weights at 0 or at a shared mean from now on, see sequential::set_masks.
  void set_masks(std::span<const mask::weight_mask<T>> masks) {
    detail::expect_masks<T>(layers(), masks, "nn::graph::set_masks");
    std::size_t next = 0;
    for (auto& n : nodes_) {
      if (n.layer && n.layer->known().prunable) {
        n.layer->set_mask(masks.empty() ? nullptr : &masks[next]);
        ++next;
      }
    }
  }
  /// Sets all weights that are not kept back to their offsets.
  void hold() {
    for_each_trained([](auto& n) { n.layer->hold(); });
  }

  /// See sequential::share.
  void share(std::span<T> gradients) {
    for_each_trained([&](auto& n) { n.layer->share(gradients.subspan(n.numbers, n.layer->kernel().size())); });
  }

  /// See sequential::piecewise_linear.
  template <kernels::score_kind Scores>
  [[nodiscard]] bool piecewise_linear() const noexcept {
    return passes_type(nodes_, Scores).piecewise_linear();
  }

  /// @param blocks  of 16 samples that a pass takes at most.   @param kind  whether passes go back too.
  /// @return memory for passes.
  [[nodiscard]] workspace<T> make_workspace(std::size_t blocks, workspace_kind kind = workspace_kind::training) const {
    return passes_type(nodes_).make_workspace(blocks, kind);
  }

  /// Runs samples through the network.
  /// @param w       whose value(0) holds the samples, [block][feature][lane].
  /// @param blocks  how many.
  /// @return the outputs, [block][feature][lane].
  const T* forward(workspace<T>& w, std::size_t blocks) const {
    return scores<kernels::score_kind::outputs>(w, blocks);
  }

  /// The same but for activations at the ends that belong to the loss.
  template <kernels::score_kind Scores = kernels::score_kind::before_softmax>
  const T* scores(workspace<T>& w, std::size_t blocks) const {
    const passes_type passes(nodes_, Scores);
    passes.run({w, blocks});
    return w.value(passes.score_place());
  }
  /// @return where the gradient of the scores goes.
  template <kernels::score_kind Scores = kernels::score_kind::before_softmax>
  [[nodiscard]] T* score_gradient(workspace<T>& w) const noexcept {
    return w.delta(passes_type(nodes_, Scores).score_place());
  }
  /// Goes back after `scores`, see sequential::backward.
  template <kernels::gradient_kind Kind, kernels::score_kind Scores = kernels::score_kind::before_softmax>
  void backward(workspace<T>& w, std::size_t blocks, std::span<T> gradients) const {
    passes_type(nodes_, Scores).back({w, blocks}, {Kind, gradients.data()});
  }

  /// See sequential::batch_layers, and so for what follows.
  [[nodiscard]] std::size_t batch_layers() const noexcept { return nodes_.batch_layers().size(); }
  template <kernels::score_kind Scores>
  const T* run_part(std::size_t part, workspace<T>& w, std::size_t blocks) const {
    const passes_type passes(nodes_, Scores);
    passes.run_part({w, blocks}, part);
    return w.value(passes.score_place());
  }
  template <kernels::gradient_kind Kind, kernels::score_kind Scores>
  void back_through_part(std::size_t part, workspace<T>& w, std::size_t blocks, std::span<T> gradients) const {
    passes_type(nodes_, Scores).back_through_part({w, blocks}, part, {Kind, gradients.data()});
  }
  void combine(std::size_t part, std::span<const double* const> of_slots, std::span<double> batch) const {
    const auto& n = nodes_[nodes_.batch_layers()[part]];
    n.layer->batch()->combine({of_slots, n.sums}, batch.data() + n.sums);
  }
  void combine_slopes(std::size_t part, std::span<const double* const> of_slots, std::span<double> batch) const {
    const auto& n = nodes_[nodes_.batch_layers()[part]];
    n.layer->batch()->combine_slopes({of_slots, n.sums}, batch.data() + n.sums);
  }
  void remember(std::span<const double> batch) {
    for (const std::size_t index : nodes_.batch_layers()) {
      nodes_[index].layer->batch()->remember(batch.data() + nodes_[index].sums);
    }
  }

  /// Takes each batch normalization behind a layer with a kernel, whose output nothing else takes, into that layer, see
  /// sequential::fold_batch_normalizations.
  void fold_batch_normalizations() {
    for (const std::size_t index : nodes_.batch_layers()) {
      auto& before = nodes_[nodes_[index].inputs[0]];
      if (before.layer && before.layer->known().prunable && before.users == 1) {
        if (before.layer->shares()) {
          detail::refuse_folding("nn::graph", before.name);
        }
        nodes_[index].layer->batch()->fold_into(before.layer->kernel(), before.layer->bias());
      }
    }
  }

  /// @param samples  row-major, one after the other.   @return one row of outputs per sample.
  /// @throws shape_error if the numbers do not make whole samples.   Complexity: see sequential::predict.
  [[nodiscard]] tensor<T, 2> predict(std::span<const T> samples) const {
    return detail::predictions_of(*this, samples, "nn::graph::predict");
  }

 private:
  template <class Layer>
  struct of_layer {
    using type = detail::graph_layer_of<Layer>;
  };
  template <class Layer>
  struct of_batch {
    using type = detail::graph_batch_layer_of<Layer>;
  };

  [[nodiscard]] static std::vector<std::size_t> indices(const std::vector<point>& points) {
    std::vector<std::size_t> result;
    for (const point p : points) {
      result.push_back(p.index);
    }
    return result;
  }
  point join(detail::node_kind kind, const std::vector<point>& from, std::string name) {
    nodes_.expect_new(name);
    auto inputs = indices(from);
    const extents shape = nodes_.joined_shape(name, inputs, kind);
    return {nodes_.append({std::move(name), shape, kind, std::move(inputs)})};
  }

  template <class Action>
  void for_each_trained(const Action& action) {
    for (auto& n : nodes_) {
      if (n.layer && n.layer->known().trained) {
        action(n);
      }
    }
  }

  /// @return the layers with kernels whose outputs reach a node without another kernel between, in order.
  [[nodiscard]] std::vector<std::size_t> reaching(const detail::graph_node<T>& n) const {
    std::vector<bool> seen(nodes_.size());
    std::vector<std::size_t> open = n.inputs;
    std::vector<std::size_t> found;
    while (!open.empty()) {
      const std::size_t i = open.back();
      open.pop_back();
      if (seen[i]) {
        continue;
      }
      seen[i] = true;
      if (nodes_[i].layer && nodes_[i].layer->known().prunable) {
        found.push_back(i);
      } else {
        open.insert(open.end(), nodes_[i].inputs.begin(), nodes_[i].inputs.end());
      }
    }
    std::sort(found.begin(), found.end());
    return found;
  }

  random_generator generator_;
  nodes_type nodes_;
};

}  // namespace espalier::inline v0::nn

#endif
