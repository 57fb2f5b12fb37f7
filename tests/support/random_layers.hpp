// SPDX-License-Identifier: Apache-2.0
// Random kernels, rules and layers for tests of properties.
#ifndef ESPALIER_TESTS_SUPPORT_RANDOM_LAYERS_HPP
#define ESPALIER_TESTS_SUPPORT_RANDOM_LAYERS_HPP

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <espalier/attributes/layer_attributes.hpp>
#include <espalier/base/extents.hpp>
#include <espalier/base/random_generator.hpp>
#include <espalier/structure/kernel_matrix.hpp>
#include <espalier/structure/rules.hpp>

namespace support {

inline std::size_t between(espalier::random_generator& random, std::size_t low, std::size_t high) {
  return low + static_cast<std::size_t>(random.below(high - low + 1));
}

/// A small kernel of rank 2, 3 or 4.
inline espalier::extents random_shape(espalier::random_generator& random) {
  switch (random.below(3)) {
    case 0:
      return {between(random, 1, 9), between(random, 1, 9)};
    case 1:
      return {between(random, 1, 3), between(random, 1, 4), between(random, 1, 6)};
    default:
      return {between(random, 1, 3), between(random, 1, 3), between(random, 1, 3), between(random, 1, 5)};
  }
}

inline std::size_t random_divisor(espalier::random_generator& random, std::size_t number) {
  std::size_t divisor = between(random, 1, number);
  while (number % divisor != 0) {
    divisor = between(random, 1, number);
  }
  return divisor;
}

/// A rule that fits the kernel.
inline espalier::structure::rule random_rule(espalier::random_generator& random, const espalier::extents& shape) {
  namespace structure = espalier::structure;
  switch (random.below(7)) {
    case 0:
      return structure::unstructured{};
    case 1:
      return structure::structured{};
    case 2:
      return structure::pattern{random_divisor(random, shape.size()), between(random, 1, 5)};
    case 3:
      return structure::block{between(random, 1, 4), between(random, 1, 4)};
    case 4:
      return structure::channel{};
    case 5: {
      const std::size_t m = between(random, 2, 5);
      return structure::n_of_m{between(random, 1, m - 1), m};
    }
    default:
      return structure::round_to{between(random, 1, 4)};
  }
}

inline std::vector<double> random_numbers(espalier::random_generator& random, std::size_t count) {
  std::vector<double> numbers(count);
  for (double& number : numbers) {
    number = random.normal();
  }
  return numbers;
}

/// A layer of any kind with settings that hang together.
inline espalier::attributes::layer_attributes random_layer(espalier::random_generator& random,
                                                           const std::string& name) {
  namespace attributes = espalier::attributes;
  attributes::layer_attributes layer;
  layer.name = name;
  layer.kind = static_cast<attributes::layer_kind>(random.below(4));
  const std::size_t channels = between(random, 1, 4);
  const std::size_t outputs = between(random, 1, 5);
  switch (layer.kind) {
    case attributes::layer_kind::dense:
      layer.kernel_shape = {channels, outputs};
      layer.input_shape = {channels};
      layer.output_shape = {outputs};
      break;
    case attributes::layer_kind::conv1d:
      layer.kernel_shape = {2, channels, outputs};
      layer.input_shape = {5, channels};
      layer.output_shape = {4, outputs};
      break;
    case attributes::layer_kind::conv2d:
      layer.kernel_shape = {2, 1, channels, outputs};
      layer.input_shape = {3, 3, channels};
      layer.output_shape = {2, 3, outputs};
      break;
    case attributes::layer_kind::depthwise_conv2d:
      layer.kernel_shape = {2, 2, channels, outputs};
      layer.input_shape = {3, 3, channels};
      layer.output_shape = {2, 2, channels * outputs};
      break;
  }
  layer.hls.strategy = static_cast<espalier::hls::strategy>(random.below(4));
  layer.hls.reuse_factor = between(random, 1, 8);
  layer.hls.weight_width = static_cast<std::uint32_t>(between(random, 1, 40));
  layer.hls.output_width = static_cast<std::uint32_t>(between(random, 1, 40));
  layer.hls.io_type = random.below(2) == 0 ? espalier::hls::io_type::io_parallel : espalier::hls::io_type::io_stream;
  return layer;
}

}  // namespace support

#endif
