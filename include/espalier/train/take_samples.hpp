// SPDX-License-Identifier: Apache-2.0
// Some samples of a loader, to be kept in memory.
#ifndef ESPALIER_TRAIN_TAKE_SAMPLES_HPP
#define ESPALIER_TRAIN_TAKE_SAMPLES_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

#include <espalier/base/errors.hpp>
#include <espalier/base/random_generator.hpp>
#include <espalier/train/data_view.hpp>
#include <espalier/train/loader.hpp>

namespace espalier::inline v0::train {

/// Settings of `take_samples`.
struct take_options {
  std::size_t count = 4096;  ///< how many at most, >= 1; rankings by Fisher information look at 3072
  bool shuffle = true;       ///< false: the first of an epoch, for loaders that shuffle by themselves
  std::uint64_t seed = 0;    ///< of the choice
};

/// Takes samples out of a loader, for a ranking or an evaluation of data that do not fit into memory.
/// @tparam T       float or double.
/// @param from     asked once, as at the beginning of a first epoch.
/// @param options  settings.
/// @return the samples, to be seen by view_all.
/// @throws argument_error if none is asked for or there is none; shape_error if the loader gives another number; and
///         what it throws.
/// Complexity: O(samples of the loader) in memory for their numbers, if it shuffles, and the loader's.
template <class T, loader<T> Loader>
[[nodiscard]] batch_data<T> take_samples(Loader& from, const take_options& options = {}) {
  const std::size_t size = from.size();
  const std::size_t count = (std::min)(options.count, size);
  if (count == 0) {
    reject<argument_error>("train::take_samples", {options.count, " samples of ", size}, {"1 or more of 1 or more"});
  }
  std::vector<std::uint32_t> numbers(options.shuffle ? size : count);
  std::iota(numbers.begin(), numbers.end(), 0U);
  if (options.shuffle) {
    random_generator(options.seed).shuffle(std::span(numbers));
  }
  batch_data<T> result;
  from.load({std::span<const std::uint32_t>(numbers).first(count), 0, 0, options.seed}, result);
  data_view<T> given;
  detail::show(result, given);
  if (given.size() != count) {
    reject<shape_error>("train::take_samples", {given.size(), " samples"}, {count, ", as were asked for"});
  }
  return result;
}

}  // namespace espalier::inline v0::train

#endif
