// SPDX-License-Identifier: Apache-2.0
// Passes through a graph of layers, forward and back.
#ifndef ESPALIER_NN_DETAIL_GRAPH_PASSES_HPP
#define ESPALIER_NN_DETAIL_GRAPH_PASSES_HPP

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include <espalier/base/extents.hpp>
#include <espalier/kernels/add.hpp>
#include <espalier/kernels/combine.hpp>
#include <espalier/kernels/concatenate.hpp>
#include <espalier/kernels/gradient_kind.hpp>
#include <espalier/kernels/lanes.hpp>
#include <espalier/kernels/score_kind.hpp>
#include <espalier/nn/detail/graph_nodes.hpp>
#include <espalier/nn/layer.hpp>
#include <espalier/nn/workspace.hpp>

namespace espalier::inline v0::nn::detail {

/// A view of the nodes of a graph that runs them. A workspace has a place for each node, one for gradients that are
/// added to others, and one for all outputs in a row.
template <class T>
class graph_passes {
 public:
  /// @param scores  activations of this kind at the ends belong to the loss and are not run.
  explicit graph_passes(const graph_nodes<T>& nodes, kernels::score_kind scores = kernels::score_kind::outputs) noexcept
      : nodes_(nodes), scores_(scores) {}

  /// Where a pass is: whose memory it has, and for how many blocks.
  struct place {
    workspace<T>& memory;
    std::size_t blocks;
  };
  /// Where gradients of parameters are added.
  struct target {
    kernels::gradient_kind kind;
    T* gradients;
  };

  [[nodiscard]] workspace<T> make_workspace(std::size_t blocks, workspace_kind kind) const {
    typename workspace<T>::size size;
    size.blocks = blocks;
    size.kind = kind;
    size.kept = nodes_.all_kept();
    size.sums = nodes_.all_sums();
    std::size_t most = 0;
    for (const graph_node<T>& n : nodes_) {
      most = (std::max)(most, n.shape.size());
      size.scratch = (std::max)(size.scratch, n.layer ? n.layer->scratch(kind) : 0);
    }
    auto places = node_places(kind);
    places.push_back({kind == workspace_kind::training ? most : 0, 0, 0, places.size()});
    const std::size_t row = nodes_.outputs().size() == 1 ? 0 : nodes_.output_shape().size();
    places.push_back({row, nodes_.size(), nodes_.size(), places.size()});
    return workspace<T>(places, size);
  }

  /// @return where the scores are, and their gradients.
  [[nodiscard]] std::size_t score_place() const noexcept {
    return nodes_.outputs().size() == 1 ? source_of(0) : nodes_.size() + 1;
  }

  /// See sequential::piecewise_linear.
  [[nodiscard]] bool piecewise_linear() const noexcept {
    bool result = true;
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      result = result && !(nodes_[i].layer && runs(i) && !nodes_[i].layer->known().piecewise_linear);
    }
    return result;
  }

  /// Runs all nodes, as in inference.
  void run(const place& p) const {
    run_nodes(p, 1, nodes_.size());
    join_outputs(p);
  }

  /// Runs one part of a training, see sequential::run_part.
  void run_part(const place& p, std::size_t part) const {
    if (part > 0) {
      const std::size_t index = nodes_.batch_layers()[part - 1];
      nodes_[index].layer->batch()->forward_batch(pass_of(p, index));
    }
    run_nodes(p, begin_of(part), end_of(part));
    if (part < nodes_.batch_layers().size()) {
      const std::size_t index = end_of(part);
      bring_in_place(p, index);
      nodes_[index].layer->batch()->collect(pass_of(p, index));
    } else {
      join_outputs(p);
    }
  }

  /// Goes back through all nodes, as in inference.
  void back(const place& p, const target& to) const {
    part_outputs(p);
    back_through(p, 1, nodes_.size(), to);
  }

  /// Goes back through one part of a training, see sequential::back_through_part.
  void back_through_part(const place& p, std::size_t part, const target& to) const {
    if (part == nodes_.batch_layers().size()) {
      part_outputs(p);
    } else {
      const std::size_t index = end_of(part);
      back_to_inputs(p, index, [&](const pass<T>& own) { nodes_[index].layer->batch()->backward_batch(own); });
    }
    back_through(p, begin_of(part), end_of(part), to);
    if (part > 0) {
      const std::size_t index = nodes_.batch_layers()[part - 1];
      nodes_[index].layer->batch()->collect_slopes(pass_of(p, index), to.gradients + nodes_[index].numbers);
    }
  }

