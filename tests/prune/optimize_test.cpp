// SPDX-License-Identifier: Apache-2.0
#include <espalier/prune/optimize.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <vector>

#include <espalier/objective/parameters.hpp>
#include <espalier/objective/vivado_dsp.hpp>
#include <espalier/rank/l1.hpp>
#include <espalier/rank/oracle.hpp>
#include <espalier/schedule/constant.hpp>

#include "support/memory_checkpoint.hpp"
#include "support/scripted_training.hpp"

namespace prune = espalier::prune;
using espalier::objective::parameters;
using espalier::schedule::constant;

namespace {

using options = prune::options<espalier::rank::l1>;

/// 16 weights; each level of this schedule prunes 4 more.
constant quarters() {
  return constant({.initial = 0, .final = 1, .step = 0.25});
}

template <class Trainer>
auto run(support::plain_network& network, Trainer& trainer, options o) {
  o.minimum_kept = 0;
  return prune::optimize(network, trainer, parameters{}, quarters(), o);
}

std::ptrdiff_t zeros(const support::plain_network& n) {
  return std::count(n.first.begin(), n.first.end(), 0.0) + std::count(n.second.begin(), n.second.end(), 0.0);
}

}  // namespace

TEST_SUITE("prune") {
  TEST_CASE("good levels follow the schedule to its end, and pruned weights are exactly 0 whatever the trainer does") {
    support::plain_network network;
    support::scripted_trainer trainer{.metrics = {1.0, 0.99, 0.98, 0.985}};
    const auto result = prune::optimize(network, trainer, parameters{}, constant({.final = 0.75, .step = 0.25}),
                                        options{.relative_tolerance = 0.98});
    CHECK(result.ending == prune::ending::schedule_ended);
    REQUIRE(result.report.levels.size() == 3);
    CHECK(result.report.levels[2].used == std::vector<std::int64_t>{4});
    CHECK(result.report.levels[2].accepted);
    CHECK(result.report.baseline == 1.0);
    CHECK(result.report.metric == 0.985);
    CHECK(zeros(network) == 12);
    CHECK(result.report.resources[0].after == 4);
    for (std::size_t i = 0; i < 8; ++i) {
      CHECK((result.masks[0].mask[i] == 0) == (network.first[i] == 0));
      CHECK((result.masks[1].mask[i] == 0) == (network.second[i] == 0));
    }
  }

  TEST_CASE("no full training is spent on sparsity 0") {
    support::plain_network network;
    support::scripted_trainer trainer{.metrics = {1.0, 0.5, 0.5}};
    static_cast<void>(run(network, trainer, {.cutoff_bad_trials = 1}));
    CHECK(trainer.phases.front().sparsity == 0.25);
    CHECK(trainer.phases.front().level == 1);
  }

  TEST_CASE("after a bad level the last good weights come back before the next is tried") {
    support::plain_network network;
    std::vector<double> bias_at_fit;
    support::scripted_trainer trainer{.metrics = {1.0, 1.0, 0.1, 1.0, 0.1}};
    trainer.on_fit = [&](const auto&) { bias_at_fit.push_back(network.bias[0]); };
    const auto result = run(network, trainer, {.cutoff_bad_trials = 1});
    // Each training adds 1; level 3 begins again where level 1 ended, and so does level 4 from level 3.
    CHECK(bias_at_fit == std::vector<double>{1.5, 2.5, 2.5, 3.5});
    CHECK(network.bias[0] == 2.5);
    CHECK(zeros(network) == 12);
    CHECK(result.report.metric == 1.0);
    CHECK(result.report.resources[0].after == 4);
  }

  TEST_CASE("more bad levels in a row than allowed end the run, and the dense network stays if none was good") {
    support::plain_network network;
    const support::plain_network before = network;
    support::scripted_trainer trainer{.metrics = {1.0, 0.9, 0.9}};
    const auto result = run(network, trainer, {.cutoff_bad_trials = 1});
    CHECK(result.ending == prune::ending::too_many_bad);
    CHECK(result.report.ended == "2 levels in a row were not good enough");
    CHECK(result.report.levels.size() == 2);
    CHECK(network.first == before.first);
    CHECK(network.second == before.second);
    CHECK(result.report.metric == 1.0);
    CHECK(result.report.resources[0].after == 16);
    CHECK(std::all_of(result.masks[0].mask.begin(), result.masks[0].mask.end(), [](int m) { return m == 1; }));
  }

  TEST_CASE("a good level between bad ones starts the count again") {
    support::plain_network network;
    support::scripted_trainer trainer{.metrics = {1.0, 0.9, 1.0, 0.9, 1.0}};
    const auto result = run(network, trainer, {.cutoff_bad_trials = 1});
    CHECK(result.ending == prune::ending::schedule_ended);
    CHECK(result.report.levels.size() == 4);
  }

  TEST_CASE("an error as the metric is good when it is small") {
    support::plain_network network;
    support::scripted_trainer trainer{.metrics = {1.0, 1.04, 1.06, 1.0, 1.0}};
    const auto result =
        run(network, trainer, {.relative_tolerance = 1.05, .larger_is_better = false, .cutoff_bad_trials = 3});
    CHECK(result.report.levels[0].accepted);
    CHECK_FALSE(result.report.levels[1].accepted);
    CHECK(result.report.levels[2].accepted);
  }

  TEST_CASE("a metric that is not a number is a bad level, and as a baseline an error") {
    support::plain_network network;
    support::scripted_trainer trainer{.metrics = {1.0, std::nan(""), 0.1}};
    const auto result = run(network, trainer, {.cutoff_bad_trials = 1});
    CHECK_FALSE(result.report.levels[0].accepted);
    support::scripted_trainer lost{.metrics = {1.0, 0.99, std::nan("")}};
    support::plain_network other;
    const auto ended = run(other, lost, {.cutoff_bad_trials = 0});
    CHECK(ended.report.ended ==
          "1 level in a row was not good enough; the metric of the last one is not a finite number");
    CHECK(ended.report.metric == 0.99);
    CHECK(zeros(other) == 4);
    support::scripted_trainer broken{.metrics = {std::nan("")}};
    CHECK_THROWS_AS(static_cast<void>(run(network, broken, {})), espalier::numeric_error);
    CHECK(broken.phases.empty());
  }

  TEST_CASE("rewinding trains without masks between levels, takes its epochs from the level, and skips the last") {
    support::plain_network network;
    support::scripted_trainer trainer{.metrics = {1.0, 1.0, 1.0, 1.0, 1.0}};
    const auto result = run(network, trainer, {.epochs = 5, .rewinding = 2});
    std::vector<std::size_t> epochs;
    for (const auto& phase : trainer.phases) {
      epochs.push_back(phase.epochs);
    }
    CHECK(epochs == std::vector<std::size_t>{3, 2, 3, 2, 3, 2, 3});
    CHECK(trainer.masks_given == std::vector<std::size_t>{2, 0, 2, 0, 2, 0, 2});
    CHECK(trainer.phases[1].purpose == prune::purpose::rewinding);
    CHECK(zeros(network) == 16);
    CHECK(result.report.resources[0].after == 0);
  }

  TEST_CASE("the final training continues from the best network, and is dropped if it is worse") {
    for (const double final_metric : {0.97, 0.995}) {
      support::plain_network network;
      support::scripted_trainer trainer{.metrics = {1.0, 0.99, 0.1, 0.1, final_metric}};
      const auto result = run(network, trainer, {.final_epochs = 7, .cutoff_bad_trials = 1});
      REQUIRE(trainer.phases.size() == 4);
      CHECK(trainer.phases[3].purpose == prune::purpose::final);
      CHECK(trainer.phases[3].epochs == 7);
      CHECK(trainer.phases[3].sparsity == 0.25);
      CHECK(result.report.metric == (std::max)(0.99, final_metric));
      CHECK(network.bias[0] == (final_metric < 0.99 ? 1.5 : 2.5));
      CHECK(zeros(network) == 4);
      CHECK(result.ending == prune::ending::too_many_bad);
    }
  }

  TEST_CASE("a stop request ends the run with the best network so far") {
    support::plain_network network;
    std::stop_source source;
    support::scripted_trainer trainer{.metrics = {1.0, 1.0}};
    trainer.on_fit = [&](const prune::training_phase& phase) {
      if (phase.level == 2) {
        source.request_stop();
      }
    };
    const auto result = run(network, trainer, {.final_epochs = 3, .stop = source.get_token()});
    CHECK(result.ending == prune::ending::stopped);
    CHECK(result.report.levels.size() == 1);
    CHECK(zeros(network) == 4);
    CHECK(trainer.phases.size() == 2);
  }

  TEST_CASE("a stop before the first level leaves the dense network") {
    support::plain_network network;
    std::stop_source source;
    source.request_stop();
    support::scripted_trainer trainer{.metrics = {1.0}};
    const auto result = run(network, trainer, {.stop = source.get_token()});
    CHECK(result.ending == prune::ending::stopped);
    CHECK(trainer.phases.empty());
    CHECK(zeros(network) == 0);
  }

  TEST_CASE("a trainer that throws loses nothing: the best network comes back and the report says what happened") {
    support::plain_network network;
    support::scripted_trainer trainer{.metrics = {1.0, 1.0}};
    trainer.on_fit = [&](const prune::training_phase& phase) {
      if (phase.level == 2) {
        network.second.assign(8, std::nan(""));
        throw std::runtime_error("layer 'second' at step 7");
      }
    };
    const auto result = run(network, trainer, {});
    CHECK(result.ending == prune::ending::failed);
    CHECK(result.report.ended == "failed: layer 'second' at step 7");
    CHECK(zeros(network) == 4);
    CHECK(std::none_of(network.second.begin(), network.second.end(), [](double w) { return std::isnan(w); }));
  }

  TEST_CASE("weights that a trainer made infinite without saying so end the run with the layer's name") {
    support::plain_network network;
    support::scripted_trainer trainer{.metrics = {1.0, 1.0}};
    trainer.on_fit = [&](const prune::training_phase&) { network.second[0] = INFINITY; };
    const auto result = run(network, trainer, {});
    CHECK(result.ending == prune::ending::failed);
    CHECK(result.report.ended.find("'second' with weight") != std::string::npos);
    CHECK(std::isfinite(network.second[0]));
  }

  TEST_CASE("shared weights are exactly their mean in the end") {
    support::plain_network network;
    network.share = true;
    for (auto* weights : {&network.first, &network.second}) {
      std::fill(weights->begin(), weights->end(), 1.0);
      weights->front() = 1.25;
    }
    support::scripted_trainer trainer{.metrics = {1.0, 1.0}};
    auto pairs = espalier::hls::config{};
    pairs.model = {.strategy = espalier::hls::strategy::resource, .reuse_factor = 2, .weight_width = 16};
    const auto result = prune::optimize(
        network, trainer, espalier::objective::vivado_dsp{}, constant({.initial = 1, .final = 1}),
        options{.minimum_kept = 0, .sharing_saves = espalier::select::sharing_saves::what_pruning_saves, .hls = pairs});
    CHECK(result.report.layers[0].weights_shared == 8);
    CHECK(result.report.layers[0].weights_kept == 0);
    REQUIRE(result.masks[0].offset.size() == 8);
    for (std::size_t i = 0; i < 8; ++i) {
      CHECK(network.first[i] == result.masks[0].offset[i]);
      CHECK((network.first[i] == 1 || network.first[i] == 1.125));
    }
  }

  TEST_CASE("shared weights that train as one go with their training, and the masks say where they went") {
    support::plain_network network;
    for (auto* weights : {&network.first, &network.second}) {
      std::fill(weights->begin(), weights->end(), 1.0);
      weights->front() = 1.25;
    }
    support::scripted_trainer trainer{.metrics = {1.0, 1.0, 1.0}};
    options o{.final_epochs = 1, .actions = {{.share = true}}, .minimum_kept = 0, .train_shared = true};
    o.sharing_saves = espalier::select::sharing_saves::what_pruning_saves;
    o.hls = espalier::hls::config{
        .model = {.strategy = espalier::hls::strategy::resource, .reuse_factor = 2, .weight_width = 16}};
    const auto run_it = [&] {
      return prune::optimize(network, trainer, espalier::objective::vivado_dsp{}, constant({.initial = 1, .final = 1}),
                             o);
    };
    trainer.on_fit = [&](const prune::training_phase&) { network.first.back() += 100; };
    const auto result = run_it();
    CHECK(result.report.layers[0].weights_shared == 8);
    REQUIRE(result.masks[0].trained_as_one.size() == 8);
    REQUIRE(trainer.phases.size() == 2);
    for (std::size_t i = 0; i < 8; ++i) {
      // The mean, and 1 for the level and for the final training.
      CHECK((network.first[i] == 3 || network.first[i] == 3.125));
      CHECK(network.first[i] == result.masks[0].offset[i]);
    }
    o.actions = {{.layer = "third"}};
    CHECK_THROWS_WITH_AS(static_cast<void>(run_it()), doctest::Contains("actions for a layer 'third'"),
                         espalier::argument_error);
  }

  TEST_CASE("no layer is cut through unless asked: a target that would do it is out of reach and ends the run") {
    support::plain_network network;
    support::scripted_trainer trainer{.metrics = {1.0, 1.0, 1.0}};
    const auto result = prune::optimize(network, trainer, parameters{},
                                        constant({.initial = 0.5, .final = 1, .step = 0.25}), options{});
    CHECK(result.ending == prune::ending::out_of_reach);
    CHECK(result.report.levels.size() == 2);
    CHECK(result.report.ended.starts_with("the next target is out of reach: parameters"));
    CHECK(zeros(network) == 12);
  }

  TEST_CASE("a layer can have a budget of its own beside that of the network") {
    support::plain_network network;
    support::scripted_trainer trainer{.metrics = {1.0, 1.0}};
    const auto result = prune::optimize(network, trainer, parameters{}, constant({.initial = 0.25, .final = 0.25}),
                                        options{.layers = {{"second", {0.75}}}});
    CHECK(result.report.layers[1].after == std::vector<std::int64_t>{2});
    CHECK(result.report.layers[0].after == std::vector<std::int64_t>{8});
  }

  TEST_CASE("callbacks come before every training and after every level") {
    support::plain_network network;
    support::scripted_trainer trainer{.metrics = {1.0, 1.0, 0.5, 0.5}};
    std::vector<double> calls;
    options o{.cutoff_bad_trials = 1};
    o.on_training = [&](const prune::training_phase& phase) { calls.push_back(phase.sparsity); };
    o.on_level = [&](const espalier::report::level& level) { calls.push_back(-level.metric); };
    static_cast<void>(run(network, trainer, o));
    CHECK(calls == std::vector<double>{0.25, -1, 0.5, -0.5, 0.75, -0.5});
  }

  TEST_CASE(
      "hls settings in the options override those of the model, and what they refuse is refused before training") {
    support::plain_network network;
    support::scripted_trainer trainer{.metrics = {1.0}};
    espalier::hls::config no_reuse;
    no_reuse.model.reuse_factor = 0;
    CHECK_THROWS_WITH_AS(static_cast<void>(run(network, trainer, {.hls = no_reuse})),
                         doctest::Contains("reuse factor 0"), espalier::argument_error);
    CHECK(trainer.evaluated == 0);
  }

  TEST_CASE("a network with a weight that is not finite is refused by layer, before anything is done") {
    support::plain_network network;
    network.second[3] = INFINITY;
    support::scripted_trainer trainer{.metrics = {1.0}};
    CHECK_THROWS_WITH_AS(static_cast<void>(run(network, trainer, {})), doctest::Contains("'second' with weight 3"),
                         espalier::numeric_error);
  }

  TEST_CASE("equal runs are equal") {
    support::plain_network a;
    support::plain_network b;
    support::scripted_trainer trainer_a{.metrics = {1.0, 1.0, 0.5, 0.5}};
    support::scripted_trainer trainer_b = trainer_a;
    const auto result_a = run(a, trainer_a, {.cutoff_bad_trials = 1});
    const auto result_b = run(b, trainer_b, {.cutoff_bad_trials = 1});
    CHECK(a.first == b.first);
    CHECK(result_a.masks[1].mask == result_b.masks[1].mask);
    CHECK(result_a.report.ended == result_b.report.ended);
  }

  TEST_CASE("an absolute floor is kept however low the baseline's share is") {
    support::plain_network network;
    support::scripted_trainer trainer{.metrics = {1.0, 0.9, 0.8, 0.7, 0.8}};
    const auto result = run(network, trainer, {.relative_tolerance = 0.1, .cutoff_bad_trials = 3, .floor = 0.8});
    std::vector<bool> accepted;
    for (const auto& level : result.report.levels) {
      accepted.push_back(level.accepted);
    }
    CHECK(accepted == std::vector<bool>{true, true, false, true});
    support::scripted_trainer errors{.metrics = {1.0, 1.5, 1.6, 1.4, 1.7}};
    support::plain_network other;
    options o{.relative_tolerance = 10, .larger_is_better = false, .cutoff_bad_trials = 3, .floor = 1.5};
    CHECK(run(other, errors, o).report.metric == 1.4);
  }

  TEST_CASE("a run whose target is reached by a good level ends there, with its final training") {
    support::plain_network network;
    support::scripted_trainer trainer{.metrics = {1.0, 1.0, 0.1, 1.0, 1.0}};
    const auto result = run(network, trainer, {.final_epochs = 2, .target = {8}});
    CHECK(result.ending == prune::ending::target_reached);
    CHECK(result.report.levels.size() == 3);
    CHECK(result.report.resources[0].after == 4);
    CHECK(trainer.phases.back().purpose == prune::purpose::final);
  }

  TEST_CASE("levels and epochs are counted, and a training that would pass the limit is left out") {
    support::plain_network network;
    support::scripted_trainer trainer{.metrics = {1.0, 1.0, 1.0, 1.0}};
    const auto levels = run(network, trainer, {.final_epochs = 2, .maximum_levels = 2});
    CHECK(levels.ending == prune::ending::limit_reached);
    CHECK(levels.report.levels.size() == 2);
    CHECK(trainer.phases.back().purpose == prune::purpose::final);
    support::plain_network other;
    support::scripted_trainer second{.metrics = {1.0, 1.0, 1.0, 1.0}};
    const auto epochs = run(other, second, {.epochs = 4, .rewinding = 1, .final_epochs = 4, .maximum_epochs = 11});
    CHECK(epochs.ending == prune::ending::limit_reached);
    CHECK(epochs.report.ended == "the epochs that the settings allow do not suffice for another level");
    std::size_t spent = 0;
    for (const auto& phase : second.phases) {
      spent += phase.epochs;
      CHECK(phase.purpose != prune::purpose::final);
    }
    CHECK(spent == 8);
  }

  TEST_CASE("time is what the given clock says") {
    support::plain_network network;
    support::scripted_trainer trainer{.metrics = {1.0, 1.0, 1.0, 1.0, 1.0}};
    double now = 100;
    trainer.on_fit = [&](const auto&) { now += 10; };
    options o{.final_epochs = 2, .maximum_seconds = 15};
    o.clock = [&] { return now; };
    const auto result = run(network, trainer, o);
    CHECK(result.ending == prune::ending::limit_reached);
    CHECK(result.report.ended == "the seconds that the settings allow were spent");
    CHECK(result.report.levels.size() == 2);
    CHECK(zeros(network) == 8);
  }

  TEST_CASE("the time of a run that is gone on with counts from its beginning") {
    support::memory_checkpoint place;
    double now = 0;
    options o{.maximum_seconds = 25};
    o.clock = [&] { return now; };
    o.checkpoint = place;
    for (const std::size_t levels : {3U, 3U}) {
      support::plain_network network;
      support::scripted_trainer trainer{.metrics = {1.0, 1.0, 1.0, 1.0, 1.0}};
      trainer.on_fit = [&](const auto&) { now += 10; };
      const auto result = run(network, trainer, o);
      CHECK(result.report.levels.size() == levels);
      now += 1000;  // nobody works in between
    }
    CHECK(now == 2030);
  }

  TEST_CASE("where the time went is told if asked for, with the parts before the run was ended") {
    double now = 5;
    struct timed_trainer : support::scripted_trainer {
      double& now;
      double evaluate(support::plain_network& network) {
        now += 1;
        return scripted_trainer::evaluate(network);
      }
      std::vector<std::vector<double>> gradients(support::plain_network& network) {
        now += 3;
        return {std::vector<double>(network.first.size(), 1), std::vector<double>(network.second.size(), 1)};
      }
    };
    support::memory_checkpoint place;
    prune::options<espalier::rank::oracle> o{.minimum_kept = 0, .maximum_seconds = 25};
    o.clock = [&] { return now; };
    o.checkpoint = place;
    o.on_level = [&](const auto&) { now += 0.5; };
    for (const bool asked : {false, true, true}) {
      o.measure_times = asked;
      support::plain_network network;
      timed_trainer trainer{{.metrics = {1.0, 1.0, 1.0, 1.0, 1.0}}, now};
      trainer.on_fit = [&](const auto&) { now += 10; };
      const auto result = prune::optimize(network, trainer, parameters{}, quarters(), o);
      CHECK(result.report.times.has_value() == asked);
      if (asked) {
        const auto levels = static_cast<double>(result.report.levels.size());
        CHECK(levels == (o.maximum_seconds > 0 ? 2 : 4));
        CHECK(result.report.times->training == 10 * levels);
        CHECK(result.report.times->ranking == 3 * levels);
        CHECK(result.report.times->selection == 0);
        CHECK(result.report.times->evaluation == 1 + levels);
        CHECK(result.report.times->other == 0.5 * levels);
        CHECK(result.report.times->total() == 14.5 * levels + 1);
        o.maximum_seconds = 0;
      } else {
        place.kept.clear();
      }
      now += 1000;  // nobody works in between
    }
  }

  TEST_CASE("the result holds the best network under every budget, rejected ones too, and the dense one") {
    support::plain_network network;
    const support::plain_network before = network;
    support::scripted_trainer trainer{.metrics = {1.0, 0.99, 0.5, 0.985, 0.4}};
    const auto result = run(network, trainer, {});
    const auto metric_within = [&](std::int64_t budget) {
      const auto* best = result.front.best_within(std::vector<std::int64_t>{budget});
      return best == nullptr ? -1.0 : best->metric;
    };
    CHECK(metric_within(16) == 1.0);
    CHECK(metric_within(15) == 0.99);
    CHECK(metric_within(11) == 0.985);  // the level of 8 weights was worse and larger
    CHECK(metric_within(3) == 0.4);
    support::plain_network other;
    result.front.best_within(std::vector<std::int64_t>{0})->restore(other);
    CHECK(zeros(other) == 16);
    result.front.best_within(std::vector<std::int64_t>{16})->restore(other);
    CHECK(other.first == before.first);
    CHECK_FALSE(result.front.best_within(std::vector<std::int64_t>{0})->accepted);
  }

  TEST_CASE("a trainer that throws what is no exception loses nothing either") {
    support::plain_network network;
    support::scripted_trainer trainer{.metrics = {1.0, 1.0}};
    trainer.on_fit = [&](const prune::training_phase& phase) {
      if (phase.level == 2) {
        throw 7;  // NOLINT(hicpp-exception-baseclass)
      }
    };
    const auto result = run(network, trainer, {.final_epochs = 5});
    CHECK(result.ending == prune::ending::failed);
    CHECK(result.report.ended == "failed: an exception that says nothing");
    CHECK(zeros(network) == 4);
    CHECK(trainer.phases.size() == 2);
  }

  TEST_CASE("a trainer that goes epoch by epoch is heard of after each, ends between two, and may not lose its loss") {
    struct stepwise : support::scripted_trainer {
      struct training {
        stepwise& owner;
        double run_epoch() {
          ++owner.epochs;
          return owner.epochs == owner.broken ? std::nan("") : 0.5;
        }
      };
      std::size_t epochs = 0;
      std::size_t broken = 0;
      training begin(support::plain_network&, prune::masks<double>, const prune::training_phase&) { return {*this}; }
    };
    static_assert(prune::stepwise_trainer<stepwise, support::plain_network>);
    support::plain_network network;
    stepwise trainer;
    trainer.metrics = {1.0, 1.0, 1.0, 1.0, 1.0};
    std::vector<std::size_t> heard;
    options o{.epochs = 3, .rewinding = 1};
    o.on_epoch = [&](const prune::training_epoch& epoch) {
      CHECK(epoch.loss == 0.5);
      heard.push_back(10 * epoch.phase.level + epoch.epoch);
    };
    CHECK(run(network, trainer, o).ending == prune::ending::schedule_ended);
    CHECK(heard == std::vector<std::size_t>{11, 12, 11, 21, 22, 21, 31, 32, 31, 41, 42});
    stepwise slow;
    slow.metrics = trainer.metrics;
    support::plain_network other;
    options limited{.epochs = 3, .maximum_seconds = 5};
    limited.clock = [&] { return static_cast<double>(slow.epochs); };
    const auto stopped = run(other, slow, limited);
    CHECK(stopped.ending == prune::ending::limit_reached);
    CHECK(stopped.report.levels.size() == 1);
    CHECK(slow.epochs == 5);
    CHECK(zeros(other) == 4);
    stepwise lost;
    lost.metrics = trainer.metrics;
    lost.broken = 5;
    support::plain_network third;
    const auto failed = run(third, lost, {.epochs = 3});
    CHECK(failed.ending == prune::ending::failed);
    CHECK(failed.report.ended.find("a loss that is not finite in epoch 2 of level 2") != std::string::npos);
    CHECK(zeros(third) == 4);
  }

  TEST_CASE("a training that takes for ever is ended by the time that is left, and the last good level stays") {
    support::plain_network network;
    support::scripted_trainer trainer{.metrics = {1.0, 0.99}};
    double now = 0;
    trainer.on_fit = [&](const prune::training_phase& phase) {
      network.first[0] += 50;  // half of what a level would do
      for (int steps = 0; phase.level == 2 && !phase.stop.stop_requested(); ++steps) {
        REQUIRE(steps < 1000);
        now += 1;
      }
    };
    options o{.maximum_seconds = 30};
    o.clock = [&] { return now; };
    support::memory_checkpoint place;
    o.checkpoint = place;
    const auto result = run(network, trainer, o);
    CHECK(result.ending == prune::ending::limit_reached);
    CHECK(result.report.ended == "the seconds that the settings allow were spent");
    CHECK(now == 30);
    CHECK(result.report.levels.size() == 1);
    CHECK(result.report.metric == 0.99);
    CHECK(zeros(network) == 4);
    // With more time it goes on at the level that was cut short.
    o.maximum_seconds = 1000;
    support::plain_network other;
    support::scripted_trainer patient{.metrics = {0.99, 0.99, 0.99}};
    CHECK(run(other, patient, o).ending == prune::ending::schedule_ended);
    CHECK(patient.phases.front().level == 2);
  }

  TEST_CASE("a target for other resources than the objective counts is refused before anything is done") {
    support::plain_network network;
    support::scripted_trainer trainer{.metrics = {1.0}};
    CHECK_THROWS_WITH_AS(static_cast<void>(run(network, trainer, {.target = {1, 2}})),
                         doctest::Contains("a target for 2 resources, expected 1"), espalier::shape_error);
    CHECK(trainer.evaluated == 0);
  }

  TEST_CASE("regularizers go to every training but the final one, each layer with its own strengths") {
    support::plain_network network;
    support::scripted_trainer trainer{.metrics = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0}};
    std::vector<double> strengths;
    trainer.on_fit = [&](const prune::training_phase& phase) {
      CHECK(phase.penalties.size() == (phase.purpose == prune::purpose::final ? 0 : 2));
      for (const auto& penalty : phase.penalties) {
        strengths.push_back((penalty.layer == "first" ? 1 : 100) * penalty.penalty.options().alpha);
        CHECK(penalty.groups.weights() == 8);
      }
    };
    options o{.rewinding = 1, .final_epochs = 1};
    o.regularization = {{"second", {.alpha = 3}}, {"", {.alpha = 2}}};
    static_cast<void>(run(network, trainer, o));
    CHECK(strengths == std::vector<double>{2, 300, 2, 300, 2, 300, 2, 300, 2, 300, 2, 300, 2, 300});
  }

  TEST_CASE("regularization of a layer that is none, or of a negative strength, is refused before anything is done") {
    support::plain_network network;
    support::scripted_trainer trainer{.metrics = {1.0}};
    options o;
    o.regularization = {{"third", {.alpha = 3}}};
    CHECK_THROWS_WITH_AS(static_cast<void>(run(network, trainer, o)),
                         doctest::Contains("regularization of a layer 'third'"), espalier::argument_error);
    o.regularization = {{"", {.alpha = -1}}};
    CHECK_THROWS_AS(static_cast<void>(run(network, trainer, o)), espalier::argument_error);
    CHECK(trainer.evaluated == 0);
  }
}
