// SPDX-License-Identifier: Apache-2.0
// How good pruned networks are beside dense ones that were trained as long, and where the time of the loop goes.
//
// usage: pruning_quality TASK [SEED]
//
// Everything is decided on a validation split of the training data; the test data are only reported. Prints a line of
// JSON per network, those of speed_* one for the time of prune::optimize. Tasks:
//   lenet_50 to lenet_95  Fashion-MNIST (Debian: dataset-fashion-mnist), LeNet with average pooling, pruned so many
//                   percent of its DSP blocks
//   lenet_bram_92   the same, DSP blocks and block RAM
//   lenet_dense     trained as long
//   building, gene  14-64-32-32-3 and 120-64-32-32-3 on small data (Debian: libfann-doc), DSP blocks
//   sharing         building again by distinct weights: single ones pruned; groups of two or four, pruned or shared
//   speed_lenet, speed_building  as much work as compare_pruning.py has the reference do, on all cores
#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <iostream>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <espalier/espalier.hpp>
#include <espalier/io/labelled_images.hpp>

#include "lenet.hpp"
#include "support/fann.hpp"

using namespace espalier;

namespace {

/// How a network is trained and pruned.
struct recipe {
  std::vector<double> sparsities;
  std::size_t dense_epochs = 0;  ///< before the first level
  std::size_t epochs = 0;        ///< of each level
  std::size_t final_epochs = 0;
  std::size_t rewinding = 0;
  bool beside_dense = true;  ///< whether a dense network is trained as long
  bool judged = true;        ///< whether every level is; else the times are printed, which judging would be in

  /// None is rewound after the last level.
  [[nodiscard]] std::size_t all_epochs() const {
    return dense_epochs + sparsities.size() * epochs - (sparsities.empty() ? 0 : rewinding) + final_epochs;
  }
};

/// What belongs to a task whatever the recipe.
struct task {
  std::string name;
  std::uint64_t seed = 1;
  hls::config hardware{};
  std::vector<prune::layer_actions> actions{};
  std::string variant{};
  bool weights = false;  ///< whether distinct weights are counted in place of DSP blocks
};

/// DSP blocks or distinct weights: what one program part counts is compiled once.
struct dsp_or_weights {
  static constexpr std::string_view name = "dsp_or_weights";
  static constexpr std::array<std::string_view, 1> resources{"used"};

  [[nodiscard]] objective::layer_savings<1> operator()(const attributes::layer_attributes& layer) const {
    return weights ? objective::parameters{}(layer) : objective::vivado_dsp{}(layer);
  }

  bool weights = false;
};

double seconds_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::ostream& begin_line(const task& t) {
  std::cout << R"({"task": ")" << t.name << R"(", "seed": )" << t.seed;
  if (!t.variant.empty()) {
    std::cout << R"(, "variant": ")" << t.variant << '"';
  }
  return std::cout;
}

void print_times(const task& t, const report::time_split& times) {
  begin_line(t) << R"(, "seconds": )" << times.total();
  for (const auto& [name, seconds] : times.parts()) {
    std::cout << ", \"" << name << "\": " << seconds;
  }
  std::cout << R"(, "not_training": )" << 1 - times.training / times.total() << "}" << std::endl;
}

/// Trains a network as long as a recipe has others pruned, and prints what the test data say of it.
/// @param judge  gives the metric of a network on the test data.
template <class Model, class Trainer, class Judge>
void train_dense_and_print(const task& t, const recipe& r, Model net, const Trainer& trainer, const Judge& judge) {
  trainer.fit(net, {}, {.epochs = r.all_epochs()});
  begin_line(t) << R"(, "network": "dense", "epochs": )" << r.all_epochs() << R"(, "validation": )"
                << trainer.evaluate(net) << R"(, "test": )" << judge(net) << "}" << std::endl;
}

