// SPDX-License-Identifier: Apache-2.0
#include <espalier/prune/checkpoint.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include <espalier/base/byte_reader.hpp>
#include <espalier/base/byte_writer.hpp>
#include <espalier/objective/parameters.hpp>
#include <espalier/objective/vivado_dsp.hpp>
#include <espalier/prune/detail/identity_of.hpp>
#include <espalier/prune/optimize.hpp>
#include <espalier/rank/fisher.hpp>
#include <espalier/rank/l1.hpp>
#include <espalier/rank/l2.hpp>
#include <espalier/rank/random.hpp>
#include <espalier/schedule/constant.hpp>
#include <espalier/schedule/geometric.hpp>

#include "support/memory_checkpoint.hpp"
#include "support/scripted_training.hpp"

namespace prune = espalier::prune;
using support::memory_checkpoint;
using support::plain_network;

namespace {

using options = prune::options<espalier::rank::l1>;

/// Follows the script of metrics through an end and a new beginning, and says what it depends on.
struct lasting_trainer : support::scripted_trainer {
  std::uint64_t seed = 1;

  [[nodiscard]] std::vector<std::byte> save() const {
    espalier::byte_writer writer;
    writer(evaluated);
    return writer.take();
  }
  void load(std::span<const std::byte> bytes) {
    espalier::byte_reader reader(bytes);
    reader(evaluated);
  }
  [[nodiscard]] std::vector<prune::identity_part> identity() const { return {{"seed", seed}}; }
};

/// Goes epoch by epoch: the n-th epoch of a training adds n to every weight, so one lost or done twice shows.
struct stepwise_trainer : lasting_trainer {
  struct training {
    plain_network& network;
    double pushed = 0;

    double run_epoch() {
      pushed += 1;
      for (auto* weights : {&network.first, &network.bias, &network.second}) {
        for (double& weight : *weights) {
          weight += pushed;
        }
      }
      return 1 / pushed;
    }
    [[nodiscard]] std::vector<std::byte> save() const {
      espalier::byte_writer writer;
      writer(pushed);
      return writer.take();
    }
    void load(std::span<const std::byte> bytes) {
      espalier::byte_reader reader(bytes);
      reader(pushed);
    }
  };
  training begin(plain_network& network, prune::masks<double> /*masks*/, const prune::training_phase& phase) {
    phases.push_back(phase);
    return {network};
  }
};

const std::vector<double> script{1.0, 0.99, 0.5, 0.985, 0.4, 0.98, 0.3, 0.99, 0.985};

options settings() {
  options o{.epochs = 4, .rewinding = 1, .final_epochs = 3, .cutoff_bad_trials = 2};
  o.minimum_kept = 0;
  return o;
}

template <class Trainer>
auto run(plain_network& network, Trainer& trainer, const options& o) {
  return prune::optimize(network, trainer, espalier::objective::parameters{},
                         espalier::schedule::constant({.final = 0.875, .step = 0.125}), o);
}

void check_equal(const prune::result<double>& a, const prune::result<double>& b) {
  CHECK(a.ending == b.ending);
  CHECK(a.report.ended == b.report.ended);
  CHECK(a.report.metric == b.report.metric);
  CHECK(a.report.baseline == b.report.baseline);
  REQUIRE(a.report.levels.size() == b.report.levels.size());
  for (std::size_t i = 0; i < a.report.levels.size(); ++i) {
    CHECK(a.report.levels[i].metric == b.report.levels[i].metric);
    CHECK(a.report.levels[i].used == b.report.levels[i].used);
    CHECK(a.report.levels[i].accepted == b.report.levels[i].accepted);
  }
  CHECK(a.report.layers[0].after == b.report.layers[0].after);
  CHECK(a.masks[0].mask == b.masks[0].mask);
  CHECK(a.masks[1].mask == b.masks[1].mask);
  REQUIRE(a.front.networks().size() == b.front.networks().size());
  for (std::size_t i = 0; i < a.front.networks().size(); ++i) {
    CHECK(a.front.networks()[i].parameters == b.front.networks()[i].parameters);
    CHECK(a.front.networks()[i].metric == b.front.networks()[i].metric);
  }
}

}  // namespace

