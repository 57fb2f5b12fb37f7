// SPDX-License-Identifier: Apache-2.0
// Runs batches of samples through a network, cut into slots that threads share.
#ifndef ESPALIER_TRAIN_DETAIL_BATCH_PASSES_HPP
#define ESPALIER_TRAIN_DETAIL_BATCH_PASSES_HPP

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include <espalier/base/random_generator.hpp>
#include <espalier/base/view_of.hpp>
#include <espalier/kernels/add.hpp>
#include <espalier/kernels/aligned_allocator.hpp>
#include <espalier/kernels/cross_entropy.hpp>
#include <espalier/kernels/dropout.hpp>
#include <espalier/kernels/gradient_kind.hpp>
#include <espalier/kernels/lanes.hpp>
#include <espalier/kernels/score_kind.hpp>
#include <espalier/loss/loss.hpp>
#include <espalier/nn/workspace.hpp>
#include <espalier/train/augmentation.hpp>
#include <espalier/train/data_view.hpp>
#include <espalier/train/detail/workers.hpp>

namespace espalier::inline v0::train::detail {

/// @return what a network and a loss ask of data.
template <class Model, loss::loss Loss>
[[nodiscard]] data_demands demands_of(const Model& model, const Loss& /*loss*/) {
  const std::size_t outputs = model.output_shape().size();
  return {model.input_shape(), outputs, loss::classes_of<Loss>(outputs), loss::takes_targets<Loss>(),
          loss::needs_labels_and_targets<Loss>()};
}

/// Whether the compiler sees that no layer of a network looks at whole mini-batches.
template <class Model>
concept never_whole = requires {
  requires Model::batch_layers()
  == 0;
};

/// How passes are run.
struct pass_options {
  std::size_t threads = 1;  ///< > 0
  nn::workspace_kind kind = nn::workspace_kind::training;
};

/// What a gradient is multiplied by, and whether it is that of a training.
struct gradient_scale {
  double factor = 1;
  std::uint64_t noise = 0;
};

/// How samples are changed before a training sees them.
struct sample_changes {
  const augmentation* how = nullptr;
  std::uint64_t key = 0;                     ///< of the epoch
  std::span<const std::uint32_t> numbers{};  ///< of the samples of the batch, to draw by; none: those in the view
};

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

  batch_passes(const Model& model, const data_view<value_type>& data, const Loss& loss, const pass_options& options)
      : model_(model), data_(data), loss_(loss), team_(options.threads) {
    for (std::size_t worker = 0; worker < team_.size(); ++worker) {
      memories_.push_back(model.make_workspace(kernels::slot_blocks, options.kind));
      targets_.emplace_back(loss::takes_targets<Loss>() ? model.output_shape().size() * kernels::slot_samples : 0);
    }
  }

  /// Lets the next batches of a training be changed.
  void augment_by(const sample_changes& changes) {
    changes_ = changes;
    if (*changes_.how && augmented_.empty()) {
      augmented_.resize(team_.size(), std::vector<value_type>(model_.input_shape().size() * kernels::slot_samples));
    }
  }

  /// @return loss and right answers of the samples of a batch; can be asked for in inference too.
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

  /// Sets one number for each sample of a batch to the sum of squares of its loss's gradient by its scores; can be
  /// asked for in inference too.
  void score_gradients(batch samples, std::span<double> to) {
    in_slots(samples, [&](std::size_t slot, auto& /*memory*/, const auto& answers) {
      kernels::lane_vector<value_type> gradient(answers.classes * kernels::slot_samples);
      (void)loss_.gradient(answers, value_type{1}, gradient.data());
      for (std::size_t sample = 0; sample < answers.samples(); ++sample) {
        double& sum = to[slot * kernels::slot_samples + sample];
        sum = 0;
        for (std::size_t score = 0; score < answers.classes; ++score) {
          const auto g = static_cast<double>(gradient[answers.place(sample, score)]);
          sum += g * g;
        }
      }
    });
  }