/// Trains a network, prunes it, and prints what the test data say of it at every level.
/// @param judge  gives the metric of a network on the test data.
template <class Objective, class Model, class Trainer, class Judge>
void prune_and_print(const task& t, const recipe& r, const Objective& objective, const Model& untrained,
                     Trainer trainer, const Judge& judge) {
  Model net = untrained;
  trainer.fit(net, {}, {.epochs = r.dense_epochs});
  prune::options<> options{.relative_tolerance = 1e-6,  // every level counts, so that the work is known beforehand
                           .epochs = r.epochs,
                           .rewinding = r.rewinding,
                           .final_epochs = r.final_epochs};
  options.hls = t.hardware;
  options.actions = t.actions;
  options.train_shared = true;
  options.clock = seconds_now;
  options.measure_times = true;
  const auto print = [&](const char* name, double sparsity, double validation, const auto& used) {
    begin_line(t) << R"(, "network": ")" << name << R"(", "sparsity": )" << sparsity;
    for (std::size_t resource = 0; resource < used.size(); ++resource) {
      std::cout << ", \"" << Objective::resources[resource] << "\": " << used[resource];
    }
    std::cout << R"(, "validation": )" << validation << R"(, "test": )" << judge(net) << "}" << std::endl;
  };
  if (r.judged) {
    options.on_level = [&](const report::level& level) { print("level", level.sparsity, level.metric, level.used); };
  }
  const auto pruned = prune::optimize(net, trainer, objective, schedule::listed(r.sparsities), options);
  std::vector<std::int64_t> used;
  for (const report::resource& resource : pruned.report.resources) {
    used.push_back(resource.after);
  }
  print("final", r.sparsities.back(), pruned.report.metric, used);
  if (!r.judged) {
    print_times(t, *pruned.report.times);
  }
}

/// What a recipe asks for: a dense network trained as long, a pruned one, or both.
template <class Objective, class Model, class Trainer, class Judge>
void train_and_print(const task& t, const recipe& r, const Objective& objective, const Model& untrained,
                     const Trainer& trainer, const Judge& judge) {
  if (r.beside_dense) {
    train_dense_and_print(t, r, untrained, trainer, judge);
  }
  if (!r.sparsities.empty()) {
    prune_and_print(t, r, objective, untrained, trainer, judge);
  }
}

/// Fashion-MNIST, training images and those to be judged by.
struct fashion {
  io::labelled_images images = load("train");
  io::labelled_images unseen = load("t10k");

  static io::labelled_images load(const std::string& part) {
    const std::string start = "/usr/share/datasets/fashion-mnist/" + part;
    return io::load_labelled_images(start + "-images-idx3-ubyte.gz", start + "-labels-idx1-ubyte.gz");
  }
};

void mirror(std::span<float> image) {
  for (std::size_t row = 0; row < image.size(); row += 28) {
    const auto pixels = image.subspan(row, 28);
    std::reverse(pixels.begin(), pixels.end());
  }
}

/// Moves what is in an image one pixel up, down, left or right. At the sides a pixel of the next row comes in, which is
/// black in all but a few images.
void move_by_one(std::span<float> image, std::uint64_t direction) {
  const std::ptrdiff_t distance = direction < 2 ? 28 : 1;
  if (direction % 2 == 0) {
    std::shift_left(image.begin(), image.end(), distance);
    std::fill(image.end() - distance, image.end(), 0.0F);
  } else {
    std::shift_right(image.begin(), image.end(), distance);
    std::fill(image.begin(), image.begin() + distance, 0.0F);
  }
}

/// Half of the images are mirrored, half are moved by a pixel.
void change(std::span<float> image, random_generator& random) {
  if (random.below(2) == 0) {
    mirror(image);
  }
  if (random.below(2) == 0) {
    move_by_one(image, random.below(4));
  }
}

using image_training = train::trainer<float>::options_type;

