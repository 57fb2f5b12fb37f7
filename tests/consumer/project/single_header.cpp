// SPDX-License-Identifier: Apache-2.0
#include <espalier.hpp>

int main() {
  using namespace espalier;
  nn::sequential model({4}, 1, nn::dense<float>({.units = 3}), nn::softmax<float>());
  return model.layers().size() == 1 && model.output_shape() == extents{3} ? 0 : 1;
}
