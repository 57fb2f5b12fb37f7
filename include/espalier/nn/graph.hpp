// SPDX-License-Identifier: Apache-2.0
// A network of layers that may branch and join, put together at run time.
#ifndef ESPALIER_NN_GRAPH_HPP
#define ESPALIER_NN_GRAPH_HPP

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <espalier/attributes/prunable_layer.hpp>
#include <espalier/base/errors.hpp>
#include <espalier/base/extents.hpp>
#include <espalier/base/random_generator.hpp>
#include <espalier/kernels/add.hpp>
#include <espalier/kernels/concatenate.hpp>
#include <espalier/kernels/gradient_kind.hpp>
#include <espalier/kernels/lanes.hpp>
#include <espalier/kernels/score_kind.hpp>
#include <espalier/mask/weight_mask.hpp>
#include <espalier/nn/detail/graph_layer.hpp>
#include <espalier/nn/detail/network_checks.hpp>
#include <espalier/nn/layer.hpp>
#include <espalier/nn/workspace.hpp>
#include <espalier/tensor/tensor.hpp>

namespace espalier::inline v0::nn {

/// A directed acyclic graph of layers with one input; what is added last is the output.
///
/// It is a prunable model and trains as `sequential` does, with the same kinds of layers but those that look at whole
/// mini-batches. `sequential` is faster where it is enough: it runs neighbours together.
/// @tparam T  float or double.
template <class T = float>
class graph {
 public:
  using value_type = T;
  static constexpr std::size_t batch_layers = 0;

  /// A place in the network: its input, or the output of what was added.
  struct point {
    std::size_t index = 0;
  };

  /// @param input  shape of one sample.
  /// @param seed   of the initial weights.
  /// @throws shape_error if a sample has no numbers.
  graph(const extents& input, std::uint64_t seed) : generator_(seed) {
    if (input.size() == 0) {
      throw shape_error(error_message("nn::graph", "input of shape " + to_string(input), "a shape without 0"));
    }
    append({"input", input, {}, nullptr, false});
  }
  graph(const graph& other) : generator_(other.generator_), places_(other.places_), plans_(other.plans_) {
    for (const node& n : other.nodes_) {
      nodes_.push_back({n.name, n.shape, n.inputs, n.layer ? n.layer->copy() : nullptr, n.beside});
      nodes_.back().trained_below = n.trained_below;
    }
  }
  graph(graph&&) noexcept = default;
  graph& operator=(graph other) noexcept {
    generator_ = other.generator_;
    places_ = std::move(other.places_);
    plans_ = std::move(other.plans_);
    nodes_ = std::move(other.nodes_);
    return *this;
  }
  ~graph() = default;

  /// @return the input of the network.
  [[nodiscard]] static point input() noexcept { return {0}; }

  /// Puts a layer behind a point and draws its weights.
  /// @param layer  any but those that look at whole mini-batches. Without a name it is called by kind and place.
  /// @param from   a point of this graph.
  /// @return its output.
  /// @throws shape_error if it does not fit; argument_error if the point is none, or the name was given before.
  template <layer Layer>
  requires(!batch_layer<Layer>) point add(Layer layer, point from) {
    static_assert(std::is_same_v<typename Layer::value_type, T>, "all layers need one number type");
    expect_points({&from, 1});
    std::string name = name_of(Layer::default_name);
    if constexpr (trained_layer<Layer>) {
      name = layer.name().empty() ? name : layer.name();
    }
    expect_new(name);
    auto own = std::make_unique<detail::graph_layer_of<Layer>>(std::move(layer));
    const extents shape = own->build(name, nodes_[from.index].shape, generator_);
    return append({name, shape, {from.index}, std::move(own), false});
  }

  /// Adds outputs up, number by number.
  /// @param from  points of equal shapes, two or more.
  /// @return the sums.
  /// @throws shape_error if shapes differ; argument_error if there are fewer, or a point is none.
  point add_up(const std::vector<point>& from) {
    expect_several(from);
    for (const point p : from) {
      if (nodes_[p.index].shape != nodes_[from[0].index].shape) {
        refuse_shapes(from[0], p, "shapes that are equal");
      }
    }
    return append({name_of("add"), nodes_[from[0].index].shape, indices(from), nullptr, false});
  }

