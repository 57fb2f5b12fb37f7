// SPDX-License-Identifier: Apache-2.0
// All numbers of a network that training changes.
#ifndef ESPALIER_TRAIN_DETAIL_NETWORK_NUMBERS_HPP
#define ESPALIER_TRAIN_DETAIL_NETWORK_NUMBERS_HPP

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <espalier/base/compiled_once.hpp>
#include <espalier/base/view_of.hpp>
#include <espalier/kernels/all_finite.hpp>

namespace espalier::inline v0::train::detail {

/// Kernels and biases, one after the other: the gradients of all of them stand in one array, in the same order.
template <class T>
struct network_numbers {
  template <class Model>
  explicit network_numbers(Model& model)
      : parameters(model.parameters()), layers(model.parameter_layers()), trained(model.trained()) {
    for (const auto& parameter : parameters) {
      begins.push_back(count);
      count += parameter.size();
    }
  }

  /// @return where what belongs to a parameter stands in an array of all of them.
  template <class Number>
  [[nodiscard]] std::span<Number> part_of(std::span<Number> all, std::size_t parameter) const {
    return all.subspan(begins[parameter], parameters[parameter].size());
  }

  void save(std::vector<T>& to) const {
    to.resize(count);
    auto next = to.begin();
    for (const auto& parameter : parameters) {
      next = std::copy(parameter.begin(), parameter.end(), next);
    }
  }
  void restore(const std::vector<T>& from) {
    for (std::size_t p = 0; p < parameters.size(); ++p) {
      const auto own = part_of(view_of(from), p);
      std::copy(own.begin(), own.end(), parameters[p].begin());
    }
  }

  /// @return the first parameter with a number that is not finite, or how many there are.
  [[nodiscard]] std::size_t first_broken() const {
    const auto broken = [](std::span<const T> own) { return !kernels::all_finite(own); };
    return static_cast<std::size_t>(std::find_if(parameters.begin(), parameters.end(), broken) - parameters.begin());
  }

  /// From the output back, so that the layer is found where it began, not those that it spread to.
  /// @return the last parameter with a gradient that is not finite, or how many there are.
  [[nodiscard]] std::size_t last_broken(std::span<const T> gradients) const {
    for (std::size_t p = parameters.size(); p-- > 0;) {
      if (!kernels::all_finite(part_of(gradients, p))) {
        return p;
      }
    }
    return parameters.size();
  }

  std::vector<std::span<T>> parameters;
  std::vector<std::string> layers;  // of each parameter
  std::vector<bool> trained;        // whether an optimizer moves it
  std::vector<std::size_t> begins{};
  std::size_t count = 0;
};

#if defined(ESPALIER_COMPILED_ONCE)
ESPALIER_COMPILED_ONCE struct network_numbers<float>;
ESPALIER_COMPILED_ONCE struct network_numbers<double>;
#endif

}  // namespace espalier::inline v0::train::detail

#endif