template <class Objective>
void prune_lenet(task t, const recipe& r, image_training options) {
  const fashion data;
  const auto [training, validation] =
      train::split(train::view_all<float>(data.images.pixels, data.images.labels), 5000, t.seed);
  const auto test = train::view_all<float>(data.unseen.pixels, data.unseen.labels);
  t.hardware = example::lenet_hardware();
  options.seed = t.seed;
  train_and_print(t, r, Objective{}, example::make_lenet<nn::average_pool2d<>>(t.seed),
                  train::trainer<float>(training, validation, options),
                  [&](const auto& net) { return train::measure(net, test, metric::accuracy{}); });
}

/// Data of Proben1 have 14 or 120 features, the network three outputs.
auto make_layers(std::size_t inputs, std::uint64_t seed) {
  using layer = nn::masked<nn::dense<>>;
  return nn::sequential({inputs}, seed, layer({.units = 64}), nn::relu<>(), layer({.units = 32}), nn::relu<>(),
                        layer({.units = 32}), nn::relu<>(), layer({.units = 3, .name = "output"}));
}

hls::config hardware(std::uint64_t first_reuse_factor) {
  using hls::strategy;
  return {.model = {.strategy = strategy::resource, .reuse_factor = 4, .weight_width = 18},
          .name = {{"dense_1", {.reuse_factor = first_reuse_factor}},
                   {"output", {.strategy = strategy::latency, .reuse_factor = 1}}}};
}

template <class Loss, class Metric>
using table_trainer = train::trainer<float, optim::adam, optim::cosine_rate, Loss, Metric>;

const std::vector<double> small_steps{.3, .5, .65, .75, .82, .87, .9};
using regression = table_trainer<loss::mean_squared_error, metric::r2>;

void prune_building(task t, const recipe& r, regression::options_type options) {
  const support::fann_data all("building.train");
  const support::fann_data unseen("building.test");
  const auto [training, validation] = train::split(all.with_targets(), 400, t.seed);
  t.hardware = hardware(7);
  options.seed = t.seed;
  train_and_print(t, r, dsp_or_weights{t.weights}, make_layers(14, t.seed), regression(training, validation, options),
                  [&](const auto& net) { return train::measure(net, unseen.with_targets(), metric::r2{}); });
}

void prune_gene(task t, const recipe& r) {
  using trainer = table_trainer<loss::categorical_cross_entropy, metric::accuracy>;
  const support::fann_data all("gene.train");
  const support::fann_data unseen("gene.test");
  const auto [training, validation] = train::split(all.with_labels(), 400, t.seed);
  t.hardware = hardware(8);
  train_and_print(t, r, dsp_or_weights{}, make_layers(120, t.seed),
                  trainer(training, validation, {.batch = 32, .seed = t.seed}),
                  [&](const auto& net) { return train::measure(net, unseen.with_labels(), metric::accuracy{}); });
}

void compare_sharing(const task& t) {
  const recipe r{.sparsities = {.5, .65, .75, .82, .87, .9, .93, .95, .97}, .dense_epochs = 60, .epochs = 40};
  const auto in_groups = [](std::size_t size, bool share) {
    return std::vector<prune::layer_actions>{{.share = share, .grouped_by = structure::block{size, 1}}};
  };
  const std::pair<const char*, std::vector<prune::layer_actions>> variants[] = {
      {"single weights, pruned", {}},
      {"groups of 2, pruned or shared", in_groups(2, true)},
      {"groups of 4, pruned", in_groups(4, false)},
      {"groups of 4, pruned or shared", in_groups(4, true)}};
  for (const auto& [name, actions] : variants) {
    prune_building({.name = t.name, .seed = t.seed, .actions = actions, .variant = name, .weights = true}, r,
                   {.batch = 16});
  }
}

