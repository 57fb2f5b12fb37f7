// SPDX-License-Identifier: Apache-2.0
// The concepts of an optimizer and of a learning rate that changes over training.
#ifndef ESPALIER_OPTIM_OPTIMIZER_HPP
#define ESPALIER_OPTIM_OPTIMIZER_HPP

#include <concepts>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include <espalier/base/errors.hpp>

namespace espalier::inline v0::optim {

/// An optimizer: a small value with its settings. What it remembers between steps is apart, in `state<T>`.
///
/// - `state<T>(optimizer, parameters)`: fresh memory for so many numbers.
/// - `begin_step(rate)`: a step with this learning rate begins.
/// - `update(begin, weights, gradients)`: moves the weights that are numbers begin, begin + 1, ... of all parameters.
///
/// A state that also has `survey(gradients)` is shown those of all parameters after begin_step.
/// A state that also has `archive(a)`, which calls `a(...)` with all that it remembers, can be saved and gone on with.
template <class Optimizer>
concept optimizer = requires(const Optimizer& o, std::size_t parameters, typename Optimizer::template state<double>& s,
                             std::span<double> weights, std::span<const double> gradients) {
  typename Optimizer::template state<float>;
  s = typename Optimizer::template state<double>(o, parameters);
  s.begin_step(1e-3);
  s.update(std::size_t{0}, weights, gradients);
};

/// The learning rate of step `step` of `steps`, both counted from the beginning of one call of `fit`.
///
/// A rate that learns from the training has a nested `state`, made of it, which gives rates in its place;
/// `report(loss)` tells it the loss of each epoch, that of the validation data if there are any. What it remembers goes
/// to `archive(a)`.
template <class Rate>
concept learning_rate = requires(const Rate& rate, std::size_t step, std::size_t steps) {
  { rate(step, steps) } -> std::convertible_to<double>;
};

namespace detail {

/// Refuses a setting of an optimizer.
inline void expect(bool right, std::string_view optimizer, message_parts got, message_parts expected) {
  if (!right) {
    reject<argument_error>("optim::" + std::string(optimizer), got, expected);
  }
}

/// Refuses what is not in [0, 1).
inline void expect_share(std::string_view optimizer, std::string_view name, double value) {
  expect(value >= 0 && value < 1, optimizer, {name, " ", value}, {"0 <= ", name, " < 1"});
}

inline void expect_positive(std::string_view optimizer, std::string_view name, double value) {
  expect(value > 0, optimizer, {name, " ", value}, {"a positive number"});
}

/// w -= w weight_decay rate, before the step itself. Decay by itself, not a penalty in the loss.
/// Source: Loshchilov and Hutter 2019, "Decoupled weight decay regularization", arXiv 1711.05101.
template <class T>
void decay(std::span<T> weights, double weight_decay, double rate) {
  if (weight_decay > 0) {
    for (T& w : weights) {
      w -= w * static_cast<T>(weight_decay * rate);
    }
  }
}

}  // namespace detail

}  // namespace espalier::inline v0::optim

#endif
