// SPDX-License-Identifier: Apache-2.0
// A layer whose kind is known at run time.
#ifndef ESPALIER_NN_DETAIL_GRAPH_LAYER_HPP
#define ESPALIER_NN_DETAIL_GRAPH_LAYER_HPP

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

#include <espalier/attributes/layer_attributes.hpp>
#include <espalier/base/extents.hpp>
#include <espalier/base/random_generator.hpp>
#include <espalier/kernels/gradient_kind.hpp>
#include <espalier/kernels/pool2d_shape.hpp>
#include <espalier/kernels/score_kind.hpp>
#include <espalier/mask/make_mask.hpp>
#include <espalier/mask/weight_mask.hpp>
#include <espalier/nn/detail/layer_kinds.hpp>
#include <espalier/nn/detail/together.hpp>
#include <espalier/nn/layer.hpp>
#include <espalier/nn/relu.hpp>
#include <espalier/nn/unit_node.hpp>
#include <espalier/nn/workspace.hpp>
#include <espalier/tensor/tensor.hpp>

namespace espalier::inline v0::nn::detail {

/// What a graph asks of a layer that in training looks at whole mini-batches, see batch_layer.
template <class T>
class graph_batch_layer {
 public:
  graph_batch_layer() = default;
  graph_batch_layer(const graph_batch_layer&) = default;
  graph_batch_layer& operator=(const graph_batch_layer&) = delete;
  virtual ~graph_batch_layer() = default;

  [[nodiscard]] virtual std::size_t sums() const = 0;
  virtual void collect(const pass<T>& p) const = 0;
  virtual void combine(const slot_sums& of_slots, double* batch) const = 0;
  virtual void forward_batch(const pass<T>& p) const = 0;
  /// Collects slopes and adds the gradients of the parameters.
  virtual void collect_slopes(const pass<T>& p, T* gradients) const = 0;
  virtual void combine_slopes(const slot_sums& of_slots, double* batch) const = 0;
  virtual void backward_batch(const pass<T>& p) const = 0;
  virtual void remember(const double* batch) = 0;
  [[nodiscard]] virtual std::span<T> moving() = 0;
  /// Takes the layer into one with this kernel and bias, if it can be.
  virtual void fold_into(std::span<T> kernel, std::span<T> bias) = 0;
};

/// What a graph asks of its layers.
template <class T>
class graph_layer {
 public:
  /// What does not change once it is built.
  struct facts {
    bool in_place = false;
    bool trained = false;
    bool prunable = false;
    bool masked = false;
    bool piecewise_linear = false;
    kernels::score_kind scores = kernels::score_kind::outputs;  ///< before it, if a loss takes it along
    bool moves_nothing = false;
    bool takes_relu = false;  ///< whether it can run with a relu behind it
    bool is_relu = false;
  };

  explicit graph_layer(const facts& f) noexcept : facts_(f) {}
  graph_layer(const graph_layer&) = default;
  graph_layer& operator=(const graph_layer&) = delete;
  virtual ~graph_layer() = default;

  [[nodiscard]] const facts& known() const noexcept { return facts_; }
  /// See layer.
  virtual extents build(const std::string& name, const extents& input, random_generator& generator) = 0;
  [[nodiscard]] virtual std::unique_ptr<graph_layer> copy() const = 0;
  /// @return one that has not been built, with so many units, see detail::remade.
  [[nodiscard]] virtual std::unique_ptr<graph_layer> remade(std::size_t units) const = 0;
  /// @return what it does with units, but for the nodes that feed it.
  [[nodiscard]] virtual unit_node<T> known_units(std::size_t units) const = 0;
  [[nodiscard]] virtual std::size_t scratch(workspace_kind kind) const = 0;
  [[nodiscard]] virtual std::size_t kept() const = 0;
  virtual void forward(const pass<T>& p) const = 0;
  /// The same with the relu behind it, and the pooling of the pass behind that.
  virtual void forward_relu(const pass<T>& p) const = 0;
  /// @return whether it can run with a relu and a pooling of 2 x 2 behind it.
  [[nodiscard]] virtual bool takes_pool() const = 0;
  /// @return how it pools 2 x 2, if that is what it does.
  [[nodiscard]] virtual kernels::pool_kind pools_fours() const = 0;
  virtual void backward(const pass<T>& p) const = 0;
  /// Adds to gradients: those of the kernel, then those of the bias.
  virtual void backward_parameters(kernels::gradient_kind kind, const pass<T>& p, T* gradients) const = 0;
  [[nodiscard]] virtual std::span<T> kernel() = 0;
  [[nodiscard]] virtual std::span<T> bias() = 0;
  [[nodiscard]] virtual std::size_t numbers() const = 0;
  [[nodiscard]] virtual attributes::layer_attributes attributes() const = 0;
  virtual void set_mask(const mask::weight_mask<T>* m) = 0;
  virtual void hold() = 0;
  /// Lets weights that are trained as one have one gradient.
  virtual void share(std::span<T> kernel_gradient) const = 0;
  /// @return whether weights are held at other numbers than 0.
  [[nodiscard]] virtual bool shares() const = 0;
  /// @return what looks at whole mini-batches, if it does.
  [[nodiscard]] virtual graph_batch_layer<T>* batch() noexcept { return nullptr; }
  [[nodiscard]] virtual const graph_batch_layer<T>* batch() const noexcept { return nullptr; }

