// SPDX-License-Identifier: Apache-2.0
// The concept of a loader: samples that come batch by batch and need not be in memory all at once.
#ifndef ESPALIER_TRAIN_LOADER_HPP
#define ESPALIER_TRAIN_LOADER_HPP

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <espalier/train/data_view.hpp>

namespace espalier::inline v0::train {

/// Which samples a training asks a loader for.
struct batch_request {
  std::span<const std::uint32_t> samples{};  ///< their numbers, from 0, in the order in which they shall come
  std::size_t epoch = 0;                     ///< from 0; an evaluation asks as epoch 0 does
  std::size_t first = 0;                     ///< how many samples of the epoch were asked for before these
  std::uint64_t seed = 0;                    ///< of the training, for loaders that choose an order of their own
};

/// Samples with what is right for them, as a loader gives them. What was there of the last batch is for it to replace.
/// @tparam T  float or double.
template <class T>
struct batch_data {
  std::vector<T> samples;              ///< row-major, one after the other
  std::vector<std::uint32_t> labels;   ///< the class of every sample, from 0; none if targets suffice
  std::vector<T> targets;              ///< the right outputs of every sample, one row after the other
  std::size_t outputs = 0;             ///< numbers in a row of targets; 0: there are none
  std::vector<T> weights;              ///< how much every sample counts, >= 0; none: 1 each
  std::vector<std::uint32_t> numbers;  ///< of the samples, if they are not those asked for; augmentation draws by them
};

namespace detail {

/// Lets a view show samples, but for which of them are chosen.
template <class T>
void show(const batch_data<T>& data, data_view<T>& in) {
  in.samples = data.samples;
  in.labels = data.labels;
  in.targets = data.targets;
  in.outputs = data.outputs;
  in.weights = data.weights;
}

}  // namespace detail

/// A view of all samples that a loader gave.
/// @param data  must outlive the view.
/// @return the view.
/// @throws as for a set in memory.   Complexity: O(numbers).
template <class T>
[[nodiscard]] data_view<T> view_all(const batch_data<T>& data) {
  data_view<T> view;
  detail::show(data, view);
  detail::choose_all(view, view.size(), data.outputs == 0 ? "labels" : "rows of targets");
  return view;
}
template <class T>
data_view<T> view_all(const batch_data<T>&& data) = delete;

/// A source of samples.
///
/// - `size()`: how many samples an epoch has, 1 to 2^32 - 2; it stays the same.
/// - `load(request, batch)`: fills `batch` with as many samples as are asked for; may throw.
///
/// A training asks for the samples in the order that `data_view` has too, shuffled by its seed, so that a loader that
/// gives what is asked for leads to the same bits as the same samples in memory. One that can only go forward, or
/// shuffles by itself, is used without shuffling: it is then asked for 0, 1, 2, ... in each epoch, and may give others
/// in their place. It is called by one thread at a time, not always the same one.
/// - optional: `identity()`, a number that stands for what it gives, so that a pruning that was saved with one is not
///   gone on with by another.
template <class Loader, class T>
concept loader = requires(Loader& l, const Loader& c, const batch_request& request, batch_data<T>& batch) {
  { c.size() } -> std::convertible_to<std::size_t>;
  l.load(request, batch);
};

}  // namespace espalier::inline v0::train

#endif
