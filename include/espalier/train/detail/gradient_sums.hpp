// SPDX-License-Identifier: Apache-2.0
// Sums of gradients over randomly chosen samples, in mini-batches.
#ifndef ESPALIER_TRAIN_DETAIL_GRADIENT_SUMS_HPP
#define ESPALIER_TRAIN_DETAIL_GRADIENT_SUMS_HPP

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include <espalier/base/errors.hpp>
#include <espalier/base/random_generator.hpp>
#include <espalier/base/view_of.hpp>
#include <espalier/kernels/gradient_kind.hpp>
#include <espalier/train/data_view.hpp>
#include <espalier/train/detail/batch_passes.hpp>
#include <espalier/train/detail/importance_sampling.hpp>
#include <espalier/train/detail/network_numbers.hpp>

namespace espalier::inline v0::train::detail {

/// Sums over samples of a view, which stay the same ones, for all numbers of a network.
template <class Model, class Loss>
class gradient_sums {
 public:
  using value_type = typename Model::value_type;

  /// @param options  with samples, batch, seed, threads and loss; must outlive this object.
  template <class Options>
  gradient_sums(Model& model, const data_view<value_type>& data, const Options& options)
      : model_(model),
        data_(checked(model, data, options)),
        batch_(options.batch),
        passes_(model, data_, options.loss, {thread_count(options.threads)}),
        numbers_(model),
        gradients_(numbers_.count) {
    random_generator(options.seed).shuffle(std::span(data_.chosen));
    data_.chosen.resize((std::min)(data_.chosen.size(), options.samples));
    looked_at_ = data_.chosen.size();
  }

  /// Lets about `options.drawn` samples stand for all: sums of squared gradients stay what they are to be expected. A
  /// sample is drawn the more likely the larger the squared gradient by its scores is, and counts as much more as it
  /// was unlikely to be drawn. Most samples of a trained network have almost none.
  template <class Options>
  void draw(const Options& options) {
    if (options.drawn >= data_.chosen.size()) {
      return;
    }
    std::vector<double> sizes(data_.chosen.size());
    const pass_options forward{thread_count(options.threads), nn::workspace_kind::inference};
    batch_passes<Model, Loss>(model_, data_, options.loss, forward).score_gradients(data_.chosen, sizes);
    const double sum = std::reduce(sizes.begin(), sizes.end());
    if (!(sum > 0 && std::isfinite(sum))) {
      return;  // what all of them say is 0, or an error that names the layer
    }
    const std::vector<double> probabilities = inclusion_probabilities(sizes, options.drawn);
    weights_.resize(data_.size());
    std::vector<std::uint32_t> drawn;
    for (const std::size_t i : drawn_systematically(view_of(probabilities), random_generator(options.seed))) {
      const std::uint32_t sample = data_.chosen[i];
      drawn.push_back(sample);
      // Gradients have the weight as a factor; what is summed are their squares.
      weights_[sample] = (data_.weights.empty() ? value_type{1} : data_.weights[sample]) /
                         static_cast<value_type>(std::sqrt(probabilities[i]));
    }
    data_.chosen = std::move(drawn);
    data_.weights = weights_;
  }

  /// @return how many samples are looked at, or stood for.
  [[nodiscard]] std::size_t looked_at() const noexcept { return looked_at_; }
  [[nodiscard]] network_numbers<value_type>& numbers() noexcept { return numbers_; }

  /// @param term  gives what a gradient, summed over so many samples, adds to the result.
  template <kernels::gradient_kind Kind, class Term>
  [[nodiscard]] std::vector<double> of_gradients(const Term& term) {
    return over_batches([&](auto batch, auto to) { passes_.template gradients<Kind>(batch, {}, to); }, term);
  }
  /// @return the mean over the samples, see batch_passes::curvature.
  [[nodiscard]] std::vector<double> of_curvature() {
    return over_batches([&](auto batch, auto to) { passes_.curvature(batch, to); },
                        [&](double sum, std::size_t) { return sum / static_cast<double>(looked_at()); });
  }

  /// @return of one number per number of the network those of the kernels, layer by layer.
  [[nodiscard]] std::vector<std::vector<value_type>> of_kernels(const std::vector<double>& all) const {
    std::vector<std::vector<value_type>> result;
    const auto layers = model_.layers();
    for (std::size_t p = 0; p < numbers_.parameters.size(); ++p) {
      if (result.size() < layers.size() && numbers_.parameters[p].data() == layers[result.size()].kernel.data()) {
        const auto own = numbers_.part_of(std::span(all), p);
        result.emplace_back(own.begin(), own.end());
      }
    }
    return result;
  }

 private:
  template <class Options>
  [[nodiscard]] static const data_view<value_type>& checked(const Model& model, const data_view<value_type>& data,
                                                            const Options& options) {
    expect_fitting(data, demands_of(model, options.loss), "train::gradients");
    if (options.samples == 0 || options.batch == 0) {
      reject<argument_error>("train::gradients", {"0 samples, or batches of 0"}, {"1 or more"});
    }
    return data;
  }

  template <class Pass, class Term>
  [[nodiscard]] std::vector<double> over_batches(const Pass& pass, const Term& term) {
    std::vector<double> sums(numbers_.count);
    for (std::size_t begin = 0; begin < data_.chosen.size(); begin += batch_) {
      const auto batch =
          std::span<const std::uint32_t>(data_.chosen).subspan(begin, (std::min)(batch_, data_.chosen.size() - begin));
      pass(batch, std::span<value_type>(gradients_));
      expect_finite();
      for (std::size_t i = 0; i < sums.size(); ++i) {
        sums[i] += term(static_cast<double>(gradients_[i]), batch.size());
      }
    }
    return sums;
  }

  /// Names the last layer whose gradients are not finite.
  void expect_finite() const {
    const std::size_t broken = numbers_.last_broken(gradients_);
    if (broken < numbers_.layers.size()) {
      reject<numeric_error>("train::gradients",
                            {"gradients of layer '", numbers_.layers[broken], "' that are not finite"},
                            {"finite numbers"});
    }
  }

  Model& model_;
  data_view<value_type> data_;       // what is looked at, in random order
  std::vector<value_type> weights_;  // of the samples, once they are drawn
  std::size_t batch_;
  batch_passes<Model, Loss> passes_;
  network_numbers<value_type> numbers_;
  std::size_t looked_at_ = 0;
  std::vector<value_type> gradients_;
};

}  // namespace espalier::inline v0::train::detail

#endif