  /// Sets `gradients` to scale times the gradient, or its square, summed over the samples of a batch.
  /// @param scale  of the gradient, and the noise of a step of training (see nn::pass); 0: layers are as in inference.
  /// @return the sum of their losses.
  template <kernels::gradient_kind Kind>
  double gradients(batch samples, const gradient_scale& scale, std::span<value_type> gradients) {
    slot_gradients_.resize((std::max)(slot_gradients_.size(), slots_of(samples)));
    noise_ = scale.noise;
    if (model_.batch_layers() > 0 && noise_ != 0) {
      if constexpr (!never_whole<Model>) {
        whole_batch<Kind>(samples, static_cast<value_type>(scale.factor), gradients);
      }
    } else {
      in_slots(samples, [&](std::size_t slot, auto& memory, const auto& answers) {
        const auto own = cleared(slot, gradients);
        tallies_[slot].loss = loss_.gradient(answers, static_cast<value_type>(scale.factor),
                                             model_.template score_gradient<scores>(memory));
        model_.template backward<Kind, scores>(memory, kernels::blocks_of(answers.samples()), own);
      });
    }
    noise_ = 0;
    double loss = tallies_[0].loss;
    for (std::size_t slot = 1; slot < tallies_.size(); ++slot) {
      kernels::add<value_type>(slot_gradients_[slot], gradients);
      loss += tallies_[slot].loss;
    }
    return loss;
  }

  /// Sets `to` to the sum over the samples of a batch of the diagonal of J^T H J, with J the derivatives of the scores
  /// by the parameters and H the Hessian of the loss by the scores: each factor v of H goes back as a gradient does,
  /// and what arrives is squared.
  void curvature(batch samples, std::span<value_type> to) requires loss::curved_loss<Loss> {
    slot_gradients_.resize((std::max)(slot_gradients_.size(), slots_of(samples)));
    in_slots(samples, [&](std::size_t slot, auto& memory, const auto& answers) {
      const auto own = cleared(slot, to);
      for (std::size_t factor = 0; factor < loss_.curvature_factors(model_.output_shape().size()); ++factor) {
        loss_.curvature_factor(answers, factor, model_.template score_gradient<scores>(memory));
        model_.template backward<kernels::gradient_kind::squared, scores>(memory, kernels::blocks_of(answers.samples()),
                                                                          own);
      }
    });
    for (std::size_t slot = 1; slot < tallies_.size(); ++slot) {
      kernels::add<value_type>(slot_gradients_[slot], to);
    }
  }

  /// @return what the layers that look at a whole batch made of the last one, see nn::batch_layer.
  [[nodiscard]] std::span<const double> batch_sums() const noexcept { return view_of(batch_sums_); }

 private:
  [[nodiscard]] static std::size_t slots_of(batch samples) {
    return (samples.size() + kernels::slot_samples - 1) / kernels::slot_samples;
  }

  /// The gradient of a slot, all 0; that of the first is where the sum is to be.
  [[nodiscard]] std::span<value_type> cleared(std::size_t slot, std::span<value_type> gradients) {
    std::span<value_type> own = gradients;
    if (slot > 0) {
      slot_gradients_[slot].resize(gradients.size());
      own = slot_gradients_[slot];
    }
    std::fill(own.begin(), own.end(), value_type{0});
    return own;
  }

  /// A training's pass through a network with layers that look at all samples: part by part, each slot with a memory of
  /// its own.
  template <kernels::gradient_kind Kind>
  void whole_batch(batch samples, value_type scale, std::span<value_type> gradients) {
    const std::size_t last = model_.batch_layers();
    const std::size_t count = slots_of(samples);
    while (slot_memories_.size() < count) {
      slot_memories_.push_back(model_.make_workspace(kernels::slot_blocks));
      slot_sums_.push_back(slot_memories_.back().sums().data());
    }
    batch_sums_.resize(slot_memories_[0].sums().size());
    tallies_.assign(count, {});
    const auto sums = std::span<const double* const>(slot_sums_).first(count);
    const auto each_slot = [&](auto&& action) {
      team_.run(count, [&](std::size_t slot, std::size_t worker) {
        action(slot, worker, part_of(samples, slot), slot_memories_[slot]);
      });
    };
    for (std::size_t part = 0; part < last; ++part) {
      each_slot([&](std::size_t slot, std::size_t worker, batch own, auto& memory) {
        if (part == 0) {
          bring_in(own, {slot, worker}, memory);
        }
        model_.template run_part<scores>(part, memory, kernels::blocks_of(own.size()));
      });
      model_.combine(part, sums, std::span<double>(batch_sums_));
    }
    each_slot([&](std::size_t slot, std::size_t worker, batch own, auto& memory) {
      truth right;
      const std::size_t blocks = kernels::blocks_of(own.size());
      const auto answers = answers_of(own, worker, right, model_.template run_part<scores>(last, memory, blocks));
      tallies_[slot].loss = loss_.gradient(answers, scale, model_.template score_gradient<scores>(memory));
      model_.template back_through_part<Kind, scores>(last, memory, blocks, cleared(slot, gradients));
    });
    for (std::size_t part = last; part-- > 0;) {
      model_.combine_slopes(part, sums, std::span<double>(batch_sums_));
      each_slot([&](std::size_t slot, std::size_t, batch own, auto& memory) {
        const auto to = slot == 0 ? gradients : std::span<value_type>(slot_gradients_[slot]);
        model_.template back_through_part<Kind, scores>(part, memory, kernels::blocks_of(own.size()), to);
      });
    }
  }

