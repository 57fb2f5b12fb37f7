// SPDX-License-Identifier: Apache-2.0
// Trains a network: epochs of shuffled mini-batches.
#ifndef ESPALIER_TRAIN_FIT_HPP
#define ESPALIER_TRAIN_FIT_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <espalier/base/errors.hpp>
#include <espalier/base/random_generator.hpp>
#include <espalier/base/stop_condition.hpp>
#include <espalier/kernels/all_finite.hpp>
#include <espalier/kernels/dropout.hpp>
#include <espalier/kernels/gradient_kind.hpp>
#include <espalier/loss/categorical_cross_entropy.hpp>
#include <espalier/optim/adam.hpp>
#include <espalier/optim/constant_rate.hpp>
#include <espalier/train/data_view.hpp>
#include <espalier/train/detail/batch_passes.hpp>

namespace espalier::inline v0::train {

/// Where a training is, for callbacks.
struct progress {
  std::size_t epoch = 0;  ///< from 0
  std::size_t step = 0;   ///< steps done since the beginning
  std::size_t steps = 0;  ///< steps that there will be in all
  double loss = 0;        ///< mean loss of the mini-batch before its step; in on_epoch: of the epoch
};

/// Settings of `fit`.
template <optim::optimizer Optimizer = optim::adam, optim::learning_rate Rate = optim::constant_rate,
          loss::loss Loss = loss::categorical_cross_entropy>
struct fit_options {
  std::size_t epochs = 1;   ///< how often to go through the data
  std::size_t batch = 128;  ///< samples in a mini-batch, >= 1; the last one of an epoch may have fewer
  std::uint64_t seed = 0;   ///< of the order of the samples
  bool shuffle = true;      ///< false: every epoch takes the samples in the order of the view
  std::size_t threads = 1;  ///< 0: as many as the machine runs at once; the result is the same, bit for bit
  Optimizer optimizer{};
  Rate learning_rate{};
  Loss loss{};
  stop_condition stop{};                            ///< when it is stopped, the training ends before its next step
  std::function<void(const progress&)> on_step{};   ///< called after each step
  std::function<void(const progress&)> on_epoch{};  ///< called after each epoch
};

namespace detail {

/// One call of fit.
template <class Model, class Options>
class fitting {
 public:
  using value_type = typename Model::value_type;
  using state_type = typename decltype(Options::optimizer)::template state<value_type>;

  fitting(Model& model, const data_view<value_type>& data, const Options& options)
      : model_(model),
        data_(data),
        options_(options),
        passes_(model, data, options.loss, thread_count(options.threads)),
        parameters_(model.parameters()),
        layers_(model.parameter_layers()),
        trained_(model.trained()),
        gradients_(count(parameters_)),
        state_(options.optimizer, gradients_.size()),
        order_(data.chosen),
        seeds_(options.seed) {
    model_.hold();
    expect_finite_weights();
    where_.steps = options_.epochs * ((order_.size() + options_.batch - 1) / options_.batch);
  }

  void operator()() {
    while (where_.epoch < options_.epochs && !options_.stop.stop_requested()) {
      next_epoch();
    }
  }

  /// Goes once through the data.
  /// @return the mean loss of the samples.
  double next_epoch() {
    shuffle();
    const double loss = run_epoch();
    if (options_.on_epoch && !options_.stop.stop_requested()) {
      progress summary = where_;
      summary.loss = loss;
      options_.on_epoch(summary);
    }
    ++where_.epoch;
    return loss;
  }

  /// Writes or reads all that is remembered from epoch to epoch but for the parameters themselves. Reading is for a
  /// training that has not begun: it brings the samples into the order that so many epochs leave.
  template <class Archive>
  void archive(Archive& a) requires requires(state_type& state) {
    state.archive(a);
  }
  {
    a(where_.epoch, where_.step, where_.loss);
    state_.archive(a);
    if constexpr (!Archive::writes) {
      for (std::size_t epoch = 0; epoch < where_.epoch; ++epoch) {
        shuffle();
      }
    }
  }

 private:
  void shuffle() {
    if (options_.shuffle) {
      seeds_.split().shuffle(std::span(order_));
    }
  }

  [[nodiscard]] static std::size_t count(const std::vector<std::span<value_type>>& parameters) {
    std::size_t numbers = 0;
    for (const auto& parameter : parameters) {
      numbers += parameter.size();
    }
    return numbers;
  }

