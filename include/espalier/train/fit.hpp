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
#include <type_traits>
#include <vector>

#include <espalier/base/errors.hpp>
#include <espalier/base/random_generator.hpp>
#include <espalier/base/stop_condition.hpp>
#include <espalier/kernels/add.hpp>
#include <espalier/kernels/all_finite.hpp>
#include <espalier/kernels/dropout.hpp>
#include <espalier/kernels/gradient_kind.hpp>
#include <espalier/loss/categorical_cross_entropy.hpp>
#include <espalier/optim/adam.hpp>
#include <espalier/optim/constant_rate.hpp>
#include <espalier/regularize/layer_penalty.hpp>
#include <espalier/train/data_view.hpp>
#include <espalier/train/detail/batch_passes.hpp>
#include <espalier/train/evaluate.hpp>
#include <espalier/train/validation.hpp>

namespace espalier::inline v0::train {

/// Where a training is, for callbacks.
struct progress {
  std::size_t epoch = 0;  ///< from 0
  std::size_t step = 0;   ///< steps done since the beginning
  std::size_t steps = 0;  ///< steps that there will be in all
  double loss = 0;        ///< mean loss of the mini-batch before its step; in on_epoch: of the epoch
  double validation_loss = std::numeric_limits<double>::quiet_NaN();  ///< in on_epoch, if there are validation data
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
  std::vector<double> class_weights{};  ///< how much samples of each class count, times their own weights; none: 1 each
  std::vector<regularize::layer_penalty> penalties{};  ///< added to the loss that is made small, not to that reported
  stop_condition stop{};                               ///< when it is stopped, the training ends before its next step
  std::function<void(const progress&)> on_step{};      ///< called after each step
  std::function<void(const progress&)> on_epoch{};     ///< called after each epoch
};

namespace detail {

/// A rate, or what it remembers of a training.
template <class Rate>
struct rate_state {
  using type = Rate;
};
template <class Rate>
requires requires {
  typename Rate::state;
}
struct rate_state<Rate> {
  using type = typename Rate::state;
};

/// A view whose weights are those of its samples times those of their classes.
template <class T>
class weighted_view {
 public:
  weighted_view(const data_view<T>& data, const std::vector<double>& class_weights) : view_(data) {
    if (class_weights.empty()) {
      return;
    }
    weights_.resize(data.size(), T{0});
    for (const std::uint32_t sample : data.chosen) {
      const T own = data.weights.empty() ? T{1} : data.weights[sample];
      weights_[sample] = own * static_cast<T>(class_weights[data.labels[sample]]);
    }
    view_.weights = weights_;
  }
  weighted_view(const weighted_view&) = delete;
  weighted_view& operator=(const weighted_view&) = delete;

  [[nodiscard]] const data_view<T>& view() const noexcept { return view_; }

 private:
  std::vector<T> weights_;
  data_view<T> view_;
};

/// One call of fit.
template <class Model, class Options>
class fitting {
 public:
  using value_type = typename Model::value_type;
  using state_type = typename decltype(Options::optimizer)::template state<value_type>;
  using rate_type = typename rate_state<decltype(Options::learning_rate)>::type;

  fitting(Model& model, const data_view<value_type>& data, const Options& options)
      : model_(model),
        data_(data, options.class_weights),
        options_(options),
        passes_(model, data_.view(), options.loss, thread_count(options.threads)),
        parameters_(model.parameters()),
        layers_(model.parameter_layers()),
        trained_(model.trained()),
        gradients_(count(parameters_)),
        before_(gradients_.size()),
        state_(options.optimizer, gradients_.size()),
        rate_(options.learning_rate),
        order_(data.chosen),
        seeds_(options.seed) {
    for (const regularize::layer_penalty& penalty : options_.penalties) {
      penalized_.push_back(kernel_of(penalty));
    }
    model_.hold();
    expect_finite_weights();
    where_.steps = options_.epochs * ((order_.size() + options_.batch - 1) / options_.batch);
  }

  void operator()() {
    while (where_.epoch < options_.epochs && !options_.stop.stop_requested()) {
      next_epoch();
    }
  }

