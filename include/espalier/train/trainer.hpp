// SPDX-License-Identifier: Apache-2.0
// Trains and judges built-in networks for the pruning loop.
#ifndef ESPALIER_TRAIN_TRAINER_HPP
#define ESPALIER_TRAIN_TRAINER_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <espalier/base/fingerprint.hpp>
#include <espalier/base/random_generator.hpp>
#include <espalier/loss/categorical_cross_entropy.hpp>
#include <espalier/metric/accuracy.hpp>
#include <espalier/optim/cosine_rate.hpp>
#include <espalier/prune/trainer.hpp>
#include <espalier/train/data_view.hpp>
#include <espalier/train/detail/behaviour.hpp>
#include <espalier/train/detail/session.hpp>
#include <espalier/train/fit.hpp>
#include <espalier/train/gradients.hpp>
#include <espalier/train/loader.hpp>
#include <espalier/train/measure.hpp>

namespace espalier::inline v0::train {

/// A trainer for `prune::optimize`: `fit` on one set, in memory or brought by a loader, a metric on another one.
///
/// By default each level of pruning is trained by Adam with a learning rate that falls from 1e-2 to 1e-4, and judged by
/// accuracy.
/// @tparam T         float or double.
/// @tparam Loss      that training makes small.
/// @tparam Metric    by which levels are judged; for one of which less is better, tell prune::optimize so.
/// @tparam Training  what it trains on: a set in memory, or a loader.
template <class T = float, optim::optimizer Optimizer = optim::adam, optim::learning_rate Rate = optim::cosine_rate,
          loss::loss Loss = loss::categorical_cross_entropy, metric::metric Metric = metric::accuracy,
          class Training = data_view<T>>
class trainer {
  static constexpr bool in_memory = std::is_same_v<Training, data_view<T>>;
  using data_type = std::conditional_t<in_memory, const data_view<T>, Training>;

 public:
  using options_type = fit_options<Optimizer, Rate, Loss>;

  /// @param training    to train on and to rank weights by.
  /// @param validation  to judge by; not trained on.
  /// @param options     settings; its epochs and stop token are those of the pruning loop.
  /// @param metric      to judge with.
  trainer(data_view<T> training, data_view<T> validation, options_type options = {},
          Metric metric = {}) requires in_memory : seen_(std::move(training)),
                                                   validation_(std::move(validation)),
                                                   options_(std::move(options)),
                                                   metric_(std::move(metric)) {}

  /// Trains on samples that come batch by batch and need not be in memory all at once.
  /// @param training    to train on; it must outlive the trainer. If it has an `identity()`, a number that stands for
  ///                    what it brings, a saved run is not gone on with by another one.
  /// @param ranking     some of its samples to rank weights by, see take_samples.
  /// @param validation  to judge by; not trained on.
  /// @param options     settings; its epochs and stop token are those of the pruning loop.
  /// @param metric      to judge with.
  trainer(Training& training, data_view<T> ranking, data_view<T> validation, options_type options = {},
          Metric metric = {}) requires loader<Training, T> : loader_(&training),
                                                             seen_(std::move(ranking)),
                                                             validation_(std::move(validation)),
                                                             options_(std::move(options)),
                                                             metric_(std::move(metric)) {}

  /// Gives the final training settings of its own. What is left of a network learns less by heart than what levels
  /// train, and may want samples as they are and larger steps.
  /// @param options  of `prune::purpose::final`; its epochs and stop token are those of the pruning loop, and its seed
  ///                 and threads those of the levels.
  /// @return the trainer.
  trainer& train_final_by(options_type options) {
    final_ = std::move(options);
    return *this;
  }

  template <class Model>
  void fit(Model& model, prune::masks<T> masks, const prune::training_phase& phase) const {
    model.set_masks(masks);
    train::fit(model, training(), options_of(phase));
  }

  /// Begins the training that `fit` does, to be gone through epoch by epoch.
  /// @return it; `run_epoch()` goes once through the data, `save()` and `load(bytes)` keep what it remembers.
  template <class Model>
  [[nodiscard]] detail::session<Model, options_type, data_type> begin(Model& model, prune::masks<T> masks,
                                                                      const prune::training_phase& phase) const {
    model.set_masks(masks);
    auto options = options_of(phase);
    if constexpr (in_memory) {
      detail::expect_trainable(model, seen_, options);
    } else {
      detail::expect_options(model, options);
    }
    return detail::session<Model, options_type, data_type>(model, training(), std::move(options));
  }