 private:
  /// The places of the nodes. A node runs in the step of its leader; outputs are read in one behind the last.
  [[nodiscard]] std::vector<workspace_place> node_places(workspace_kind kind) const {
    std::vector<workspace_place> places;
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      const graph_node<T>& n = nodes_[i];
      const bool written = n.needed && (kind == workspace_kind::training || !is_inside(i));
      places.push_back({written || i == 0 ? n.shape.size() : 0, n.leader, n.leader, n.root});
      for (const std::size_t from : n.inputs) {
        places[from].read = (std::max)(places[from].read, n.leader);
      }
    }
    for (const std::size_t output : nodes_.outputs()) {
      places[output].read = nodes_.size();
      if (nodes_[output].layer) {  // the loss may take it along and read its input
        places[nodes_[output].inputs[0]].read = nodes_.size();
      }
    }
    return places;
  }

  /// Whether a node is a layer that takes along a pooling, or the rectifier between them.
  [[nodiscard]] bool is_inside(std::size_t index) const noexcept {
    const std::size_t leader = nodes_[index].leader;
    return index != nodes_[leader].last && takes_pool(leader);
  }
  [[nodiscard]] bool takes_pool(std::size_t leader) const noexcept {
    const std::size_t last = nodes_[leader].last;
    return last != leader && !nodes_[last].layer->known().is_relu;
  }

  /// Nodes of a part, behind the batch layer that begins it and before the one that ends it.
  [[nodiscard]] std::size_t begin_of(std::size_t part) const noexcept {
    return part == 0 ? 1 : nodes_.batch_layers()[part - 1] + 1;
  }
  [[nodiscard]] std::size_t end_of(std::size_t part) const noexcept {
    return part == nodes_.batch_layers().size() ? nodes_.size() : nodes_.batch_layers()[part];
  }

  /// Whether the loss takes a node along: an activation at an output that nothing else looks at.
  [[nodiscard]] bool goes_to_loss(std::size_t output) const noexcept {
    const graph_node<T>& n = nodes_[nodes_.outputs()[output]];
    const auto kind = kernels::kind_of_output(scores_, output, nodes_.outputs().size());
    return n.layer && n.users == 1 && kind != kernels::score_kind::outputs && n.layer->known().scores == kind;
  }
  [[nodiscard]] bool runs(std::size_t index) const noexcept {
    bool result = nodes_[index].needed;
    for (std::size_t output = 0; output < nodes_.outputs().size(); ++output) {
      result = result && !(nodes_.outputs()[output] == index && goes_to_loss(output));
    }
    return result;
  }
  /// The node whose numbers are those of an output.
  [[nodiscard]] std::size_t source_of(std::size_t output) const noexcept {
    const std::size_t node = nodes_.outputs()[output];
    return goes_to_loss(output) ? nodes_[node].inputs[0] : node;
  }

  [[nodiscard]] pass<T> pass_of(const place& at, std::size_t index) const {
    const graph_node<T>& n = nodes_[index];
    const auto& purpose = at.memory.used_for();
    pass<T> p;
    p.x = at.memory.value(n.layer->known().in_place ? index : n.inputs[0]);
    p.y = at.memory.value(n.last);
    p.dy = at.memory.delta(n.last);
    if (takes_pool(index)) {
      p.pool = nodes_[n.last].layer->pools_fours();
      p.between = at.memory.kind() == workspace_kind::training ? at.memory.value(index) : nullptr;
    }
    p.blocks = at.blocks;
    p.scratch = at.memory.scratch();
    p.samples = purpose.samples == 0 ? at.blocks * kernels::lanes : purpose.samples;
    p.noise = purpose.noise;
    p.kept = at.memory.kept() + n.kept;
    if (n.layer->batch() != nullptr && purpose.batch != nullptr) {
      p.slot_sums = at.memory.sums().data() + n.sums;
      p.batch_sums = purpose.batch + n.sums;
    }
    return p;
  }

  /// A part of the channels of a node that are put beside each other.
  [[nodiscard]] kernels::channels_part part_of(const graph_node<T>& n, std::size_t input, std::size_t blocks) const {
    std::size_t begin = 0;
    for (std::size_t i = 0; i < input; ++i) {
      begin += nodes_[n.inputs[i]].shape.back();
    }
    return {blocks * n.shape.size() / n.shape.back(), nodes_[n.inputs[input]].shape.back(), begin, n.shape.back()};
  }
  /// An output among all.
  [[nodiscard]] kernels::channels_part part_of_row(std::size_t output, std::size_t blocks) const {
    std::size_t begin = 0;
    for (std::size_t i = 0; i < output; ++i) {
      begin += nodes_[nodes_.outputs()[i]].shape.size();
    }
    return {blocks, nodes_[nodes_.outputs()[output]].shape.size(), begin, nodes_.output_shape().size()};
  }

  /// Whether a layer in place works on a copy of its input.
  [[nodiscard]] bool is_apart(std::size_t index) const noexcept {
    return nodes_[index].layer->known().in_place && nodes_[index].root == index;
  }
  void bring_in_place(const place& p, std::size_t index) const {
    const graph_node<T>& n = nodes_[index];
    if (is_apart(index)) {
      std::copy_n(p.memory.value(n.inputs[0]), p.memory.count(index, p.blocks), p.memory.value(index));
    }
  }

  void run_nodes(const place& p, std::size_t begin, std::size_t end) const {
    for (std::size_t i = begin; i < end; ++i) {
      const graph_node<T>& n = nodes_[i];
      if (n.leader != i || !runs(i)) {
        continue;
      }
      if (n.last != i) {
        n.layer->forward_relu(pass_of(p, i));
      } else if (n.kind == node_kind::layer) {
        bring_in_place(p, i);
        n.layer->forward(pass_of(p, i));
      } else if (n.kind == node_kind::part) {
        kernels::take_channels<T>({p.blocks, n.shape.size(), n.first, nodes_[0].shape.size()}, p.memory.value(0),
                                  p.memory.value(i));
      } else {
        join(p, i);
      }
    }
  }

  void join(const place& p, std::size_t index) const {
    const graph_node<T>& n = nodes_[index];
    T* y = p.memory.value(index);
    const std::size_t count = p.memory.count(index, p.blocks);
    bool begun = n.root != index;  // by the node whose memory it takes
    for (std::size_t input = 0; input < n.inputs.size(); ++input) {
      const T* from = p.memory.value(n.inputs[input]);
      if (n.kind == node_kind::beside) {
        kernels::put_channels(part_of(n, input, p.blocks), from, y);
      } else if (from == y) {
        continue;
      } else if (!begun) {
        std::copy_n(from, count, y);
        begun = true;
      } else if (n.kind == node_kind::combined) {
        kernels::combine<T>(n.combination, {from, count}, {y, count});
      } else {
        kernels::add<T>({from, count}, {y, count});
      }
    }
    if (n.kind == node_kind::combined && divisor_of(n) != T{1}) {
      std::transform(y, y + count, y, [divisor = divisor_of(n)](T sum) { return sum / divisor; });
    }
  }

  /// The gradient of one of the nodes that were combined.
  void take_from_combined(const place& p, std::size_t index, std::size_t input, T* dx) const {
    const graph_node<T>& n = nodes_[index];
    const std::size_t count = p.memory.count(index, p.blocks);
    const bool subtracted = n.combination == kernels::combination::difference && input > 0;
    const T factor = (subtracted ? T{-1} : T{1}) / divisor_of(n);
    std::transform(p.memory.delta(index), p.memory.delta(index) + count, dx, [=](T dy) { return dy * factor; });
    for (std::size_t other = 0; other < n.inputs.size(); ++other) {
      if (other != input) {
        kernels::slope_beside<T>(n.combination,
                                 {p.memory.value(n.inputs[input]), p.memory.value(n.inputs[other]), other < input},
                                 {dx, count});
      }
    }
  }
  /// What sums of a mean are divided by.
  [[nodiscard]] static T divisor_of(const graph_node<T>& n) noexcept {
    return n.combination == kernels::combination::mean ? static_cast<T>(n.inputs.size()) : T{1};
  }

  /// Puts several outputs into a row.
  void join_outputs(const place& p) const {
    for (std::size_t output = 0; nodes_.outputs().size() > 1 && output < nodes_.outputs().size(); ++output) {
      kernels::put_channels<T>(part_of_row(output, p.blocks), p.memory.value(source_of(output)),
                               p.memory.value(score_place()));
    }
  }

  /// Clears where several gradients will meet, and brings those of several outputs there.
  void part_outputs(const place& p) const {
    const std::size_t begin = score_place();
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      if (nodes_[i].needed && nodes_[i].users > 1 && i != begin) {
        std::fill_n(p.memory.delta(i), p.memory.count(i, p.blocks), T{0});
      }
    }
    for (std::size_t output = 0; nodes_.outputs().size() > 1 && output < nodes_.outputs().size(); ++output) {
      hand_over(p, source_of(output),
                [&](T* dx) { kernels::take_channels<T>(part_of_row(output, p.blocks), p.memory.delta(begin), dx); });
    }
  }

  /// Lets `write` write a gradient of a node, and adds it to what is there if others come too.
  template <class Write>
  void hand_over(const place& p, std::size_t to, const Write& write) const {
    const std::size_t count = p.memory.count(to, p.blocks);
    const bool alone = nodes_[to].users == 1;
    T* dx = alone ? p.memory.delta(to) : p.memory.delta(nodes_.size());
    write(dx);
    if (!alone) {
      kernels::add<T>({dx, count}, {p.memory.delta(to), count});
    }
  }

  void back_through(const place& p, std::size_t begin, std::size_t end, const target& to) const {
    for (std::size_t i = end; i-- > begin;) {
      const graph_node<T>& n = nodes_[i];
      const bool with_leader = n.leader != i && takes_pool(n.leader);
      if (with_leader || !runs(i) || !n.trained_below) {
        continue;
      }
      if (n.layer && n.layer->known().trained) {
        n.layer->backward_parameters(to.kind, pass_of(p, i), to.gradients + n.numbers);
      }
      if (n.layer) {
        back_to_inputs(p, i, [&](const pass<T>& own) { n.layer->backward(own); });
      } else {
        take_apart(p, i);
      }
    }
  }

  /// Lets `backward` write the gradient of a layer's input, if anybody needs it.
  template <class Backward>
  void back_to_inputs(const place& p, std::size_t index, const Backward& backward) const {
    const graph_node<T>& n = nodes_[index];
    if (!nodes_[n.inputs[0]].trained_below) {
      return;
    }
    hand_over(p, n.inputs[0], [&](T* dx) {
      pass<T> own = pass_of(p, index);
      own.dx = dx;
      if (is_apart(index)) {
        std::copy_n(own.dy, p.memory.count(index, p.blocks), dx);
        own.dy = dx;
      }
      backward(own);
    });
  }

  /// The gradients of nodes that were joined.
  void take_apart(const place& p, std::size_t index) const {
    const graph_node<T>& n = nodes_[index];
    for (std::size_t input = 0; input < n.inputs.size(); ++input) {
      const std::size_t to = n.inputs[input];
      if (!nodes_[to].trained_below || nodes_[to].root == n.root) {
        continue;
      }
      if (n.kind == node_kind::sum && nodes_[to].users > 1) {
        const std::size_t count = p.memory.count(index, p.blocks);
        kernels::add<T>({p.memory.delta(index), count}, {p.memory.delta(to), count});
        continue;
      }
      hand_over(p, to, [&](T* dx) {
        if (n.kind == node_kind::beside) {
          kernels::take_channels<T>(part_of(n, input, p.blocks), p.memory.delta(index), dx);
        } else if (n.kind == node_kind::combined) {
          take_from_combined(p, index, input, dx);
        } else {
          std::copy_n(p.memory.delta(index), p.memory.count(index, p.blocks), dx);
        }
      });
    }
  }

  const graph_nodes<T>& nodes_;
  kernels::score_kind scores_;
};

}  // namespace espalier::inline v0::nn::detail

#endif
