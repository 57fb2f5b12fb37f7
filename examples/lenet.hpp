// SPDX-License-Identifier: Apache-2.0
// The LeNet of the examples, and the hardware that it shall run on.
#ifndef ESPALIER_EXAMPLES_LENET_HPP
#define ESPALIER_EXAMPLES_LENET_HPP

#include <cstdint>

#include <espalier/espalier.hpp>

namespace example {

/// Two convolutions and three dense layers; those in `masked` can be pruned.
/// @tparam Pool  after each convolution.
template <class Pool = espalier::nn::max_pool2d<>>
auto make_lenet(std::uint64_t seed) {
  using namespace espalier::nn;
  return sequential(espalier::extents{28, 28, 1}, seed,
                    masked<conv2d<>>({.filters = 6, .kernel = {5, 5}, .padding = padding::same}), relu<>(), Pool(),
                    masked<conv2d<>>({.filters = 16, .kernel = {5, 5}}), relu<>(), Pool(), flatten<>(),
                    masked<dense<>>({.units = 120}), relu<>(), masked<dense<>>({.units = 84}), relu<>(),
                    masked<dense<>>({.units = 10, .name = "output"}), softmax<>());
}

/// Convolutions and the output do all their multiplications at once, the large dense layers in turns: 6150 DSP blocks
/// and 1380 columns of block RAM for the dense network, at 18 bits a weight.
inline espalier::hls::config lenet_hardware() {
  using espalier::hls::strategy;
  return {.model = {.strategy = strategy::resource, .reuse_factor = 25, .weight_width = 18},
          .type = {{"Conv2D", {.strategy = strategy::latency, .reuse_factor = 1, .weight_width = 18}}},
          .name = {{"dense_2", {.strategy = strategy::resource, .reuse_factor = 12, .weight_width = 18}},
                   {"output", {.strategy = strategy::latency, .reuse_factor = 1, .weight_width = 18}}}};
}

}  // namespace example

#endif