 private:
  facts facts_;
};

/// One of a kind.
template <layer Layer>
class graph_layer_of : public graph_layer<typename Layer::value_type> {
 public:
  using value_type = typename Layer::value_type;

  explicit graph_layer_of(Layer l)
      : graph_layer<value_type>({Layer::in_place, trained_layer<Layer>, weighted_layer<Layer>, is_masked<Layer>::value,
                                 is_piecewise_linear<Layer>(), scores_before<Layer>, detail::moves_nothing<Layer>,
                                 detail::takes_relu<Layer>, std::is_same_v<Layer, relu<value_type>>}),
        layer_(std::move(l)) {}

  extents build(const std::string& name, const extents& input, random_generator& generator) override {
    return layer_.build(name, input, generator);
  }

  [[nodiscard]] std::unique_ptr<graph_layer<value_type>> copy() const override {
    return std::make_unique<graph_layer_of>(*this);
  }
  [[nodiscard]] std::unique_ptr<graph_layer<value_type>> remade(std::size_t units) const override {
    return std::make_unique<graph_layer_of>(detail::remade(layer_, units));
  }
  [[nodiscard]] unit_node<value_type> known_units(std::size_t units) const override {
    return unit_node_of(layer_, {}, units);
  }
  [[nodiscard]] std::size_t scratch(workspace_kind kind) const override { return count_scratch(layer_, kind); }
  [[nodiscard]] std::size_t kept() const override { return count_kept(layer_); }
  void forward(const pass<value_type>& p) const override { layer_.forward(p); }
  void forward_relu([[maybe_unused]] const pass<value_type>& p) const override {
    if constexpr (detail::takes_relu<Layer>) {
      layer_.forward_relu(p);
    }
  }
  [[nodiscard]] bool takes_pool() const override {
    if constexpr (detail::takes_relu_and_pool<Layer>) {
      return layer_.takes_pool();
    } else {
      return false;
    }
  }
  [[nodiscard]] kernels::pool_kind pools_fours() const override {
    if constexpr (detail::pools_fours<Layer>) {
      return layer_.takes_fours() ? Layer::kind : kernels::pool_kind::none;
    } else {
      return kernels::pool_kind::none;
    }
  }
  void backward(const pass<value_type>& p) const override { layer_.backward(p); }
  void backward_parameters([[maybe_unused]] kernels::gradient_kind kind, [[maybe_unused]] const pass<value_type>& p,
                           [[maybe_unused]] value_type* gradients) const override {
    if constexpr (trained_layer<Layer>) {
      value_type* d_bias = gradients + layer_.kernel().size();
      if (kind == kernels::gradient_kind::plain) {
        layer_.template backward_parameters<kernels::gradient_kind::plain>(p, gradients, d_bias);
      } else {
        layer_.template backward_parameters<kernels::gradient_kind::squared>(p, gradients, d_bias);
      }
    }
  }
  [[nodiscard]] std::span<value_type> kernel() override {
    if constexpr (trained_layer<Layer>) {
      return elements(layer_.kernel());
    } else {
      return {};
    }
  }
  [[nodiscard]] std::span<value_type> bias() override {
    if constexpr (trained_layer<Layer>) {
      return elements(layer_.bias());
    } else {
      return {};
    }
  }
  [[nodiscard]] std::size_t numbers() const override {
    if constexpr (trained_layer<Layer>) {
      return count_numbers(layer_);
    } else {
      return 0;
    }
  }
  [[nodiscard]] attributes::layer_attributes attributes() const override {
    if constexpr (weighted_layer<Layer>) {
      return layer_.attributes();
    } else {
      return {};
    }
  }
  void set_mask([[maybe_unused]] const mask::weight_mask<value_type>* m) override {
    if constexpr (is_masked<Layer>::value) {
      layer_.set_mask(m == nullptr ? mask::keep_all<value_type>(layer_.kernel().size()) : *m);
    }
  }
  void hold() override {
    if constexpr (is_masked<Layer>::value) {
      layer_.hold();
    }
  }
  void share([[maybe_unused]] std::span<value_type> kernel_gradient) const override {
    if constexpr (is_masked<Layer>::value) {
      layer_.share(kernel_gradient);
    }
  }
  [[nodiscard]] bool shares() const override { return holds_shared(layer_); }