  /// @return sums of the data, the seed and the settings, so that a saved run is not gone on with under others.
  /// @throws what a step of the optimizer or a look at the loss throws if their settings are out of range.
  [[nodiscard]] std::vector<prune::identity_part> identity() const {
    fingerprint data;
    if constexpr (!in_memory) {
      data.add(std::uint64_t{loader_->size()});
      if constexpr (requires { std::uint64_t{std::as_const(*loader_).identity()}; }) {
        data.add(std::uint64_t{std::as_const(*loader_).identity()});
      }
    }
    for (const data_view<T>* part : {&seen_, &validation_}) {
      data.add(part->samples).add(part->labels).add(std::span<const std::uint32_t>(part->chosen));
      data.add(part->targets).add(part->weights);
    }
    return {{"seed", options_.seed},
            {"data", data.value()},
            {"settings of the training", sum_of(options_).value()},
            {"type of optimizer", fingerprint().add_type<Optimizer>().value()},
            {"type of learning rate", fingerprint().add_type<Rate>().value()},
            {"type of loss", fingerprint().add_type<Loss>().value()},
            {"type of metric", fingerprint().add_type<Metric>().value()},
            {"settings of the optimizer", detail::behaviour_of_optimizer(options_.optimizer)},
            {"settings of the loss", detail::behaviour_of_loss(options_.loss, seen_)},
            {"settings of the final training", final_ ? sum_of_all(*final_) : 0}};
  }

  /// @return the metric of the validation samples; by default the share that the network gets right.
  template <class Model>
  [[nodiscard]] double evaluate(const Model& model) const {
    return measure(model, validation_, metric_, options_.threads);
  }

  /// @return see fisher_information.
  template <class Model>
  [[nodiscard]] std::vector<std::vector<T>> fisher(Model& model) const {
    return fisher_information(model, seen_, ranking_options<fisher_options<Loss>>());
  }

  /// @return see mean_absolute_gradients.
  template <class Model>
  [[nodiscard]] std::vector<std::vector<T>> gradients(Model& model) const {
    return mean_absolute_gradients(model, seen_, ranking_options<gradient_options<Loss>>());
  }

  /// @return see hessian_diagonal.
  template <class Model>
  [[nodiscard]] std::vector<std::vector<T>> curvature(Model& model) const {
    return hessian_diagonal(model, seen_, ranking_options<hessian_options<Loss>>()).diagonal;
  }

 private:
  [[nodiscard]] data_type& training() const noexcept {
    if constexpr (in_memory) {
      return seen_;
    } else {
      return *loader_;
    }
  }

  [[nodiscard]] options_type options_of(const prune::training_phase& phase) const {
    options_type options = final_ && phase.purpose == prune::purpose::final ? *final_ : options_;
    options.epochs = phase.epochs;
    options.seed = seed_of(phase.level);
    options.threads = options_.threads;
    options.stop = phase.stop;
    options.penalties.insert(options.penalties.end(), phase.penalties.begin(), phase.penalties.end());
    return options;
  }

  /// Of settings that are plain numbers, and of what the rate makes of its own.
  [[nodiscard]] static fingerprint sum_of(const options_type& options) {
    fingerprint sum;
    sum.add(options.batch).add(options.shuffle).add(std::span<const double>(options.class_weights));
    sum.add(static_cast<bool>(options.augment)).add(options.gather);
    for (const auto& penalty : options.penalties) {
      const auto& strengths = penalty.penalty.options();
      sum.add(std::string_view(penalty.layer)).add(penalty.groups.count());
      sum.add(strengths.alpha).add(strengths.beta).add(strengths.norm);
    }
    for (const std::size_t step : {0U, 50U, 99U}) {
      sum.add(static_cast<double>(options.learning_rate(step, 100)));
    }
    return sum;
  }

  /// The same with optimizer and loss.
  [[nodiscard]] std::uint64_t sum_of_all(const options_type& options) const {
    return sum_of(options)
        .add(detail::behaviour_of_optimizer(options.optimizer))
        .add(detail::behaviour_of_loss(options.loss, seen_))
        .value();
  }

  /// Each level shuffles in its own way.
  [[nodiscard]] std::uint64_t seed_of(std::size_t level) const { return random_generator(options_.seed + level)(); }

  template <class Options>
  [[nodiscard]] Options ranking_options() const {
    return {.seed = options_.seed, .threads = options_.threads, .loss = options_.loss};
  }

  Training* loader_ = nullptr;  // unless the training set is in memory
  data_view<T> seen_;           // by rankings: the training set, or some samples of the loader
  data_view<T> validation_;
  options_type options_;
  Metric metric_;
  std::optional<options_type> final_{};
};

}  // namespace espalier::inline v0::train

#endif
