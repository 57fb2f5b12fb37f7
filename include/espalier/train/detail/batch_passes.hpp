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

#include <espalier/kernels/cross_entropy.hpp>
#include <espalier/kernels/gradient.hpp>
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
    return in_slots(samples, [](auto&&...) {});
  }

  /// Sets `gradients` to scale times the gradient, or its square, summed over the samples of a batch.
  /// @return their loss and right answers.
  template <kernels::gradient_kind Kind>
  tally gradients(batch samples, value_type scale, std::span<value_type> gradients) {
    const std::size_t slots = (samples.size() + kernels::slot_samples - 1) / kernels::slot_samples;
    slot_gradients_.resize((std::max)(slot_gradients_.size(), slots));
    const tally result = in_slots(samples, [&](std::size_t slot, auto& memory, const auto& answers) {
      auto& own = slot_gradients_[slot];
      own.assign(gradients.size(), value_type{0});
      loss_.gradient(answers, scale, model_.score_gradient(memory));
      model_.template backward<Kind>(memory, kernels::blocks_of(answers.labels.size()), std::span<value_type>(own));
    });
    std::copy(slot_gradients_[0].begin(), slot_gradients_[0].end(), gradients.begin());
    for (std::size_t slot = 1; slot < slots; ++slot) {
      for (std::size_t i = 0; i < gradients.size(); ++i) {
        gradients[i] += slot_gradients_[slot][i];
      }
    }
    return result;
  }

 private:
  template <class Further>
  tally in_slots(batch samples, Further&& further) {
    const std::size_t slots = (samples.size() + kernels::slot_samples - 1) / kernels::slot_samples;
    tallies_.assign(slots, {});
    team_.run(slots, [&](std::size_t slot, std::size_t worker) {
      const std::size_t begin = slot * kernels::slot_samples;
      const batch own = samples.subspan(begin, (std::min)(kernels::slot_samples, samples.size() - begin));
      auto& memory = memories_[worker];
      kernels::gather(data_.samples.data(), model_.input_shape().size(), own, memory.value(0));
      std::array<std::uint32_t, kernels::slot_samples> labels{};
      std::transform(own.begin(), own.end(), labels.begin(), [&](std::uint32_t s) { return data_.labels[s]; });
      const loss::answers<value_type> answers{model_.scores(memory, kernels::blocks_of(own.size())),
                                              model_.output_shape().size(),
                                              std::span<const std::uint32_t>(labels).first(own.size())};
      tallies_[slot] = {loss_.sum(answers), kernels::count_right(answers.scores, answers.classes, answers.labels)};
      further(slot, memory, answers);
    });
    tally total;
    for (const tally& slot : tallies_) {
      total.loss += slot.loss;
      total.right += slot.right;
    }
    return total;
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
