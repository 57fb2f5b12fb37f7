// SPDX-License-Identifier: Apache-2.0
// One call of fit, epoch by epoch and step by step.
#ifndef ESPALIER_TRAIN_DETAIL_FITTING_HPP
#define ESPALIER_TRAIN_DETAIL_FITTING_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

#include <espalier/base/errors.hpp>
#include <espalier/base/random_generator.hpp>
#include <espalier/kernels/all_finite.hpp>
#include <espalier/kernels/dropout.hpp>
#include <espalier/kernels/gradient_kind.hpp>
#include <espalier/train/detail/batch_passes.hpp>
#include <espalier/train/detail/network_numbers.hpp>
#include <espalier/train/detail/penalty_gradients.hpp>
#include <espalier/train/detail/source_settings.hpp>
#include <espalier/train/evaluate.hpp>
#include <espalier/train/progress.hpp>
#include <espalier/train/validation.hpp>

namespace espalier::inline v0::train::detail {

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

/// One call of fit.
/// @tparam Source  of batches: memory_source or loader_source.
template <class Model, class Options, class Source>
class fitting {
 public:
  using value_type = typename Model::value_type;
  using state_type = typename decltype(Options::optimizer)::template state<value_type>;
  using rate_type = typename rate_state<decltype(Options::learning_rate)>::type;

  /// @param data  what the source is made of.
  template <class Data>
  fitting(Model& model, Data& data, const Options& options)
      : model_(model),
        options_(options),
        source_(data, settings_of(options, demands_of(model, options.loss))),
        passes_(model, source_.view(), options.loss, {thread_count(options.threads)}),
        numbers_(model),
        penalties_(options.penalties, numbers_),
        gradients_(numbers_.count),
        state_(options.optimizer, numbers_.count),
        rate_(options.learning_rate),
        seeds_(options.seed) {
    model_.hold();
    expect_finite_weights(nullptr);
    where_.steps = options_.epochs * ((source_.size() + options_.batch - 1) / options_.batch);
  }
  fitting(const fitting&) = delete;
  fitting& operator=(const fitting&) = delete;

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
        evaluate_options<std::remove_cvref_t<decltype(options_.loss)>> judge;
        judge.loss = options_.loss;
        judge.threads = options_.threads;
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
          numbers_.save(best);
        }
      }
      result.lost_patience = v.patience > 0 && epoch - result.best_epoch >= v.patience;
    }
    if (!best.empty()) {
      numbers_.restore(best);
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
    source_.begin_epoch(where_.epoch, seeds_);
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
        source_.begin_epoch(epoch, seeds_);
      }
    }
  }

 private:
  /// @return the mean loss of the epoch's samples.
  double run_epoch() {
    double loss = 0;
    for (std::size_t begin = 0; begin < source_.size(); begin += options_.batch) {
      if (options_.stop.stop_requested()) {
        break;
      }
      const auto batch = source_.batch(begin, (std::min)(options_.batch, source_.size() - begin));
      passes_.augment_by({&options_.augment, epoch_key(), source_.numbers()});
      loss += take_step(batch);
      if (options_.on_step) {
        options_.on_step(where_);
      }
    }
    return loss / static_cast<double>(source_.size());
  }

  /// What augmentations draw by, beside the number of the sample.
  [[nodiscard]] std::uint64_t epoch_key() const noexcept {
    return kernels::mixed(kernels::mixed(options_.seed, 0x6175676DULL), where_.epoch);
  }

  /// @return the loss of the batch's samples, summed, before the step.
  double take_step(std::span<const std::uint32_t> batch) {
    const auto samples = static_cast<double>(batch.size());
    const auto gradients = std::span<value_type>(gradients_);
    const double loss = passes_.template gradients<kernels::gradient_kind::plain>(
        batch, {1 / samples, kernels::mixed(options_.seed, where_.step) | 1}, gradients);
    penalties_.add_to(gradients);
    model_.share(gradients);
    expect_finite_gradients(loss);
    state_.begin_step(checked_rate());
    if constexpr (requires { state_.survey(std::span<const value_type>(gradients_)); }) {
      state_.survey(std::span<const value_type>(gradients_));
    }
    numbers_.save(before_);
    for (std::size_t p = 0; p < numbers_.parameters.size(); ++p) {
      if (numbers_.trained[p]) {
        state_.update(numbers_.begins[p], numbers_.parameters[p],
                      numbers_.part_of(std::span<const value_type>(gradients_), p));
      }
    }
    model_.remember(passes_.batch_sums());
    model_.hold();
    expect_finite_weights(&before_);
    ++where_.step;
    where_.loss = loss / samples;
    return loss;
  }

  [[nodiscard]] double checked_rate() const {
    const double rate = rate_(where_.step, where_.steps);
    if (!(rate > 0 && rate <= (std::numeric_limits<double>::max)())) {
      reject<argument_error>("train::fit", {"learning rate ", rate, " at step ", where_.step}, {"a positive number"});
    }
    return rate;
  }

  void expect_finite_gradients(double loss) const {
    const std::size_t broken = numbers_.last_broken(gradients_);
    if (broken < numbers_.layers.size()) {
      refuse("gradients of layer '", numbers_.layers[broken], "' that are");
    }
    if (!kernels::all_finite(std::span<const double>(&loss, 1))) {
      const auto& layers = numbers_.layers;
      refuse("a loss (last layer with weights: '", layers.empty() ? std::string_view("none") : layers.back(),
             "') that is");
    }
  }

  /// @param good  if there are, the weights that the network gets back before it is refused.
  void expect_finite_weights(const std::vector<value_type>* good) {
    const std::size_t broken = numbers_.first_broken();
    if (broken < numbers_.layers.size()) {
      if (good != nullptr) {
        numbers_.restore(*good);
      }
      refuse("weights of layer '", numbers_.layers[broken], "' that are");
    }
  }

  [[noreturn]] void refuse(const char* what, std::string_view layer, const char* that_are) const {
    reject<numeric_error>("train::fit", {what, layer, that_are, " not finite at step ", where_.step},
                          {"finite numbers; a lower learning rate may help"});
  }

  Model& model_;
  const Options& options_;
  Source source_;
  batch_passes<Model, decltype(options_.loss)> passes_;
  network_numbers<value_type> numbers_;
  penalty_gradients<value_type> penalties_;
  std::vector<value_type> gradients_;
  std::vector<value_type> before_;  // the weights before the last step
  state_type state_;
  rate_type rate_;
  random_generator seeds_;
  progress where_;
};

}  // namespace espalier::inline v0::train::detail

#endif
