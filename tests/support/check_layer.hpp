// SPDX-License-Identifier: Apache-2.0
// Checks the gradients of one layer, alone, by finite differences in double.
#ifndef ESPALIER_TESTS_SUPPORT_CHECK_LAYER_HPP
#define ESPALIER_TESTS_SUPPORT_CHECK_LAYER_HPP

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include <espalier/base/extents.hpp>
#include <espalier/base/random_generator.hpp>
#include <espalier/kernels/gradient_kind.hpp>
#include <espalier/kernels/lanes.hpp>
#include <espalier/nn/layer.hpp>

#include "support/lane_blocks.hpp"

namespace support {

/// A layer with its memory. The loss is the sum of y u with fixed random u.
template <espalier::nn::layer Layer>
class layer_under_test {
 public:
  using value_type = typename Layer::value_type;

  layer_under_test(Layer l, const espalier::extents& input, std::size_t blocks_taken)
      : layer(std::move(l)), blocks(blocks_taken) {
    output = layer.build("under test", input, random_);
    x = random_blocks<value_type>(random_, input.size(), blocks);
    u = random_blocks<value_type>(random_, output.size(), blocks);
    scratch_.resize(layer.scratch());
  }

  std::vector<value_type> forward() {
    std::vector<value_type> y(output.size() * blocks * espalier::kernels::lanes);
    if constexpr (Layer::in_place) {
      y = x;
    }
    layer.forward({Layer::in_place ? y.data() : x.data(), y.data(), nullptr, nullptr, blocks, scratch_.data()});
    return y;
  }

  double loss() {
    const auto y = forward();
    double total = 0;
    for (std::size_t i = 0; i < y.size(); ++i) {
      total += static_cast<double>(y[i] * u[i]);
    }
    return total;
  }

  std::vector<value_type> input_gradient() {
    auto y = forward();
    auto dy = u;
    std::vector<value_type> dx(x.size());
    const bool in_place = Layer::in_place;
    layer.backward({in_place ? y.data() : x.data(), y.data(), dy.data(), in_place ? dy.data() : dx.data(), blocks,
                    scratch_.data()});
    return in_place ? dy : dx;
  }

  /// Kernel first, then bias.
  template <espalier::kernels::gradient_kind Kind>
  std::vector<value_type> parameter_gradient(std::size_t blocks_used) {
    auto y = forward();
    auto dy = u;
    std::vector<value_type> result(layer.kernel().size() + layer.bias().size());
    layer.template backward_parameters<Kind>({x.data(), y.data(), dy.data(), nullptr, blocks_used, scratch_.data()},
                                             result.data(), result.data() + layer.kernel().size());
    return result;
  }

  /// The slope of the loss as one number moves.
  double slope(value_type& number) {
    const value_type middle = number;
    constexpr double step = 1e-6;
    number = middle + step;
    const double above = loss();
    number = middle - step;
    const double below = loss();
    number = middle;
    return (above - below) / (2 * step);
  }

  Layer layer;
  std::size_t blocks;
  espalier::extents output;
  std::vector<value_type> x;
  std::vector<value_type> u;

 private:
  espalier::random_generator random_{5};
  std::vector<value_type> scratch_;
};

inline void check_close(double got, double expected, double tolerance = 1e-6) {
  CHECK(got == doctest::Approx(expected).epsilon(tolerance).scale(1));
}

/// dx against differences, at some forty places.
template <class Layer>
void check_input_gradient(Layer layer, const espalier::extents& input, std::size_t blocks = 1) {
  layer_under_test<Layer> test(std::move(layer), input, blocks);
  const auto gradient = test.input_gradient();
  for (std::size_t i = 0; i < gradient.size(); i += (std::max)(std::size_t{1}, gradient.size() / 40)) {
    CAPTURE(i);
    check_close(gradient[i], test.slope(test.x[i]));
  }
}

/// The gradients of kernel and bias against differences, and the sum of squares of samples against a loop over samples.
template <class Layer>
void check_parameter_gradients(Layer layer, const espalier::extents& input, std::size_t blocks = 2) {
  using espalier::kernels::gradient_kind;
  layer_under_test<Layer> test(std::move(layer), input, blocks);
  const auto kernel = std::span(test.layer.kernel().data(), test.layer.kernel().size());
  const auto bias = std::span(test.layer.bias().data(), test.layer.bias().size());
  const auto gradient = test.template parameter_gradient<gradient_kind::plain>(blocks);
  for (std::size_t i = 0; i < gradient.size(); i += (std::max)(std::size_t{1}, gradient.size() / 40)) {
    CAPTURE(i);
    check_close(gradient[i], test.slope(i < kernel.size() ? kernel[i] : bias[i - kernel.size()]));
  }

  const auto squared = test.template parameter_gradient<gradient_kind::squared>(blocks);
  std::vector<double> expected(gradient.size());
  const auto all = test.u;
  for (std::size_t sample = 0; sample < blocks * espalier::kernels::lanes; ++sample) {
    std::fill(test.u.begin(), test.u.end(), 0.0);
    for (std::size_t f = 0; f < test.output.size(); ++f) {
      test.u[place(sample, f, test.output.size())] = all[place(sample, f, test.output.size())];
    }
    const auto own = test.template parameter_gradient<gradient_kind::plain>(blocks);
    for (std::size_t i = 0; i < own.size(); ++i) {
      expected[i] += own[i] * own[i];
    }
  }
  for (std::size_t i = 0; i < squared.size(); ++i) {
    CAPTURE(i);
    check_close(squared[i], expected[i], 1e-12);
  }
}

}  // namespace support

#endif