  /// The same, watched.
  fit_result watched_by(const validation<value_type>& v) {
    fit_result result;
    std::vector<value_type> best;
    while (where_.epoch < options_.epochs && !options_.stop.stop_requested() && !result.lost_patience) {
      const std::size_t epoch = where_.epoch;
      double loss = 0;
      next_epoch([&] {
        const evaluate_options<std::remove_cvref_t<decltype(options_.loss)>> judge{options_.loss, options_.threads};
        return loss = evaluate(model_, v.data, judge).loss;
      });
      result.epochs = epoch + 1;
      if (options_.stop.stop_requested()) {
        break;  // in the middle of an epoch, nobody looked
      }
      if (loss < result.best_loss - v.improvement) {
        result.best_epoch = epoch;
        result.best_loss = loss;
        if (v.keep_best) {
          best = saved();
        }
      }
      result.lost_patience = v.patience > 0 && epoch - result.best_epoch >= v.patience;
    }
    if (!best.empty()) {
      restore(best);
    }
    return result;
  }

  /// Goes once through the data.
  /// @return the mean loss of the samples.
  double next_epoch() {
    return next_epoch([] { return std::numeric_limits<double>::quiet_NaN(); });
  }

  /// @param validation_loss  asked for after the epoch; not a number: there is none.
  template <class ValidationLoss>
  double next_epoch(const ValidationLoss& validation_loss) {
    shuffle();
    const double loss = run_epoch();
    if (!options_.stop.stop_requested()) {
      progress summary = where_;
      summary.loss = loss;
      summary.validation_loss = validation_loss();
      const bool watched = kernels::all_finite(std::span<const double>(&summary.validation_loss, 1));
      if constexpr (requires { rate_.report(loss); }) {
        rate_.report(watched ? summary.validation_loss : loss);
      }
      if (options_.on_epoch) {
        options_.on_epoch(summary);
      }
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
    if constexpr (requires { rate_.archive(a); }) {
      rate_.archive(a);
    }
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
    add_penalties();
    model_.share(std::span<value_type>(gradients_));
    expect_finite_gradients(loss);
    state_.begin_step(checked_rate());
    if constexpr (requires { state_.survey(std::span<const value_type>(gradients_)); }) {
      state_.survey(std::span<const value_type>(gradients_));
    }
    save(before_);
    std::size_t begin = 0;
    for (std::size_t p = 0; p < parameters_.size(); begin += parameters_[p].size(), ++p) {
      if (trained_[p]) {
        const auto own = std::span<const value_type>(gradients_).subspan(begin, parameters_[p].size());
        state_.update(begin, parameters_[p], own);
      }
    }
    model_.remember(passes_.batch_sums());
    model_.hold();
    expect_finite_weights(&before_);
    ++where_.step;
    where_.loss = loss / samples;
    return loss;
  }

  /// @return which of the parameters is the kernel of the layer that is penalized.
  [[nodiscard]] std::size_t kernel_of(const regularize::layer_penalty& penalty) const {
    const auto kernel =
        static_cast<std::size_t>(std::find(layers_.begin(), layers_.end(), penalty.layer) - layers_.begin());
    if (kernel == layers_.size()) {
      throw argument_error(error_message("train::fit", "a penalty on a layer '" + penalty.layer + "'",
                                         "the name of a layer with weights"));
    }
    if (parameters_[kernel].size() != penalty.groups.weights()) {
      throw shape_error(error_message(
          "train::fit",
          "a penalty on " + std::to_string(penalty.groups.weights()) + " weights of layer '" + penalty.layer + "'",
          std::to_string(parameters_[kernel].size())));
    }
    return kernel;
  }

  void add_penalties() {
    for (std::size_t i = 0; i < penalized_.size(); ++i) {
      const auto& [layer, groups, penalty] = options_.penalties[i];
      const auto kernel = std::span<const value_type>(parameters_[penalized_[i]]);
      std::size_t begin = 0;
      for (std::size_t p = 0; p < penalized_[i]; ++p) {
        begin += parameters_[p].size();
      }
      const auto slope = penalty(groups, kernel).gradient;
      kernels::add<value_type>(slope, std::span<value_type>(gradients_).subspan(begin, kernel.size()));
    }
  }

  [[nodiscard]] double checked_rate() const {
    const double rate = rate_(where_.step, where_.steps);
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

  /// @param good  if there are, the weights that the network gets back before it is refused.
  void expect_finite_weights(const std::vector<value_type>* good = nullptr) {
    for (std::size_t p = 0; p < parameters_.size(); ++p) {
      if (!kernels::all_finite(std::span<const value_type>(parameters_[p]))) {
        if (good != nullptr) {
          restore(*good);
        }
        refuse("weights of layer '" + layers_[p] + "' that are");
      }
    }
  }

  void save(std::vector<value_type>& to) const {
    auto next = to.begin();
    for (const auto& parameter : parameters_) {
      next = std::copy(parameter.begin(), parameter.end(), next);
    }
  }
  [[nodiscard]] std::vector<value_type> saved() const {
    std::vector<value_type> result(gradients_.size());
    save(result);
    return result;
  }
  void restore(const std::vector<value_type>& from) {
    auto next = from.begin();
    for (const auto& parameter : parameters_) {
      std::copy_n(next, parameter.size(), parameter.begin());
      next += static_cast<std::ptrdiff_t>(parameter.size());
    }
  }

  [[noreturn]] void refuse(const std::string& what) const {
    throw numeric_error(error_message("train::fit", what + " not finite at step " + std::to_string(where_.step),
                                      "finite numbers; a lower learning rate may help"));
  }

  Model& model_;
  weighted_view<value_type> data_;
  const Options& options_;
  batch_passes<Model, decltype(options_.loss)> passes_;
  std::vector<std::span<value_type>> parameters_;
  std::vector<std::string> layers_;
  std::vector<bool> trained_;
  std::vector<value_type> gradients_;
  std::vector<value_type> before_;  // the weights before the last step
  state_type state_;
  rate_type rate_;
  std::vector<std::size_t> penalized_;  // which parameters the penalties are on
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
  const std::size_t classes = demands_of(model, options.loss).classes;
  if (!options.class_weights.empty() && (data.outputs != 0 || options.class_weights.size() != classes)) {
    throw shape_error(
        error_message("train::fit", std::to_string(options.class_weights.size()) + " weights of classes",
                      data.outputs != 0 ? "none, as there are targets" : std::to_string(classes) + ", one per class"));
  }
  for (const double weight : options.class_weights) {
    if (!(weight >= 0 && weight <= (std::numeric_limits<float>::max)())) {
      throw argument_error(error_message("train::fit", "class weight " + std::to_string(weight), "0 or more"));
    }
  }
}

}  // namespace detail

/// Trains a network in place. Weights that its masks hold do not move.
/// @param model    a network, see nn::sequential.
/// @param data     samples with classes or targets that fit it and the loss.
/// @param options  settings.
/// @throws shape_error or argument_error if the data or settings do not fit; numeric_error that names layer and step if
///         losses, gradients or weights leave the finite numbers (the network then has the weights before that step).
/// Complexity: one forward and backward pass per sample and epoch; a step allocates nothing after the first.
template <class Model, optim::optimizer Optimizer = optim::adam, optim::learning_rate Rate = optim::constant_rate,
          loss::loss Loss = loss::categorical_cross_entropy>
void fit(Model& model, const data_view<typename Model::value_type>& data,
         const fit_options<Optimizer, Rate, Loss>& options) {
  detail::expect_trainable(model, data, options);
  detail::fitting<Model, fit_options<Optimizer, Rate, Loss>>(model, data, options)();
}

/// Trains a network in place and looks at its loss on other data after every epoch.
/// @param model       a network, see nn::sequential.
/// @param data        samples with classes or targets that fit it and the loss.
/// @param watched_by  the other data, and what follows from their loss.
/// @param options     settings.
/// @return how it went.
/// @throws as the one above.   Complexity: the one above, and one forward pass per sample of the other data and epoch.
template <class Model, optim::optimizer Optimizer = optim::adam, optim::learning_rate Rate = optim::constant_rate,
          loss::loss Loss = loss::categorical_cross_entropy>
fit_result fit(Model& model, const data_view<typename Model::value_type>& data,
               const validation<typename Model::value_type>& watched_by,
               const fit_options<Optimizer, Rate, Loss>& options) {
  detail::expect_trainable(model, data, options);
  expect_fitting(watched_by.data, detail::demands_of(model, options.loss), "train::fit");
  return detail::fitting<Model, fit_options<Optimizer, Rate, Loss>>(model, data, options).watched_by(watched_by);
}

}  // namespace espalier::inline v0::train

#endif