  /// Puts channels beside each other: along the last axis.
  /// @param from  points whose shapes differ in the last axis only, two or more.
  /// @return all channels, in the order of the points.
  /// @throws shape_error if shapes differ elsewhere; argument_error if there are fewer, or a point is none.
  point concatenate(const std::vector<point>& from) {
    expect_several(from);
    const extents& first = nodes_[from[0].index].shape;
    std::vector<std::size_t> sizes;
    for (std::size_t axis = 0; axis < first.rank(); ++axis) {
      sizes.push_back(first[axis]);
    }
    sizes.back() = 0;
    for (const point p : from) {
      const extents& shape = nodes_[p.index].shape;
      bool fits = shape.rank() == first.rank();
      for (std::size_t axis = 0; fits && axis + 1 < first.rank(); ++axis) {
        fits = shape[axis] == first[axis];
      }
      if (!fits) {
        refuse_shapes(from[0], p, "shapes that differ in the last axis only");
      }
      sizes.back() += shape.back();
    }
    return append({name_of("concatenate"), extents(std::span<const std::size_t>(sizes)), indices(from), nullptr, true});
  }

  [[nodiscard]] const extents& input_shape() const noexcept { return nodes_.front().shape; }
  [[nodiscard]] const extents& output_shape() const noexcept { return nodes_.back().shape; }

  /// @return the layers with kernels, in the order in which they were added, each with those whose outputs reach it
  ///         without another kernel between; kernels and biases are views of the network's own.
  [[nodiscard]] std::vector<attributes::prunable_layer<T>> layers() {
    std::vector<attributes::prunable_layer<T>> result;
    for (node& n : nodes_) {
      if (n.layer && n.layer->known().prunable) {
        attributes::prunable_layer<T> shown{n.layer->attributes(), n.layer->kernel(), n.layer->bias()};
        shown.attributes.optimizable = n.layer->known().masked;
        std::vector<std::size_t> reaching;
        for (const std::size_t i : n.inputs) {
          add_reaching(i, reaching);
        }
        std::sort(reaching.begin(), reaching.end());
        reaching.erase(std::unique(reaching.begin(), reaching.end()), reaching.end());
        for (const std::size_t i : reaching) {
          shown.attributes.inbound.push_back(nodes_[i].name);
        }
        result.push_back(std::move(shown));
      }
    }
    return result;
  }

  /// @return views of all trained numbers: kernel and bias of each layer that has them, in order.
  [[nodiscard]] std::vector<std::span<T>> parameters() {
    std::vector<std::span<T>> result;
    for (node& n : nodes_) {
      if (n.layer && n.layer->known().trained) {
        result.push_back(n.layer->kernel());
        result.push_back(n.layer->bias());
      }
    }
    return result;
  }
  /// @return for each entry of parameters(): the name of its layer.
  [[nodiscard]] std::vector<std::string> parameter_layers() const {
    std::vector<std::string> result;
    for (const node& n : nodes_) {
      if (n.layer && n.layer->known().trained) {
        result.insert(result.end(), 2, n.name);
      }
    }
    return result;
  }
  /// @return for each entry of parameters(): that an optimizer moves it.
  [[nodiscard]] std::vector<bool> trained() const { return std::vector<bool>(parameter_layers().size(), true); }
  void remember(std::span<const double> /*batch*/) const noexcept {}

  /// Holds weights at 0 or at a shared mean from now on, see sequential::set_masks.
  void set_masks(std::span<const mask::weight_mask<T>> masks) {
    detail::expect_masks<T>(layers(), masks, "nn::graph::set_masks");
    std::size_t next = 0;
    for (node& n : nodes_) {
      if (n.layer && n.layer->known().prunable) {
        n.layer->set_mask(masks.empty() ? nullptr : &masks[next]);
        ++next;
      }
    }
  }
  /// Sets all weights that are not kept back to their offsets.
  void hold() {
    for (node& n : nodes_) {
      if (n.layer) {
        n.layer->hold();
      }
    }
  }

  /// @param blocks  of 16 samples that a pass takes at most.   @return memory for passes.
  [[nodiscard]] workspace<T> make_workspace(std::size_t blocks) const {
    std::vector<extents> shapes;
    typename workspace<T>::size size;
    size.blocks = blocks;
    std::size_t most = 0;
    for (const node& n : nodes_) {
      shapes.push_back(n.shape);
      most = (std::max)(most, n.shape.size());
      if (n.layer) {
        size.scratch = (std::max)(size.scratch, n.layer->scratch());
        size.kept += n.layer->kept();
      }
    }
    shapes.push_back({most});  // for gradients that are added to others
    return workspace<T>(std::span<const extents>(shapes), size);
  }

  /// Runs samples through the network.
  /// @param w       whose value(0) holds the samples, [block][feature][lane].
  /// @return the outputs, [block][feature][lane].
  const T* forward(workspace<T>& w, std::size_t blocks) const { return run(w, blocks, nodes_.size()); }

