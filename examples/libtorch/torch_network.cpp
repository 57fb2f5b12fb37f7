// SPDX-License-Identifier: Apache-2.0
// Can a torch::nn network be pruned while libtorch trains it? Needs libtorch (Debian package libtorch-dev).
#include <torch/nn.h>
#include <torch/optim/adam.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iostream>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <espalier/core.hpp>
#include <espalier/io/labelled_images.hpp>

using namespace espalier;
namespace nn = torch::nn;

std::span<float> view(const torch::Tensor& t) {
  return {t.data_ptr<float>(), static_cast<std::size_t>(t.numel())};
}

/// Shows the layers of a torch network, one behind the other, to the loop.
struct network {
  using value_type = float;
  nn::Sequential net;

  /// Kernels lie in memory as (in, out) and (height, width, in, out) from now on; libtorch minds no order of axes.
  explicit network(nn::Sequential given) : net(std::move(given)) {
    for (torch::Tensor& w : weights()) {
      w.set_data(w.dim() == 2 ? w.t().contiguous().t() : w.permute({2, 3, 1, 0}).contiguous().permute({3, 2, 0, 1}));
    }
  }

  std::vector<torch::Tensor> weights() const {
    std::vector<torch::Tensor> all = net->parameters();
    std::erase_if(all, [](const torch::Tensor& parameter) { return parameter.dim() == 1; });
    return all;
  }

  std::vector<attributes::prunable_layer<float>> layers() {
    std::vector<attributes::prunable_layer<float>> shown;
    for (const auto& child : net->named_children()) {
      if (const auto own = child.value()->named_parameters(); own.contains("weight")) {
        const auto size = [&](int axis) { return static_cast<std::size_t>(own["weight"].size(axis)); };
        attributes::layer_attributes layer{.name = child.key(), .kernel_shape = {size(1), size(0)}};
        if (own["weight"].dim() == 4) {
          layer.kind = attributes::layer_kind::conv2d;
          layer.kernel_shape = {size(2), size(3), size(1), size(0)};
        }
        if (!shown.empty()) {
          layer.inbound = {shown.back().attributes.name};
        }
        shown.push_back({layer, view(own["weight"]), view(own["bias"])});
      }
    }
    return shown;
  }

  std::vector<std::span<float>> parameters() {
    std::vector<std::span<float>> views;
    for (const torch::Tensor& parameter : net->parameters()) {
      views.push_back(view(parameter));
    }
    return views;
  }
};

/// Adam with a learning rate that falls in each training.
struct trainer {
  torch::Tensor images, labels, unseen_images, unseen_labels;

  template <class Action>
  void each_batch(network& n, const torch::Tensor& samples, std::int64_t size, Action&& action) const {
    for (const torch::Tensor& batch : samples.split(size)) {
      n.net->zero_grad();
      nn::functional::cross_entropy(n.net->forward(images.index({batch})), labels.index({batch})).backward();
      action();
    }
  }

  void fit(network& n, prune::masks<float> masks, const prune::training_phase& phase) const {
    torch::manual_seed(phase.level);
    torch::optim::Adam adam(n.net->parameters());
    auto& settings = static_cast<torch::optim::AdamOptions&>(adam.param_groups()[0].options());
    const auto layers = n.layers();
    for (std::size_t epoch = 0; epoch < phase.epochs && !phase.stop.stop_requested(); ++epoch) {
      settings.lr(3e-3 * std::pow(0.1, static_cast<double>(epoch) / static_cast<double>(phase.epochs)));
      each_batch(n, torch::randperm(images.size(0)), 64, [&] {
        adam.step();
        for (std::size_t l = 0; l < masks.size(); ++l) {
          masks[l].apply(layers[l].kernel);
        }
      });
    }
  }

  /// What the default ranking asks for: the mean of the squared gradients of single samples.
  std::vector<std::vector<float>> fisher(network& n) const {
    constexpr std::int64_t samples = 500;
    std::vector<torch::Tensor> sums;
    for (const torch::Tensor& weight : n.weights()) {
      sums.push_back(torch::zeros_like(weight));
    }
    each_batch(n, torch::arange(samples), 1, [&, weights = n.weights()] {
      for (std::size_t l = 0; l < sums.size(); ++l) {
        sums[l] += weights[l].grad().square() / samples;
      }
    });
    std::vector<std::vector<float>> means;
    for (const torch::Tensor& sum : sums) {
      means.emplace_back(view(sum).begin(), view(sum).end());
    }
    return means;
  }

  double evaluate(network& n) const {
    const torch::NoGradGuard no_gradients;
    return n.net->forward(unseen_images).argmax(1).eq(unseen_labels).to(torch::kDouble).mean().item<double>();
  }
};

int main(int argc, char** argv) {
  const std::string folder = argc > 1 ? argv[1] : "/usr/share/datasets/fashion-mnist";
  auto set = io::load_labelled_images(folder + "/train-images-idx3-ubyte.gz", folder + "/train-labels-idx1-ubyte.gz");
  const auto images = torch::from_blob(set.pixels.data(), {60'000, 1, 28, 28});
  const auto labels = torch::from_blob(set.labels.data(), {60'000}, torch::kInt).to(torch::kLong);
  const trainer fashion{images.slice(0, 0, 8'000), labels.slice(0, 0, 8'000), images.slice(0, 8'000, 10'000),
                        labels.slice(0, 8'000, 10'000)};

  torch::manual_seed(1);
  // Espalier takes it that the channels of a pixel lie together where an image becomes a row of numbers.
  const auto channels_last = [](const torch::Tensor& x) { return x.permute({0, 2, 3, 1}); };
  network lenet({{"conv1", nn::Conv2d(nn::Conv2dOptions(1, 6, 5).padding(2))},
                 {"relu1", nn::ReLU()},
                 {"pool1", nn::MaxPool2d(2)},
                 {"conv2", nn::Conv2d(6, 16, 5)},
                 {"relu2", nn::ReLU()},
                 {"pool2", nn::MaxPool2d(2)},
                 {"channels_last", nn::Functional(channels_last)},
                 {"flatten", nn::Flatten()},
                 {"fc1", nn::Linear(400, 120)},
                 {"relu3", nn::ReLU()},
                 {"fc2", nn::Linear(120, 84)},
                 {"relu4", nn::ReLU()},
                 {"out", nn::Linear(84, 10)}});
  fashion.fit(lenet, {}, {.epochs = 5});

  const hls::config fpga{.model = {.strategy = hls::strategy::latency, .reuse_factor = 1, .weight_width = 18},
                         .name = {{"fc1", {.strategy = hls::strategy::resource, .reuse_factor = 25}},
                                  {"fc2", {.strategy = hls::strategy::resource, .reuse_factor = 12}}}};
  const schedule::listed levels({0.8, 0.9, 0.95});
  const auto pruned = prune::optimize(lenet, fashion, objective::vivado_dsp{}, levels, {.epochs = 3, .hls = fpga});
  std::int64_t kept = 0;
  for (const torch::Tensor& weight : lenet.weights()) {
    kept += weight.count_nonzero().item<std::int64_t>();
  }
  std::cout << report::to_text(pruned.report) << "libtorch counts " << kept << " weights that are not 0\n";
}
