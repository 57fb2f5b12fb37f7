// SPDX-License-Identifier: Apache-2.0
// Runs batches of samples through a network, cut into slots that threads share.
#ifndef ESPALIER_TRAIN_DETAIL_BATCH_PASSES_HPP
#define ESPALIER_TRAIN_DETAIL_BATCH_PASSES_HPP

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <espalier/kernels/add.hpp>
#include <espalier/kernels/cross_entropy.hpp>
#include <espalier/kernels/gradient_kind.hpp>
#include <espalier/kernels/lanes.hpp>
#include <espalier/kernels/score_kind.hpp>
#include <espalier/loss/loss.hpp>
#include <espalier/train/data_view.hpp>
#include <espalier/train/detail/workers.hpp>

namespace espalier::inline v0::train::detail {

/// @return what a network and a loss ask of data.
template <class Model, loss::loss Loss>
[[nodiscard]] data_demands demands_of(const Model& model, const Loss& /*loss*/) {
  const std::size_t outputs = model.output_shape().size();
  return {model.input_shape(), outputs, loss::classes_of<Loss>(outputs), loss::takes_targets<Loss>()};
}

/// Passes of one network over one set. A batch is cut into slots of 64 samples, always the same ones, each with a
/// gradient of its own; the gradients are added in the order of the slots. So results do not depend on threads.
template <class Model, loss::loss Loss>
class batch_passes {
 public:
  using value_type = typename Model::value_type;
  using batch = std::span<const std::uint32_t>;

  static constexpr kernels::score_kind scores = loss::scores_of<Loss>();

  /// Loss and right answers, summed over samples, each times its weight.
  struct tally {
    double loss = 0;
    double right = 0;  ///< 0 if there are targets in place of labels
  };

  /// @param threads  > 0.
  batch_passes(const Model& model, const data_view<value_type>& data, const Loss& loss, std::size_t threads)
      : model_(model), data_(data), loss_(loss), team_(threads) {
    for (std::size_t worker = 0; worker < team_.size(); ++worker) {
      memories_.push_back(model.make_workspace(kernels::slot_blocks));
      targets_.emplace_back(data.outputs * kernels::slot_samples);
    }
  }

  /// @return loss and right answers of the samples of a batch.
  [[nodiscard]] tally judge(batch samples) {
    in_slots(samples, [&](std::size_t slot, auto& /*memory*/, const auto& answers) {
      // Half a probability is a score of 0 before the sigmoid.
      const auto threshold = static_cast<value_type>(scores == kernels::score_kind::before_sigmoid ? 0 : 0.5);
      tallies_[slot].loss = loss_.sum(answers);
      tallies_[slot].right = answers.targets == nullptr ? kernels::count_right(answers, threshold) : 0;
    });
    tally total;
    for (const tally& slot : tallies_) {
      total.loss += slot.loss;
      total.right += slot.right;
    }
    return total;
  }

  /// Sets `gradients` to scale times the gradient, or its square, summed over the samples of a batch.
  /// @return the sum of their losses.
  template <kernels::gradient_kind Kind>
  double gradients(batch samples, value_type scale, std::span<value_type> gradients) {
    slot_gradients_.resize((std::max)(slot_gradients_.size(), slots_of(samples)));
    in_slots(samples, [&](std::size_t slot, auto& memory, const auto& answers) {
      // The first slot's gradient is where the sum is to be.
      std::span<value_type> own = gradients;
      if (slot > 0) {
        slot_gradients_[slot].resize(gradients.size());
        own = slot_gradients_[slot];
      }
      std::fill(own.begin(), own.end(), value_type{0});
      tallies_[slot].loss = loss_.gradient(answers, scale, model_.template score_gradient<scores>(memory));
      model_.template backward<Kind, scores>(memory, kernels::blocks_of(answers.samples()), own);
    });
    double loss = tallies_[0].loss;
    for (std::size_t slot = 1; slot < tallies_.size(); ++slot) {
      kernels::add<value_type>(slot_gradients_[slot], gradients);
      loss += tallies_[slot].loss;
    }
    return loss;
  }

 private:
  [[nodiscard]] static std::size_t slots_of(batch samples) {
    return (samples.size() + kernels::slot_samples - 1) / kernels::slot_samples;
  }

  /// Calls action(slot, memory, answers) for each slot of a batch.
  template <class Action>
  void in_slots(batch samples, Action&& action) {
    tallies_.assign(slots_of(samples), {});
    team_.run(tallies_.size(), [&](std::size_t slot, std::size_t worker) {
      const std::size_t begin = slot * kernels::slot_samples;
      const batch own = samples.subspan(begin, (std::min)(kernels::slot_samples, samples.size() - begin));
      auto& memory = memories_[worker];
      kernels::gather(data_.samples.data(), model_.input_shape().size(), own, memory.value(0));
      loss::answers<value_type> answers;
      answers.scores = model_.template scores<scores>(memory, kernels::blocks_of(own.size()));
      answers.classes = model_.output_shape().size();
      std::array<std::uint32_t, kernels::slot_samples> labels;
      std::array<value_type, kernels::slot_samples> weights;
      if (data_.outputs == 0) {
        answers.labels = chosen(data_.labels, own, labels);
      } else {
        kernels::gather(data_.targets.data(), data_.outputs, own, targets_[worker].data());
        answers.targets = targets_[worker].data();
        answers.count = own.size();
      }
      if (!data_.weights.empty()) {
        answers.weights = chosen(data_.weights, own, weights);
      }
      action(slot, memory, answers);
    });
  }

  /// What belongs to the samples of a slot.
  template <class Number>
  [[nodiscard]] static std::span<const Number> chosen(std::span<const Number> all, batch samples,
                                                      std::array<Number, kernels::slot_samples>& to) {
    std::transform(samples.begin(), samples.end(), to.begin(), [&](std::uint32_t s) { return all[s]; });
    return std::span<const Number>(to).first(samples.size());
  }

  const Model& model_;
  const data_view<value_type>& data_;
  const Loss& loss_;
  workers team_;
  std::vector<decltype(std::declval<const Model&>().make_workspace(1))> memories_;
  std::vector<std::vector<value_type>> targets_;  // of the slot that a worker has
  std::vector<std::vector<value_type>> slot_gradients_;
  std::vector<tally> tallies_;
};

}  // namespace espalier::inline v0::train::detail

#endif
