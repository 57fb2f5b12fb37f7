// SPDX-License-Identifier: Apache-2.0
// What a network says of samples, for another one to learn from.
#ifndef ESPALIER_TRAIN_SOFT_TARGETS_HPP
#define ESPALIER_TRAIN_SOFT_TARGETS_HPP

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <espalier/base/errors.hpp>
#include <espalier/kernels/lanes.hpp>
#include <espalier/kernels/score_kind.hpp>
#include <espalier/nn/workspace.hpp>
#include <espalier/train/data_view.hpp>
#include <espalier/train/detail/workers.hpp>

namespace espalier::inline v0::train {

/// Labelled samples together with the scores that a network gives them, computed once: what loss::distillation needs.
/// @tparam T  float or double.
template <class T>
class soft_targets {
 public:
  /// @param teacher  a trained network, see nn::sequential; only looked at here.
  /// @param data     samples with labels that fit it.
  /// @param threads  0: as many as the machine runs at once; the result is the same.
  /// @throws shape_error or argument_error if the data do not fit, or have targets already.
  /// Complexity: one forward pass per sample; memory for the scores of all samples of the arrays.
  template <class Model>
  soft_targets(const Model& teacher, const data_view<T>& data, std::size_t threads = 1) : data_(data) {
    const std::size_t classes = teacher.output_shape().size();
    expect_fitting(data, {teacher.input_shape(), classes, classes, false}, "train::soft_targets");
    scores_.resize(data.size() * classes);
    data_.outputs = classes;
    detail::workers team(detail::thread_count(threads));
    std::vector<decltype(teacher.make_workspace(1))> memories;
    std::vector<std::vector<T>> rows(team.size(), std::vector<T>(kernels::slot_samples * classes));
    for (std::size_t worker = 0; worker < team.size(); ++worker) {
      memories.push_back(teacher.make_workspace(kernels::slot_blocks, nn::workspace_kind::inference));
    }
    const std::size_t samples = data.chosen.size();
    team.run((samples + kernels::slot_samples - 1) / kernels::slot_samples, [&](std::size_t slot, std::size_t worker) {
      const std::size_t begin = slot * kernels::slot_samples;
      const auto own = std::span(data.chosen).subspan(begin, (std::min)(kernels::slot_samples, samples - begin));
      auto& memory = memories[worker];
      memory.use_for({own.size()});
      kernels::gather<T>(data.samples.data(), teacher.input_shape().size(), own, memory.value(0));
      const T* given =
          teacher.template scores<kernels::score_kind::before_softmax>(memory, kernels::blocks_of(own.size()));
      kernels::scatter(given, classes, own.size(), rows[worker].data());
      for (std::size_t i = 0; i < own.size(); ++i) {
        std::copy_n(rows[worker].data() + i * classes, classes, scores_.data() + own[i] * classes);
      }
    });
  }

  /// @return the view that was given, with labels and scores; it must not outlive this object.
  [[nodiscard]] data_view<T> view() const {
    data_view<T> both = data_;
    both.targets = scores_;
    return both;
  }

 private:
  data_view<T> data_;
  std::vector<T> scores_;  // one row per sample of the arrays; 0 where it is not in the view
};

}  // namespace espalier::inline v0::train

#endif
