// SPDX-License-Identifier: Apache-2.0
// Can a network that is not ours, with a training loop of its own, be pruned too? Needs nothing but espalier's core.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <span>
#include <vector>

#if __has_include("espalier_core.hpp")  // the single header beside this file is all it needs
#include "espalier_core.hpp"
#else
#include <espalier/core.hpp>
#endif

using namespace espalier;

/// Two layers in plain vectors: 2 inputs, 32 hidden neurons, 1 score.
struct network {
  using value_type = float;
  static constexpr std::size_t hidden = 32;
  std::vector<float> w1 = std::vector<float>(2 * hidden), b1 = std::vector<float>(hidden);
  std::vector<float> w2 = std::vector<float>(hidden), b2 = std::vector<float>(1);

  /// What makes it a prunable model: its layers, and all numbers that training changes.
  std::vector<attributes::prunable_layer<float>> layers() {
    const hls::layer_config fpga{.strategy = hls::strategy::latency, .reuse_factor = 1};
    return {{{.name = "hidden", .kernel_shape = {2, hidden}, .hls = fpga}, w1, b1},
            {{.name = "score", .kernel_shape = {hidden, 1}, .inbound = {"hidden"}, .hls = fpga}, w2, b2}};
  }
  std::vector<std::span<float>> parameters() { return {w1, b1, w2, b2}; }

  [[nodiscard]] float score(float x, float y, std::span<float> h) const {
    float sum = b2[0];
    for (std::size_t i = 0; i < hidden; ++i) {
      h[i] = (std::max)(0.0F, b1[i] + w1[i] * x + w1[hidden + i] * y);
      sum += w2[i] * h[i];
    }
    return sum;
  }
};
static_assert(prune::prunable_model<network>);

/// Points are inside or outside of a ring; plain stochastic gradient descent on the logistic loss.
struct ring_trainer {
  void fit(network& n, prune::masks<float> masks, const prune::training_phase& phase) {
    espalier::random_generator draw(phase.level);
    std::vector<float> h(network::hidden);
    for (std::size_t step = 0; step < 20'000 * phase.epochs; ++step) {
      const auto x = static_cast<float>(2 * draw.uniform() - 1), y = static_cast<float>(2 * draw.uniform() - 1);
      const float slope = 0.05F * (1 / (1 + std::exp(-n.score(x, y, h))) - inside(x, y));
      for (std::size_t i = 0; i < network::hidden; ++i) {
        const float back = h[i] > 0 ? slope * n.w2[i] : 0.0F;
        n.w2[i] -= slope * h[i];
        n.w1[i] -= back * x;
        n.w1[network::hidden + i] -= back * y;
        n.b1[i] -= back;
      }
      n.b2[0] -= slope;
      if (!masks.empty()) {
        masks[0].apply(n.w1);
        masks[1].apply(n.w2);
      }
    }
  }
  double evaluate(network& n) const {
    int right = 0;
    std::vector<float> h(network::hidden);
    for (int i = 0; i < 10'000; ++i) {
      const float x = static_cast<float>(i % 100) / 50 - 1, y = static_cast<float>(i / 100) / 50 - 1;
      right += (n.score(x, y, h) > 0) == (inside(x, y) > 0) ? 1 : 0;
    }
    return right / 1e4;
  }
  static float inside(float x, float y) { return std::abs(x * x + y * y - 0.45F) < 0.25F ? 1.0F : 0.0F; }
};

int main() {
  network n;
  espalier::random_generator draw(1);
  std::generate(n.w1.begin(), n.w1.end(), [&] { return static_cast<float>(draw.normal()); });
  std::generate(n.w2.begin(), n.w2.end(), [&] { return static_cast<float>(0.2 * draw.normal()); });
  ring_trainer trainer;
  trainer.fit(n, {}, {.epochs = 20});
  const prune::options<rank::l1> options{.relative_tolerance = 0.99, .epochs = 10, .hls = {}};
  const auto pruned = prune::optimize(n, trainer, objective::vivado_dsp{}, schedule::constant({.step = 0.1}), options);
  std::printf("%s", report::to_text(pruned.report).c_str());
}