 protected:
  Layer layer_;
};

/// One that in training looks at whole mini-batches.
template <batch_layer Layer>
class graph_batch_layer_of final : public graph_layer_of<Layer>, public graph_batch_layer<typename Layer::value_type> {
 public:
  using value_type = typename Layer::value_type;

  using graph_layer_of<Layer>::graph_layer_of;
  [[nodiscard]] std::unique_ptr<graph_layer<value_type>> copy() const override {
    return std::make_unique<graph_batch_layer_of>(*this);
  }
  [[nodiscard]] std::unique_ptr<graph_layer<value_type>> remade(std::size_t units) const override {
    return std::make_unique<graph_batch_layer_of>(detail::remade(this->layer_, units));
  }
  [[nodiscard]] graph_batch_layer<value_type>* batch() noexcept override { return this; }
  [[nodiscard]] const graph_batch_layer<value_type>* batch() const noexcept override { return this; }

  [[nodiscard]] std::size_t sums() const override { return this->layer_.sums(); }
  void collect(const pass<value_type>& p) const override { this->layer_.collect(p); }
  void combine(const slot_sums& of_slots, double* batch) const override { this->layer_.combine(of_slots, batch); }
  void forward_batch(const pass<value_type>& p) const override { this->layer_.forward_batch(p); }
  void collect_slopes(const pass<value_type>& p, value_type* gradients) const override {
    this->layer_.collect_slopes(p);
    this->layer_.add_slopes(p, gradients, gradients + this->layer_.kernel().size());
  }
  void combine_slopes(const slot_sums& of_slots, double* batch) const override {
    this->layer_.combine_slopes(of_slots, batch);
  }
  void backward_batch(const pass<value_type>& p) const override { this->layer_.backward_batch(p); }
  void remember(const double* batch) override { this->layer_.remember(batch); }
  [[nodiscard]] std::span<value_type> moving() override { return elements(this->layer_.moving()); }
  void fold_into([[maybe_unused]] std::span<value_type> kernel, [[maybe_unused]] std::span<value_type> bias) override {
    if constexpr (requires { this->layer_.fold_into(kernel, bias); }) {
      this->layer_.fold_into(kernel, bias);
    }
  }
};

/// Owns a layer; a copy of it owns a copy.
template <class T>
class layer_box {
 public:
  layer_box() = default;
  explicit layer_box(std::unique_ptr<graph_layer<T>> own) noexcept : own_(std::move(own)) {}
  layer_box(const layer_box& other) : own_(other.own_ ? other.own_->copy() : nullptr) {}
  layer_box(layer_box&&) noexcept = default;
  layer_box& operator=(layer_box other) noexcept {
    own_ = std::move(other.own_);
    return *this;
  }
  ~layer_box() = default;

  [[nodiscard]] explicit operator bool() const noexcept { return own_ != nullptr; }
  [[nodiscard]] graph_layer<T>* operator->() noexcept { return own_.get(); }
  [[nodiscard]] const graph_layer<T>* operator->() const noexcept { return own_.get(); }

 private:
  std::unique_ptr<graph_layer<T>> own_;
};

}  // namespace espalier::inline v0::nn::detail

#endif