/// The levels of the reference's own run; the last of their epochs trains without masks, as there.
recipe as_the_reference(std::size_t dense_epochs) {
  return {.sparsities = {.5, .6, .7, .8, .9},
          .dense_epochs = dense_epochs,
          .epochs = 3,
          .rewinding = 1,
          .beside_dense = false,
          .judged = false};
}

/// All trainings of LeNet have as many epochs, so that one dense network is beside all of them.
constexpr std::size_t lenet_epochs = 80;
const recipe dense_lenet{.sparsities = {}, .final_epochs = lenet_epochs};

/// A run to one budget; the epochs that are left come after the last level. With half as many epochs everywhere,
/// networks with few weights end lower by up to 0.01; the dense one does not.
recipe lenet_at(double sparsity) {
  recipe r{.sparsities = {}, .dense_epochs = 20, .epochs = 6, .beside_dense = false};
  const std::vector<double> few_left{.6, .75, .86, .92};
  const std::vector<double> more_left{.5, .7, .8, .88};
  for (const double before : sparsity > .92 ? few_left : more_left) {
    if (before < sparsity) {
      r.sparsities.push_back(before);
    }
  }
  r.sparsities.push_back(sparsity);
  r.final_epochs = lenet_epochs - r.all_epochs();
  return r;
}

/// Small batches: those of 128 need more epochs and still end lower. Changed images: else networks that keep a fifth of
/// the DSP blocks or more learn them by heart.
image_training for_quality() {
  return {.batch = 32, .learning_rate = {.initial = 4e-3, .final_rate = 3e-5}, .augment = change};
}

template <class Objective, int Percent>
void prune_lenet_to(const task& t) {
  prune_lenet<Objective>(t, lenet_at(Percent / 100.0), for_quality());
}

const std::map<std::string, void (*)(const task&)> tasks{
    {"lenet_dense", [](const task& t) { prune_lenet<dsp_or_weights>(t, dense_lenet, for_quality()); }},
    {"lenet_50", prune_lenet_to<dsp_or_weights, 50>},
    {"lenet_60", prune_lenet_to<dsp_or_weights, 60>},
    {"lenet_70", prune_lenet_to<dsp_or_weights, 70>},
    {"lenet_80", prune_lenet_to<dsp_or_weights, 80>},
    {"lenet_88", prune_lenet_to<dsp_or_weights, 88>},
    {"lenet_90", prune_lenet_to<dsp_or_weights, 90>},
    {"lenet_95", prune_lenet_to<dsp_or_weights, 95>},
    {"lenet_bram_92", prune_lenet_to<objective::vivado_dsp_bram, 92>},
    {"building",
     [](const task& t) {
       prune_building(t, {.sparsities = small_steps, .dense_epochs = 60, .epochs = 40, .final_epochs = 160},
                      {.batch = 16});
     }},
    {"gene",
     [](const task& t) {
       prune_gene(t, {.sparsities = small_steps, .dense_epochs = 20, .epochs = 20, .final_epochs = 20});
     }},
    {"sharing", compare_sharing},
    {"speed_lenet",
     [](const task& t) {
       prune_lenet<dsp_or_weights>(t, as_the_reference(5), {.threads = 0, .learning_rate = {1e-3, 1e-3}});
     }},
    {"speed_building", [](const task& t) { prune_building(t, as_the_reference(30), {.batch = 32, .threads = 0}); }}};

}  // namespace

int main(int argc, char** argv) {
  const auto chosen = argc > 1 ? tasks.find(argv[1]) : tasks.end();
  if (chosen == tasks.end() || argc > 3) {
    std::cerr << "usage: pruning_quality TASK [SEED], where TASK is one of";
    for (const auto& [name, run] : tasks) {
      std::cerr << ' ' << name;
    }
    std::cerr << '\n';
    return 2;
  }
  try {
    chosen->second({.name = chosen->first, .seed = argc > 2 ? std::stoull(argv[2]) : 1});
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "pruning_quality: " << error.what() << '\n';
    return 1;
  }
}