  /// @return the mean loss of the epoch's samples.
  double run_epoch() {
    double loss = 0;
    for (std::size_t begin = 0; begin < order_.size(); begin += options_.batch) {
      if (options_.stop.stop_requested()) {
        break;
      }
      const auto batch =
          std::span<const std::uint32_t>(order_).subspan(begin, (std::min)(options_.batch, order_.size() - begin));
      loss += take_step(batch);
      if (options_.on_step) {
        options_.on_step(where_);
      }
    }
    return loss / static_cast<double>(order_.size());
  }

  /// @return the loss of the batch's samples, summed, before the step.
  double take_step(std::span<const std::uint32_t> batch) {
    const auto samples = static_cast<double>(batch.size());
    const double loss = passes_.template gradients<kernels::gradient_kind::plain>(
        batch, {1 / samples, kernels::mixed(options_.seed, where_.step) | 1}, std::span<value_type>(gradients_));
    expect_finite_gradients(loss);
    state_.begin_step(checked_rate());
    std::size_t begin = 0;
    for (std::size_t p = 0; p < parameters_.size(); begin += parameters_[p].size(), ++p) {
      if (trained_[p]) {
        const auto own = std::span<const value_type>(gradients_).subspan(begin, parameters_[p].size());
        state_.update(begin, parameters_[p], own);
      }
    }
    model_.remember(passes_.batch_sums());
    model_.hold();
    expect_finite_weights();
    ++where_.step;
    where_.loss = loss / samples;
    return loss;
  }

  [[nodiscard]] double checked_rate() const {
    const double rate = options_.learning_rate(where_.step, where_.steps);
    if (!(rate > 0 && rate <= (std::numeric_limits<double>::max)())) {
      throw argument_error(error_message(
          "train::fit", "learning rate " + std::to_string(rate) + " at step " + std::to_string(where_.step),
          "a positive number"));
    }
    return rate;
  }

  void expect_finite_gradients(double loss) const {
    std::size_t begin = gradients_.size();
    // From the output back, so that the layer where it began is named, not those that it spread to.
    for (std::size_t p = parameters_.size(); p-- > 0;) {
      begin -= parameters_[p].size();
      if (!kernels::all_finite(std::span<const value_type>(gradients_).subspan(begin, parameters_[p].size()))) {
        refuse("gradients of layer '" + layers_[p] + "' that are");
      }
    }
    if (!kernels::all_finite(std::span<const double>(&loss, 1))) {
      refuse("a loss (last layer with weights: '" + (layers_.empty() ? "none" : layers_.back()) + "') that is");
    }
  }

  void expect_finite_weights() const {
    for (std::size_t p = 0; p < parameters_.size(); ++p) {
      if (!kernels::all_finite(std::span<const value_type>(parameters_[p]))) {
        refuse("weights of layer '" + layers_[p] + "' that are");
      }
    }
  }

  [[noreturn]] void refuse(const std::string& what) const {
    throw numeric_error(error_message("train::fit", what + " not finite at step " + std::to_string(where_.step),
                                      "finite numbers; a lower learning rate may help"));
  }

  Model& model_;
  const data_view<value_type>& data_;
  const Options& options_;
  batch_passes<Model, decltype(options_.loss)> passes_;
  std::vector<std::span<value_type>> parameters_;
  std::vector<std::string> layers_;
  std::vector<bool> trained_;
  std::vector<value_type> gradients_;
  state_type state_;
  std::vector<std::uint32_t> order_;
  random_generator seeds_;
  progress where_;
};

template <class Model, class Options>
void expect_trainable(const Model& model, const data_view<typename Model::value_type>& data, const Options& options) {
  expect_fitting(data, demands_of(model, options.loss), "train::fit");
  if (options.batch == 0) {
    throw argument_error(error_message("train::fit", "batches of 0 samples", "1 or more"));
  }
}

}  // namespace detail

/// Trains a network in place. Weights that its masks hold do not move.
/// @param model    a network, see nn::sequential.
/// @param data     samples with classes or targets that fit it and the loss.
/// @param options  settings.
/// @throws shape_error or argument_error if the data or settings do not fit; numeric_error that names layer and step if
///         losses, gradients or weights leave the finite numbers (the network is then as that step left it).
/// Complexity: one forward and backward pass per sample and epoch; a step allocates nothing after the first.
template <class Model, optim::optimizer Optimizer = optim::adam, optim::learning_rate Rate = optim::constant_rate,
          loss::loss Loss = loss::categorical_cross_entropy>
void fit(Model& model, const data_view<typename Model::value_type>& data,
         const fit_options<Optimizer, Rate, Loss>& options) {
  detail::expect_trainable(model, data, options);
  detail::fitting<Model, fit_options<Optimizer, Rate, Loss>>(model, data, options)();
}

}  // namespace espalier::inline v0::train

#endif
