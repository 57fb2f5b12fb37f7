// SPDX-License-Identifier: Apache-2.0
// Predictions again and again, for programs that wait for each: memory is allocated once.
#ifndef ESPALIER_NN_PREDICTOR_HPP
#define ESPALIER_NN_PREDICTOR_HPP

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <espalier/base/errors.hpp>
#include <espalier/base/extents.hpp>
#include <espalier/kernels/lanes.hpp>
#include <espalier/nn/workspace.hpp>

namespace espalier::inline v0::nn {

namespace detail {

/// @param numbers  of some samples.   @return how many samples they make.
/// @throws shape_error if these are not whole.
template <class Model>
[[nodiscard]] std::size_t count_samples(const Model& model, std::size_t numbers, std::string_view where) {
  const std::size_t features = model.input_shape().size();
  if (numbers % features != 0) {
    reject<shape_error>(where, {numbers, " numbers"},
                        {"a multiple of ", features, ", for samples of shape ", model.input_shape()});
  }
  return numbers / features;
}

/// Runs samples of a set through a network.
/// @param w        one of the network, with blocks enough.
/// @param samples  all of the set, row-major.
/// @param chosen   which of them.
/// @param outputs  one row per chosen sample is written there.
template <class Model, class T>
void predict_chosen(const Model& model, workspace<T>& w, std::span<const T> samples,
                    std::span<const std::uint32_t> chosen, T* outputs) {
  w.use_for({chosen.size()});
  kernels::gather(samples.data(), model.input_shape().size(), chosen, w.value(0));
  const T* found = model.forward(w, kernels::blocks_of(chosen.size()));
  kernels::scatter(found, model.output_shape().size(), chosen.size(), outputs);
}

}  // namespace detail

/// A network together with the memory of its predictions, which then allocate nothing. A single sample has a path of
/// its own: a call with one costs far less than a block of 16, and gives the same bits as in a batch.
///
/// One per thread; the network may be shared, and trained between calls.
/// @tparam Model  see sequential and graph.
template <class Model>
class predictor {
 public:
  using value_type = typename Model::value_type;

  /// @param model    what predicts; it must stay where it is as long as the predictor is used.
  /// @param samples  that a call usually brings: memory is for so many, at most 64, which are run at a time.
  explicit predictor(const Model& model, std::size_t samples = kernels::slot_samples)
      : model_(&model),
        blocks_(std::clamp(kernels::blocks_of(samples), std::size_t{1}, kernels::slot_blocks)),
        memory_(model.make_workspace(blocks_, workspace_kind::inference)),
        outputs_((std::min)(samples, blocks_ * kernels::lanes) * model.output_shape().size()) {
    std::iota(order_.begin(), order_.end(), 0U);
  }
  explicit predictor(const Model&& model, std::size_t samples = kernels::slot_samples) = delete;

  /// @param samples  row-major, one after the other.
  /// @param outputs  one row per sample is written there.
  /// @throws shape_error if the numbers do not make whole samples, or there is not one row for each.
  /// Complexity: one forward pass per sample; allocates nothing.
  void operator()(std::span<const value_type> samples, std::span<value_type> outputs) {
    const std::size_t count = detail::count_samples(*model_, samples.size(), "nn::predictor");
    const std::size_t row = model_->output_shape().size();
    if (outputs.size() != count * row) {
      reject<shape_error>("nn::predictor", {"room for ", outputs.size(), " outputs"},
                          {count * row, ", ", row, " per sample"});
    }
    const std::size_t features = model_->input_shape().size();
    for (std::size_t begin = 0; begin < count;) {
      // One sample behind whole blocks costs less by itself than in another block.
      const std::size_t left = count - begin;
      const std::size_t whole = left > 1 && left % kernels::lanes == 1 ? left - 1 : left;
      const std::size_t size = (std::min)(blocks_ * kernels::lanes, whole);
      run(samples.subspan(begin * features, size * features), outputs.subspan(begin * row, size * row));
      begin += size;
    }
  }

  /// @param samples  row-major, one after the other.
  /// @return one row of outputs per sample; it stays until the next call.
  /// @throws shape_error if the numbers do not make whole samples.
  /// Complexity: one forward pass per sample; allocates only if there are more samples than ever before.
  [[nodiscard]] std::span<const value_type> operator()(std::span<const value_type> samples) {
    const std::size_t count = detail::count_samples(*model_, samples.size(), "nn::predictor");
    const std::size_t size = count * model_->output_shape().size();
    outputs_.resize((std::max)(outputs_.size(), size));
    const auto outputs = std::span<value_type>(outputs_).first(size);
    (*this)(samples, outputs);
    return outputs;
  }

 private:
  void run(std::span<const value_type> samples, std::span<value_type> outputs) {
    const std::size_t count = samples.size() / model_->input_shape().size();
    const auto order = std::span<const std::uint32_t>(order_).first(count);
    detail::predict_chosen(*model_, memory_, samples, order, outputs.data());
  }

  const Model* model_;
  std::size_t blocks_;
  workspace<value_type> memory_;
  std::vector<value_type> outputs_;
  std::array<std::uint32_t, kernels::slot_samples> order_;
};

}  // namespace espalier::inline v0::nn

#endif
