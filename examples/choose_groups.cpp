// SPDX-License-Identifier: Apache-2.0
// Which neurons of one kernel are worth keeping, if only half of the DSP blocks are there?
#include <cstdio>
#include <vector>

#include <espalier/core.hpp>

using namespace espalier;

int main() {
  // A dense layer of 4 inputs and 3 neurons, built with reuse factor 2: 12 weights on 6 DSP blocks.
  std::vector<float> kernel{0.9F, 0.1F, -0.4F, -0.8F, 0.0F, 0.3F, 0.7F, -0.1F, 0.2F, 0.1F, 0.2F, -0.6F};
  const attributes::layer_attributes layer{
      .name = "dense",
      .kernel_shape = {4, 3},
      .hls = {.strategy = hls::strategy::resource, .reuse_factor = 2, .weight_width = 16}};

  const objective::vivado_dsp objective;
  const select::valuation<rank::l1, rank::lamp> valuation;
  const auto candidate = select::make_candidate<1, float>(layer, objective(layer), {kernel, {}}, valuation);
  const auto chosen = select::select<1>({candidate}, {.sparsity = {0.5}}, objective.resources);
  const auto mask = mask::make_mask<float>(*candidate.groups, chosen.layers[0].actions, kernel);
  mask.apply(kernel);

  std::printf("DSP %ld -> %ld, value %.4f of at most %.4f\n", static_cast<long>(chosen.usage[0]),
              static_cast<long>(chosen.used[0]), chosen.value, chosen.bound);
  for (std::size_t input = 0; input < 4; ++input) {
    std::printf("%5.1f %5.1f %5.1f\n", kernel[3 * input], kernel[3 * input + 1], kernel[3 * input + 2]);
  }
}
