// SPDX-License-Identifier: Apache-2.0
// How few DSP blocks and how little block RAM does a LeNet for Fashion-MNIST need at 98 % of its accuracy?
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <exception>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string>

#include <espalier/espalier.hpp>
#include <espalier/io/checkpoint_file.hpp>
#include <espalier/io/file.hpp>
#include <espalier/io/interrupt.hpp>
#include <espalier/io/labelled_images.hpp>
#include <espalier/io/progress.hpp>
#include <espalier/io/report_html.hpp>
#include <espalier/io/report_json.hpp>
#include <espalier/io/report_svg.hpp>
#include <espalier/io/save_layers.hpp>

#include "lenet.hpp"

using namespace espalier;

struct settings {
  std::filesystem::path out = "out";
  std::filesystem::path data = "/usr/share/datasets/fashion-mnist";
  std::uint64_t seed = 1;
  std::size_t images = 60'000;
  std::filesystem::path checkpoint;
  bool times = false;
};

int prune_lenet(const settings& s) {
  io::prepare_folder(s.out);
  io::check_report_svg();
  const io::stop_on_interrupt interrupt;
  const auto images =
      io::load_labelled_images(s.data / "train-images-idx3-ubyte.gz", s.data / "train-labels-idx1-ubyte.gz");
  const auto unseen =
      io::load_labelled_images(s.data / "t10k-images-idx3-ubyte.gz", s.data / "t10k-labels-idx1-ubyte.gz");
  auto all = train::view_all<float>(images.pixels, images.labels);
  all.chosen.resize((std::min)(all.chosen.size(), s.images));
  const auto [training, validation] = train::split(all, all.chosen.size() / 6, s.seed);  // decides everything
  const auto test = train::view_all<float>(unseen.pixels, unseen.labels);                // is only reported

  io::progress bar(std::cout, {.terminal = isatty(STDOUT_FILENO) != 0});
  std::string stage = "dense network";
  train::trainer<float>::options_type fit{.seed = s.seed, .threads = 0, .learning_rate = {.initial = 4e-3}};
  fit.on_step = [&](const train::progress& p) { bar.show(stage, p.step, p.steps); };
  train::trainer<float> trainer(training, validation, fit);

  constexpr objective::vivado_dsp_bram objective;
  // A little more than 0.98: the validation accuracy is itself uncertain, by 0.003.
  prune::options<> options{.relative_tolerance = 0.983, .epochs = 4, .final_epochs = 12};
  options.hls = example::lenet_hardware();
  options.measure_times = s.times;
  options.clock = [] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
  };
  options.stop = interrupt.token();
  options.on_training = [&](const prune::training_phase& phase) {
    stage = phase.purpose == prune::purpose::final ? "final training" : "level " + std::to_string(phase.level);
  };
  options.on_level = [&](const report::level& level) { bar.end(to_text(level, objective.resources)); };

  auto lenet = example::make_lenet(s.seed);
  std::optional<io::checkpoint_file> checkpoint;
  if (!s.checkpoint.empty()) {
    options.checkpoint = checkpoint.emplace(s.checkpoint);
  }
  if (!prune::restore_start(lenet, options.checkpoint)) {
    trainer.fit(lenet, {}, {.epochs = 12, .stop = interrupt.token()});
  }
  bar.end("accuracy " + std::to_string(trainer.evaluate(lenet)));
  const double dense_accuracy = train::evaluate(lenet, test).accuracy;

  const schedule::geometric schedule({.initial = 0.8, .ratio = 0.5, .closest = 0.88});
  const auto pruned = prune::optimize(lenet, trainer, objective, schedule, options);
  bar.end("accuracy " + std::to_string(pruned.report.metric));

  const io::report_context context{s.seed, dense_accuracy, train::evaluate(lenet, test).accuracy};
  const auto layers = lenet.layers();
  io::save_layers<float>(s.out / "lenet_pruned.npz", layers, pruned.masks);
  io::write_file(s.out / "lenet_report.json", io::report_json(pruned.report, context));
  io::write_file(s.out / "lenet_report.html", io::report_html(pruned.report, context));
  io::save_report_svg(s.out / "lenet_report.svg", pruned.report);
  std::cout << '\n'
            << report::to_text(pruned.report) << "On the test images: " << dense_accuracy << " -> " << context.accuracy
            << "\nWritten to " << s.out.string() << ": lenet_pruned.npz, lenet_report.json, .html and .svg\n";
  if (pruned.ending == prune::ending::stopped) {
    std::cout << "Interrupted: the files hold the best network so far.\n";
    return 130;
  }
  if (checkpoint && pruned.ending != prune::ending::failed) {
    checkpoint->remove();
  }
  return pruned.ending == prune::ending::failed ? 1 : 0;
}

int main(int argc, char** argv) {
  settings s;
  CLI::App app("Trains a LeNet on Fashion-MNIST and prunes it for DSP blocks and block RAM.");
  app.add_option("out", s.out, "folder for the results")->capture_default_str();
  app.add_option("--data", s.data, "folder with the four files of Fashion-MNIST")->capture_default_str();
  app.add_option("--seed", s.seed, "of initial weights and shuffling")->capture_default_str();
  app.add_option("--images", s.images, "how many training images to use")
      ->capture_default_str()
      ->check(CLI::Range(12, 60'000));
  app.add_option("--checkpoint", s.checkpoint,
                 "file that keeps the run until it is done; an ended run goes on from it");
  app.add_flag("--times", s.times, "say where the time went; the files are no longer equal from run to run");
  CLI11_PARSE(app, argc, argv)
  try {
    return prune_lenet(s);
  } catch (const std::exception& error) {
    std::cerr << "prune_lenet: " << error.what() << '\n';
    return 1;
  }
}