  [[nodiscard]] static batch part_of(batch samples, std::size_t slot) {
    const std::size_t begin = slot * kernels::slot_samples;
    return samples.subspan(begin, (std::min)(kernels::slot_samples, samples.size() - begin));
  }

  /// A slot, and who works on it.
  struct task {
    std::size_t slot = 0;
    std::size_t worker = 0;
  };

  /// Brings the samples of a slot into its memory.
  template <class Memory>
  void bring_in(batch own, const task& t, Memory& memory) {
    const std::uint64_t noise = noise_ == 0 ? 0 : kernels::mixed(noise_, t.slot) | 1;
    memory.use_for({own.size(), noise, batch_sums_.empty() ? nullptr : batch_sums_.data()});
    if (noise_ != 0 && !augmented_.empty()) {
      bring_in_changed(own, t, memory);
    } else {
      kernels::gather(data_.samples.data(), model_.input_shape().size(), own, memory.value(0));
    }
  }

  /// The same with changed copies of the samples.
  template <class Memory>
  void bring_in_changed(batch own, const task& t, Memory& memory) {
    const std::size_t features = model_.input_shape().size();
    const auto rows = std::span<value_type>(augmented_[t.worker]);
    const auto numbers = changes_.numbers.empty() ? own : part_of(changes_.numbers, t.slot);
    std::array<std::uint32_t, kernels::slot_samples> order;
    std::iota(order.begin(), order.end(), 0U);
    for (std::size_t i = 0; i < own.size(); ++i) {
      const auto row = rows.subspan(i * features, features);
      std::copy_n(data_.samples.data() + own[i] * features, features, row.begin());
      random_generator random(kernels::mixed(changes_.key, numbers[i]));
      (*changes_.how)(row, random);
    }
    kernels::gather<value_type>(rows.data(), features, batch(order).first(own.size()), memory.value(0));
  }

  /// What is right for the samples of a slot.
  struct truth {
    std::array<std::uint32_t, kernels::slot_samples> labels;
    std::array<value_type, kernels::slot_samples> weights;
  };

  [[nodiscard]] loss::answers<value_type> answers_of(batch own, std::size_t worker, truth& right,
                                                     const value_type* scores_given) {
    loss::answers<value_type> answers;
    answers.scores = scores_given;
    answers.classes = model_.output_shape().size();
    if (data_.outputs == 0 || loss::needs_labels_and_targets<Loss>()) {
      answers.labels = chosen(data_.labels, own, right.labels);
    }
    if (data_.outputs != 0) {
      kernels::gather(data_.targets.data(), data_.outputs, own, targets_[worker].data());
      answers.targets = targets_[worker].data();
      answers.count = own.size();
    }
    if (!data_.weights.empty()) {
      answers.weights = chosen(data_.weights, own, right.weights);
    }
    return answers;
  }

  /// Calls action(slot, memory, answers) for each slot of a batch.
  template <class Action>
  void in_slots(batch samples, Action&& action) {
    tallies_.assign(slots_of(samples), {});
    team_.run(tallies_.size(), [&](std::size_t slot, std::size_t worker) {
      const batch own = part_of(samples, slot);
      auto& memory = memories_[worker];
      bring_in(own, {slot, worker}, memory);
      truth right;
      const auto* given = model_.template scores<scores>(memory, kernels::blocks_of(own.size()));
      action(slot, memory, answers_of(own, worker, right, given));
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
  workers<> team_;
  std::vector<decltype(std::declval<const Model&>().make_workspace(1))> memories_;
  std::vector<std::vector<value_type>> targets_;    // of the slot that a worker has
  std::vector<std::vector<value_type>> augmented_;  // samples of that slot, if they are changed
  sample_changes changes_;
  std::vector<std::vector<value_type>> slot_gradients_;
  std::vector<decltype(std::declval<const Model&>().make_workspace(1))>
      slot_memories_;  // if a batch is looked at whole
  std::vector<const double*> slot_sums_;
  std::vector<double> batch_sums_;
  std::uint64_t noise_ = 0;
  std::vector<tally> tallies_;
};

}  // namespace espalier::inline v0::train::detail

#endif
