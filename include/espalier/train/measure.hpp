// SPDX-License-Identifier: Apache-2.0
// A metric of a network on a set of samples.
#ifndef ESPALIER_TRAIN_MEASURE_HPP
#define ESPALIER_TRAIN_MEASURE_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include <espalier/base/errors.hpp>
#include <espalier/kernels/lanes.hpp>
#include <espalier/metric/metric.hpp>
#include <espalier/nn/predictor.hpp>
#include <espalier/nn/workspace.hpp>
#include <espalier/train/data_view.hpp>
#include <espalier/train/detail/workers.hpp>

namespace espalier::inline v0::train {

/// @param model    a network, see nn::sequential.
/// @param data     samples with classes or targets that fit it.
/// @param metric   any; it sees the outputs of the last layer.
/// @param threads  0: as many as the machine runs at once; the result is the same.
/// @return what the metric says.
/// @throws shape_error or argument_error if the data do not fit.
/// Complexity: one forward pass per sample; memory for all outputs.
template <class Model, metric::metric Metric>
[[nodiscard]] double measure(const Model& model, const data_view<typename Model::value_type>& data,
                             const Metric& metric, std::size_t threads = 1) {
  using value_type = typename Model::value_type;
  const std::size_t width = model.output_shape().size();
  // A single output tells class 1 from class 0.
  expect_fitting(data, {model.input_shape(), width, (std::max)(width, std::size_t{2}), true}, "train::measure");
  const std::size_t samples = data.chosen.size();
  std::vector<value_type> outputs(samples * width);
  detail::workers team(detail::thread_count(threads));
  std::vector<decltype(model.make_workspace(1))> memories;
  for (std::size_t worker = 0; worker < team.size(); ++worker) {
    memories.push_back(model.make_workspace(kernels::slot_blocks, nn::workspace_kind::inference));
  }
  team.run((samples + kernels::slot_samples - 1) / kernels::slot_samples, [&](std::size_t slot, std::size_t worker) {
    const std::size_t begin = slot * kernels::slot_samples;
    const auto own = std::span(data.chosen).subspan(begin, (std::min)(kernels::slot_samples, samples - begin));
    nn::detail::predict_chosen(model, memories[worker], data.samples, own, outputs.data() + begin * width);
  });

  const auto chosen = [&](auto all, std::size_t row) {
    std::vector<std::remove_const_t<typename decltype(all)::element_type>> rows;
    for (const std::uint32_t sample : data.chosen) {
      const auto own = all.empty() ? all : all.subspan(sample * row, row);
      rows.insert(rows.end(), own.begin(), own.end());
    }
    return rows;
  };
  const auto labels = chosen(data.labels, 1);
  const auto targets = chosen(data.targets, width);
  const auto weights = chosen(data.weights, 1);
  return metric(metric::predictions<value_type>{outputs, width, labels, targets, weights});
}

}  // namespace espalier::inline v0::train

#endif