  /// The same but for an activation at the end that belongs to the loss.
  template <kernels::score_kind Scores = kernels::score_kind::before_softmax>
  const T* scores(workspace<T>& w, std::size_t blocks) const {
    run(w, blocks, takes_last(Scores) ? nodes_.size() - 1 : nodes_.size());
    return w.value(score_node(Scores));
  }
  /// @return where the gradient of the scores goes.
  template <kernels::score_kind Scores = kernels::score_kind::before_softmax>
  [[nodiscard]] T* score_gradient(workspace<T>& w) const noexcept {
    return w.delta(score_node(Scores));
  }
  /// Goes back after `scores`, see sequential::backward.
  template <kernels::gradient_kind Kind, kernels::score_kind Scores = kernels::score_kind::before_softmax>
  void backward(workspace<T>& w, std::size_t blocks, std::span<T> gradients) const {
    go_back(Kind, w, blocks, {score_node(Scores), takes_last(Scores) ? 1U : 0U, gradients.data()});
  }

  /// @param samples  row-major, one after the other.   @return one row of outputs per sample.
  /// @throws shape_error if the numbers do not make whole samples.
  [[nodiscard]] tensor<T, 2> predict(std::span<const T> samples) const {
    return detail::predictions_of(*this, samples, "nn::graph::predict");
  }

 private:
  struct node {
    std::string name;
    extents shape;
    std::vector<std::size_t> inputs;
    std::unique_ptr<detail::graph_layer<T>> layer;  // null: the input, or several are joined
    bool beside = false;                            // whether they are concatenated, not added up
    bool trained_below = false;                     // or the layer itself is trained
  };
  /// Where a way back begins.
  struct beginning {
    std::size_t node;
    std::size_t plan;
    T* gradients;
  };

  point append(node n) {
    n.trained_below = n.layer && n.layer->known().trained;
    for (const std::size_t i : n.inputs) {
      n.trained_below = n.trained_below || nodes_[i].trained_below;
    }
    nodes_.push_back(std::move(n));
    // How many nodes go back to each: from the output, and without the last node, if the loss takes that along.
    for (std::size_t plan = 0; plan < 2; ++plan) {
      plans_[plan].assign(nodes_.size(), 0);
      const bool whole = plan == 0 || nodes_.back().inputs.empty();
      const std::size_t last = whole ? nodes_.size() - 1 : nodes_.back().inputs[0];
      for (std::size_t i = 0; i <= last; ++i) {
        for (const std::size_t from : nodes_[i].inputs) {
          ++plans_[plan][from];
        }
      }
    }
    return {nodes_.size() - 1};
  }

  [[nodiscard]] bool takes_last(kernels::score_kind scores) const noexcept {
    const auto& last = nodes_.back().layer;
    return last && scores != kernels::score_kind::outputs && last->known().scores == scores;
  }
  [[nodiscard]] std::size_t score_node(kernels::score_kind scores) const noexcept {
    return takes_last(scores) ? nodes_.back().inputs[0] : nodes_.size() - 1;
  }

  [[nodiscard]] pass<T> pass_of(workspace<T>& w, std::size_t index, std::size_t blocks) const {
    const auto& purpose = w.used_for();
    pass<T> p;
    p.x = w.value(nodes_[index].inputs[0]);
    p.y = w.value(index);
    p.dy = w.delta(index);
    p.blocks = blocks;
    p.scratch = w.scratch();
    p.samples = purpose.samples == 0 ? blocks * kernels::lanes : purpose.samples;
    p.noise = purpose.noise;
    p.kept = w.kept();
    for (std::size_t i = 0; i < index; ++i) {
      p.kept += nodes_[i].layer ? nodes_[i].layer->kept() : 0;
    }
    if (nodes_[index].layer->known().in_place) {
      p.x = p.y;
    }
    return p;
  }
  /// A part of the channels of a node that are put beside each other.
  [[nodiscard]] kernels::channels_part part_of(const node& n, std::size_t input, std::size_t blocks) const {
    std::size_t begin = 0;
    for (std::size_t i = 0; i < input; ++i) {
      begin += nodes_[n.inputs[i]].shape.back();
    }
    return {blocks * n.shape.size() / n.shape.back(), nodes_[n.inputs[input]].shape.back(), begin, n.shape.back()};
  }