TEST_SUITE("prune") {
  TEST_CASE("anything that saves and loads bytes is a checkpoint, and none is one too") {
    CHECK(prune::checkpoint<memory_checkpoint>);
    CHECK_FALSE(prune::checkpoint<plain_network>);
    CHECK_FALSE(prune::checkpoint_reference{});
    memory_checkpoint place;
    const prune::checkpoint_reference reference(place);
    const std::vector<std::byte> bytes{std::byte{1}, std::byte{2}};
    reference.save(bytes);
    CHECK(reference.load() == bytes);
    CHECK(static_cast<bool>(reference));
  }

  TEST_CASE_TEMPLATE("a run that was ended after any of its saves goes on to the same bits", Trainer, lasting_trainer,
                     stepwise_trainer) {
    plain_network whole_network;
    Trainer whole_trainer;
    whole_trainer.metrics = script;
    memory_checkpoint whole_place;
    options o = settings();
    o.checkpoint = whole_place;
    const auto whole = run(whole_network, whole_trainer, o);
    REQUIRE(whole.ending == prune::ending::schedule_ended);
    REQUIRE(whole.report.levels.size() == 7);
    REQUIRE(whole_place.saves > 10);
    o.checkpoint = {};
    plain_network kept_nowhere;
    Trainer plain_trainer;
    plain_trainer.metrics = script;
    check_equal(run(kept_nowhere, plain_trainer, o), whole);
    for (std::size_t saves = 0; saves < whole_place.saves; ++saves) {
      memory_checkpoint place{.saves_until_failure = saves};
      o.checkpoint = place;
      plain_network first;
      Trainer killed;
      killed.metrics = script;
      const auto part = run(first, killed, o);
      CHECK(part.ending == prune::ending::failed);
      CHECK(part.report.ended == "failed: the disk is full");
      place.saves_until_failure = std::numeric_limits<std::size_t>::max();
      plain_network second;
      Trainer other;
      other.metrics = script;
      const auto rest = run(second, other, o);
      check_equal(rest, whole);
      CHECK(second.first == whole_network.first);
      CHECK(second.bias == whole_network.bias);
      CHECK(second.second == whole_network.second);
    }
  }

  TEST_CASE("so does one with shared weights that train as one") {
    options o = settings();
    o.actions = {{.share = true}};
    o.train_shared = true;
    o.sharing_saves = espalier::select::sharing_saves::what_pruning_saves;
    o.hls = espalier::hls::config{
        .model = {.strategy = espalier::hls::strategy::resource, .reuse_factor = 2, .weight_width = 16}};
    const auto shared_run = [&](plain_network& network, memory_checkpoint& place) {
      stepwise_trainer trainer;
      trainer.metrics = script;
      o.checkpoint = place;
      return prune::optimize(network, trainer, espalier::objective::vivado_dsp{},
                             espalier::schedule::constant({.final = 0.5, .step = 0.25}), o);
    };
    plain_network whole_network;
    memory_checkpoint whole_place;
    const auto whole = shared_run(whole_network, whole_place);
    REQUIRE(whole.report.layers[0].weights_shared + whole.report.layers[1].weights_shared > 0);
    REQUIRE(whole.masks[1].trained_as_one.size() == 8);
    for (std::size_t saves = 0; saves < whole_place.saves; ++saves) {
      memory_checkpoint place{.saves_until_failure = saves};
      plain_network first;
      CHECK(shared_run(first, place).ending == prune::ending::failed);
      place.saves_until_failure = std::numeric_limits<std::size_t>::max();
      plain_network second;
      const auto rest = shared_run(second, place);
      check_equal(rest, whole);
      CHECK(rest.masks[1].offset == whole.masks[1].offset);
      CHECK(rest.masks[1].trained_as_one == whole.masks[1].trained_as_one);
      CHECK(second.first == whole_network.first);
      CHECK(second.second == whole_network.second);
    }
    o.train_shared = false;
    plain_network other;
    CHECK_THROWS_WITH_AS(static_cast<void>(shared_run(other, whole_place)), doctest::Contains("other train_shared"),
                         espalier::argument_error);
  }

  TEST_CASE("a run that was kept to its end is not done again") {
    memory_checkpoint place;
    options o = settings();
    o.checkpoint = place;
    plain_network first;
    lasting_trainer trainer;
    trainer.metrics = script;
    const auto whole = run(first, trainer, o);
    plain_network second;
    lasting_trainer idle;
    check_equal(run(second, idle, o), whole);
    CHECK(second.first == first.first);
    CHECK(idle.phases.empty());
    CHECK(place.saves > 0);
  }

  TEST_CASE("a level is gone on with inside, after as many epochs as were saved") {
    options o = settings();
    memory_checkpoint place{.saves_until_failure = 3};  // the beginning and two epochs
    o.checkpoint = place;
    plain_network first;
    stepwise_trainer killed;
    killed.metrics = script;
    static_cast<void>(run(first, killed, o));
    place.saves_until_failure = 100;
    plain_network second;
    stepwise_trainer other;
    other.metrics = script;
    static_cast<void>(run(second, other, o));
    CHECK(other.phases.front().first_epoch == 2);
    CHECK(other.phases.front().level == 1);
    CHECK(other.phases[1].first_epoch == 0);
  }

  TEST_CASE("a stopped run goes on when it is called again") {
    plain_network whole_network;
    lasting_trainer whole_trainer;
    whole_trainer.metrics = script;
    const auto whole = run(whole_network, whole_trainer, settings());
    memory_checkpoint place;
    options o = settings();
    o.checkpoint = place;
    std::stop_source source;
    o.stop = source.get_token();
    plain_network first;
    lasting_trainer trainer;
    trainer.metrics = script;
    trainer.on_fit = [&](const prune::training_phase& phase) {
      if (phase.level == 3) {
        source.request_stop();
      }
    };
    CHECK(run(first, trainer, o).ending == prune::ending::stopped);
    o.stop = {};
    plain_network second;
    lasting_trainer other;
    other.metrics = script;
    check_equal(run(second, other, o), whole);
  }

  TEST_CASE("a run that is stopped before it begins is not kept: its network's training may have been stopped too") {
    memory_checkpoint place;
    options o = settings();
    o.checkpoint = place;
    std::stop_source source;
    source.request_stop();
    o.stop = source.get_token();
    plain_network network;
    lasting_trainer trainer;
    trainer.metrics = script;
    CHECK(run(network, trainer, o).ending == prune::ending::stopped);
    CHECK(place.kept.empty());
  }

  TEST_CASE("the state of another run is refused by what differs, before anything is done, and stays as it is") {
    memory_checkpoint place{.saves_until_failure = 4};
    options o = settings();
    o.checkpoint = place;
    plain_network first;
    lasting_trainer killed;
    killed.metrics = script;
    static_cast<void>(run(first, killed, o));
    place.saves_until_failure = 100;
    const auto kept = place.kept;
    plain_network network;
    lasting_trainer trainer;
    trainer.metrics = script;
    const auto refused = [&](const std::string& what) {
      CHECK_THROWS_WITH_AS(static_cast<void>(run(network, trainer, o)), doctest::Contains(what.c_str()),
                           espalier::argument_error);
      CHECK(place.kept == kept);
      CHECK(trainer.phases.empty());
      CHECK(trainer.evaluated == 0);
    };
    trainer.seed = 2;
    refused("other seed");
    trainer.seed = 1;
    network.first[0] += 1;
    refused("other weights before pruning");
    network = {};
    network.share = true;
    refused("other objective or hardware");
    network = {};
    o.epochs = 5;
    refused("other epochs");
    o.epochs = 4;
    o.floor = 0.1;
    refused("other floor");
    o.floor.reset();
    prune::options<espalier::rank::l2> by_length;
    by_length.relative_tolerance = o.relative_tolerance;
    by_length.rewinding = o.rewinding;
    by_length.final_epochs = o.final_epochs;
    by_length.cutoff_bad_trials = o.cutoff_bad_trials;
    by_length.minimum_kept = o.minimum_kept;
    by_length.checkpoint = place;
    CHECK_THROWS_WITH_AS(static_cast<void>(prune::optimize(network, trainer, espalier::objective::parameters{},
                                                           espalier::schedule::geometric({.initial = 0.3}), by_length)),
                         doctest::Contains("other ranking"), espalier::argument_error);
    CHECK_THROWS_WITH_AS(
        static_cast<void>(prune::optimize(network, trainer, espalier::objective::parameters{},
                                          espalier::schedule::geometric({.initial = 0.3, .ratio = 0.5}), o)),
        doctest::Contains("another schedule"), espalier::argument_error);
    support::scripted_trainer nameless{.metrics = script};
    CHECK_THROWS_WITH_AS(static_cast<void>(run(network, nameless, o)), doctest::Contains("other trainer"),
                         espalier::argument_error);
    // And with everything as it was, it goes on.
    CHECK(run(network, trainer, o).ending == prune::ending::schedule_ended);
  }

  TEST_CASE("settings of a ranking are among what a run depends on") {
    using prune::detail::behaviour_of_ranking;
    CHECK(behaviour_of_ranking(espalier::rank::fisher{}) == behaviour_of_ranking(espalier::rank::fisher{}));
    CHECK(behaviour_of_ranking(espalier::rank::fisher{}) !=
          behaviour_of_ranking(espalier::rank::fisher{.damping = 0.5}));
    CHECK(behaviour_of_ranking(espalier::rank::random{1}) != behaviour_of_ranking(espalier::rank::random{2}));
    CHECK(behaviour_of_ranking(espalier::rank::l2{}) != behaviour_of_ranking(espalier::rank::l1{}));
  }

  TEST_CASE("a state that ends early or is of another version is an error that says so") {
    memory_checkpoint place;
    options o = settings();
    o.checkpoint = place;
    plain_network first;
    lasting_trainer trainer;
    trainer.metrics = script;
    static_cast<void>(run(first, trainer, o));
    const auto kept = place.kept;
    for (std::size_t size = 1; size < kept.size(); size += 7) {
      place.kept.assign(kept.begin(), kept.begin() + static_cast<std::ptrdiff_t>(size));
      plain_network network;
      CHECK_THROWS_AS(static_cast<void>(run(network, trainer, o)), espalier::parse_error);
    }
    place.kept = kept;
    place.kept[0] = std::byte{9};
    plain_network network;
    CHECK_THROWS_WITH_AS(static_cast<void>(run(network, trainer, o)),
                         doctest::Contains("a saved run of version 9, expected version 3"), espalier::parse_error);
    place.kept = kept;
    place.kept.push_back(std::byte{0});
    CHECK_THROWS_AS(static_cast<void>(run(network, trainer, o)), espalier::parse_error);
  }
}
