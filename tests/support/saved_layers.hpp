// SPDX-License-Identifier: Apache-2.0
// A small network with masks, to be written to files and read back.
#ifndef ESPALIER_TESTS_SUPPORT_SAVED_LAYERS_HPP
#define ESPALIER_TESTS_SUPPORT_SAVED_LAYERS_HPP

#include <string>
#include <vector>

#include <espalier/attributes/prunable_layer.hpp>
#include <espalier/mask/weight_mask.hpp>

namespace support {

/// A convolution with biases and a dense layer without; some of the latter's weights are shared and
/// trained as one.
struct saved_network {
  std::vector<float> conv{1, 0, 3, 4};
  std::vector<float> bias{0.5F, -0.5F};
  std::vector<float> dense{1, 0.1F, 0.1F, 0, 5, 6};
  std::string dense_name = "dense";
  espalier::extents dense_shape{2, 3};
  std::vector<espalier::mask::weight_mask<float>> masks{
      {{1, 0, 1, 1}, {}}, {{1, 0, 0, 0, 1, 1}, {0, 0.1F, 0.1F, 0, 0, 0}, {0, 3, 3, 0, 0, 0}}};

  std::vector<espalier::attributes::prunable_layer<float>> layers() {
    using espalier::attributes::layer_kind;
    return {{{.name = "conv", .kind = layer_kind::conv2d, .kernel_shape = {1, 2, 1, 2}}, conv, bias},
            {{.name = dense_name, .kernel_shape = dense_shape}, dense, {}}};
  }
};

}  // namespace support

#endif