  const T* run(workspace<T>& w, std::size_t blocks, std::size_t end) const {
    for (std::size_t i = 1; i < end; ++i) {
      const node& n = nodes_[i];
      const std::size_t count = w.count(i, blocks);
      if (n.layer && n.layer->known().in_place) {
        std::copy_n(w.value(n.inputs[0]), count, w.value(i));
      }
      if (n.layer) {
        n.layer->forward(pass_of(w, i, blocks));
        continue;
      }
      for (std::size_t input = 0; input < n.inputs.size(); ++input) {
        const T* from = w.value(n.inputs[input]);
        if (n.beside) {
          kernels::put_channels(part_of(n, input, blocks), from, w.value(i));
        } else if (input == 0) {
          std::copy_n(from, count, w.value(i));
        } else {
          kernels::add<T>({from, count}, {w.value(i), count});
        }
      }
    }
    return w.value(end - 1);
  }

  void go_back(kernels::gradient_kind kind, workspace<T>& w, std::size_t blocks, const beginning& b) const {
    std::size_t numbers = 0;
    for (std::size_t i = 0; i <= b.node; ++i) {
      numbers += nodes_[i].layer ? nodes_[i].layer->numbers() : 0;
      // Where several gradients meet, or none comes.
      if (i != b.node && plans_[b.plan][i] != 1) {
        std::fill_n(w.delta(i), w.count(i, blocks), T{0});
      }
    }
    for (std::size_t i = b.node; i > 0; --i) {
      const node& n = nodes_[i];
      if (n.layer && n.layer->known().trained) {
        numbers -= n.layer->numbers();
        n.layer->backward_parameters(kind, pass_of(w, i, blocks), b.gradients + numbers);
      }
      for (std::size_t input = 0; input < n.inputs.size(); ++input) {
        if (nodes_[n.inputs[input]].trained_below) {
          go_back_to(w, blocks, i, input, b.plan);
        }
      }
    }
  }

  /// The gradient of one input of a node, added to what is there if others come too.
  void go_back_to(workspace<T>& w, std::size_t blocks, std::size_t index, std::size_t input, std::size_t plan) const {
    const node& n = nodes_[index];
    const std::size_t to = n.inputs[input];
    const std::size_t count = w.count(to, blocks);
    const bool alone = plans_[plan][to] == 1;
    T* dx = alone ? w.delta(to) : w.delta(nodes_.size());
    if (n.layer) {
      pass<T> p = pass_of(w, index, blocks);
      p.dx = dx;
      if (n.layer->known().in_place) {
        std::copy_n(p.dy, count, dx);
        p.dy = dx;
      }
      n.layer->backward(p);
    } else if (n.beside) {
      kernels::take_channels<T>(part_of(n, input, blocks), w.delta(index), dx);
    } else {
      std::copy_n(w.delta(index), count, dx);
    }
    if (!alone) {
      kernels::add<T>({dx, count}, {w.delta(to), count});
    }
  }

  void add_reaching(std::size_t index, std::vector<std::size_t>& to) const {
    if (nodes_[index].layer && nodes_[index].layer->known().prunable) {
      to.push_back(index);
      return;
    }
    for (const std::size_t i : nodes_[index].inputs) {
      add_reaching(i, to);
    }
  }

  [[nodiscard]] std::string name_of(const std::string& kind) { return kind + "_" + std::to_string(++places_[kind]); }
  void expect_new(const std::string& name) const {
    for (const node& n : nodes_) {
      if (n.name == name) {
        throw argument_error(error_message("nn::graph", "two layers named '" + name + "'", "names that differ"));
      }
    }
  }
  void expect_points(std::span<const point> points) const {
    for (const point p : points) {
      if (p.index >= nodes_.size()) {
        throw argument_error(error_message("nn::graph", "point " + std::to_string(p.index),
                                           "one of the " + std::to_string(nodes_.size()) + " of this graph"));
      }
    }
  }
  void expect_several(const std::vector<point>& from) const {
    if (from.size() < 2) {
      throw argument_error(error_message("nn::graph", std::to_string(from.size()) + " points to join", "two or more"));
    }
    expect_points(from);
  }
  [[noreturn]] void refuse_shapes(point a, point b, const std::string& expected) const {
    throw shape_error(error_message("nn::graph",
                                    "outputs of shapes " + to_string(nodes_[a.index].shape) + " of '" +
                                        nodes_[a.index].name + "' and " + to_string(nodes_[b.index].shape) + " of '" +
                                        nodes_[b.index].name + "' to join",
                                    expected));
  }
  [[nodiscard]] static std::vector<std::size_t> indices(const std::vector<point>& points) {
    std::vector<std::size_t> result;
    for (const point p : points) {
      result.push_back(p.index);
    }
    return result;
  }

  random_generator generator_;
  std::map<std::string, std::size_t> places_;
  std::array<std::vector<std::size_t>, 2> plans_;
  std::vector<node> nodes_;
};

}  // namespace espalier::inline v0::nn

#endif
