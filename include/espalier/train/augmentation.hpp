// SPDX-License-Identifier: Apache-2.0
// Changes samples at random each time that they are trained on.
#ifndef ESPALIER_TRAIN_AUGMENTATION_HPP
#define ESPALIER_TRAIN_AUGMENTATION_HPP

#include <concepts>
#include <span>
#include <type_traits>
#include <utility>

#include <espalier/base/callback.hpp>
#include <espalier/base/random_generator.hpp>

namespace espalier::inline v0::train {

/// A function of the user's that changes samples at random before a step of training sees them, such as one that shifts
/// images; or nothing. Judging and ranking see the samples as they are.
///
/// It is called with a copy of one sample and a generator that depends on the seed of the training, the epoch and the
/// number of the sample only: batches, threads and the order of the samples do not matter. Threads call one copy of it
/// at the same time, so that it must not change what it captures.
class augmentation {
 public:
  /// Nothing is changed.
  augmentation() noexcept = default;

  /// @param function  takes (std::span<T> sample, random_generator& random), for T float, double or both.
  template <class Function>
  requires(!std::same_as<std::remove_cvref_t<Function>, augmentation>) &&
      (std::is_invocable_v<std::decay_t<Function>&, std::span<float>, random_generator&> ||
       std::is_invocable_v<std::decay_t<Function>&, std::span<double>, random_generator&>)
      // NOLINTNEXTLINE(*-explicit-constructor,*-forwarding-reference-overload): options.augment = a lambda
      augmentation(Function&& function) {
    if constexpr (std::is_invocable_v<std::decay_t<Function>&, std::span<float>, random_generator&>) {
      of_floats_ = function;
    }
    if constexpr (std::is_invocable_v<std::decay_t<Function>&, std::span<double>, random_generator&>) {
      of_doubles_ = std::forward<Function>(function);
    }
  }

  /// @return whether there is a function at all.
  [[nodiscard]] explicit operator bool() const noexcept { return of_floats_ || of_doubles_; }

  /// @tparam T  float or double.
  /// @return whether there is a function for samples of such numbers.
  template <class T>
  [[nodiscard]] bool takes() const noexcept {
    return static_cast<bool>(of<T>());
  }

  /// Changes a sample.
  /// @param sample  of numbers that it takes.
  /// @param random  to draw from.
  template <class T>
  void operator()(std::span<T> sample, random_generator& random) const {
    of<T>()(sample, random);
  }

 private:
  template <class T>
  [[nodiscard]] const auto& of() const noexcept {
    static_assert(std::is_same_v<T, float> || std::is_same_v<T, double>);
    if constexpr (std::is_same_v<T, float>) {
      return of_floats_;
    } else {
      return of_doubles_;
    }
  }

  callback<void(std::span<float>, random_generator&)> of_floats_;
  callback<void(std::span<double>, random_generator&)> of_doubles_;
};

}  // namespace espalier::inline v0::train

#endif
