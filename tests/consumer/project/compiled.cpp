// SPDX-License-Identifier: Apache-2.0
#include <espalier/espalier.hpp>

#ifndef ESPALIER_COMPILED_ELSEWHERE
#error "espalier::compiled has been compiled, so that programs need not compile it"
#endif

int main() {
  using namespace espalier;
  nn::sequential model({1}, 1, nn::dense<float>({.units = 2}), nn::softmax<float>());
  const std::vector<float> samples{-1, 1};
  const std::vector<std::uint32_t> labels{0, 1};
  const auto data = train::view_all<float>(samples, labels);
  train::fit(model, data, train::fit_options<>{.epochs = 50, .learning_rate = {0.1}});
  return train::evaluate(model, data).accuracy == 1 ? 0 : 1;
}
