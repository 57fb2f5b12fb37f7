// SPDX-License-Identifier: Apache-2.0
// What layers have in common that keep the shape, and those that change every number by itself.
#ifndef ESPALIER_NN_DETAIL_ELEMENTWISE_HPP
#define ESPALIER_NN_DETAIL_ELEMENTWISE_HPP

#include <cstddef>
#include <string>

#include <espalier/base/extents.hpp>
#include <espalier/base/random_generator.hpp>
#include <espalier/kernels/lanes.hpp>
#include <espalier/nn/layer.hpp>

namespace espalier::inline v0::nn::detail {

/// A layer whose outputs are as many as its inputs, in the same shape.
template <class T>
class keeps_shape {
 public:
  using value_type = T;

  extents build(const std::string& /*name*/, const extents& input, random_generator& /*generator*/) {
    features_ = input.size();
    return input;
  }
  [[nodiscard]] std::size_t scratch() const noexcept { return 0; }

 protected:
  /// How many numbers a pass has, with those of lanes without a sample.
  [[nodiscard]] std::size_t count(const pass<T>& p) const noexcept { return p.blocks * features_ * kernels::lanes; }

 private:
  std::size_t features_ = 0;
};

/// A layer in place, whose derivative is seen from its output.
/// @tparam Function  gives value(x), and slope(y), the derivative where the value is y.
template <class Function, class T>
class elementwise : public keeps_shape<T> {
 public:
  static constexpr bool in_place = true;
  static constexpr unit_flow units = unit_flow::parts;

  void forward(const pass<T>& p) const {
    if (p.single()) {
      for (std::size_t i = 0; i < this->count(p); i += kernels::lanes) {
        p.y[i] = static_cast<const Function&>(*this).value(p.y[i]);
      }
      return;
    }
    for (std::size_t i = 0; i < this->count(p); ++i) {
      p.y[i] = static_cast<const Function&>(*this).value(p.y[i]);
    }
  }
  void backward(const pass<T>& p) const {
    for (std::size_t i = 0; i < this->count(p); ++i) {
      p.dy[i] *= static_cast<const Function&>(*this).slope(p.y[i]);
    }
  }
};

/// A layer whose derivative is seen from its input only.
/// @tparam Function  gives value(x) and slope(x).
template <class Function, class T>
class elementwise_of_input : public keeps_shape<T> {
 public:
  static constexpr bool in_place = false;
  static constexpr bool keeps_rank = true;
  static constexpr unit_flow units = unit_flow::parts;

  void forward(const pass<T>& p) const {
    if (p.single()) {
      for (std::size_t i = 0; i < this->count(p); i += kernels::lanes) {
        kernels::detail::fill_lanes<T>(static_cast<const Function&>(*this).value(p.x[i]), p.y + i);
      }
      return;
    }
    for (std::size_t i = 0; i < this->count(p); ++i) {
      p.y[i] = static_cast<const Function&>(*this).value(p.x[i]);
    }
  }
  void backward(const pass<T>& p) const {
    for (std::size_t i = 0; i < this->count(p); ++i) {
      p.dx[i] = p.dy[i] * static_cast<const Function&>(*this).slope(p.x[i]);
    }
  }
};

}  // namespace espalier::inline v0::nn::detail

#endif
