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
#include <espalier/loss/loss.hpp>
#include <espalier/train/data_view.hpp>
#include <espalier/train/detail/workers.hpp>

namespace espalier::inline v0::train::detail {

/// Passes of one network over one set. A batch is cut into slots of 64 samples, always the same ones, each with a
/// gradient of its own; the gradients are added in the order of the slots. So results do not depend on threads.
template <class Model, loss::loss Loss>
class batch_passes {
 public:
  using value_type = typename Model::value_type;
  using batch = std::span<const std::uint32_t>;

  /// Loss and right answers, summed over samples.
  struct tally {
    double loss = 0;
    std::size_t right = 0;
  };

  /// @param threads  > 0.
  batch_passes(const Model& model, const data_view<value_type>& data, const Loss& loss, std::size_t threads)
      : model_(model), data_(data), loss_(loss), team_(threads) {
    for (std::size_t worker = 0; worker < team_.size(); ++worker) {
      memories_.push_back(model.make_workspace(kernels::slot_blocks));
    }
  }

  /// @return loss and right answers of the samples of a batch.
  [[nodiscard]] tally judge(batch samples) {
    in_slots(samples, [&](std::size_t slot, auto& /*memory*/, const auto& answers) {
      tallies_[slot] = {loss_.sum(answers), kernels::count_right(answers.scores, answers.classes, answers.labels)};
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
      tallies_[slot].loss = loss_.gradient(answers, scale, model_.score_gradient(memory));
      model_.template backward<Kind>(memory, kernels::blocks_of(answers.labels.size()), own);
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
      std::array<std::uint32_t, kernels::slot_samples> labels{};
      std::transform(own.begin(), own.end(), labels.begin(), [&](std::uint32_t s) { return data_.labels[s]; });
      action(
          slot, memory,
          loss::answers<value_type>{model_.scores(memory, kernels::blocks_of(own.size())), model_.output_shape().size(),
                                    std::span<const std::uint32_t>(labels).first(own.size())});
    });
  }

  const Model& model_;
  const data_view<value_type>& data_;
  const Loss& loss_;
  workers team_;
  std::vector<decltype(std::declval<const Model&>().make_workspace(1))> memories_;
  std::vector<std::vector<value_type>> slot_gradients_;
  std::vector<tally> tallies_;
};

}  // namespace espalier::inline v0::train::detail

#endif
