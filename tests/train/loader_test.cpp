// SPDX-License-Identifier: Apache-2.0
#include <espalier/train/loader.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include <espalier/train/detail/loader_source.hpp>

namespace train = espalier::train;

namespace {

/// Gives samples of 6 numbers, all that of the sample, after what a test does to them.
struct counting {
  std::size_t count = 100;
  std::function<void(const train::batch_request&, train::batch_data<float>&)> spoil{};

  [[nodiscard]] std::size_t size() const { return count; }
  void load(const train::batch_request& request, train::batch_data<float>& batch) {
    batch = {};
    for (const std::uint32_t sample : request.samples) {
      batch.labels.push_back(sample % 4);
      batch.samples.insert(batch.samples.end(), 6, static_cast<float>(sample));
    }
    if (spoil) {
      spoil(request, batch);
    }
  }
};
static_assert(train::loader<counting, float>);

using source = train::detail::loader_source<float, counting>;

train::detail::source_settings settings(bool shuffle, bool ahead) {
  train::detail::source_settings result{.shuffle = shuffle, .seed = 9, .load_ahead = ahead};
  result.demands = {{6}, 4, 4, true};
  return result;
}

/// What a training does: goes through some epochs in batches of 40.
/// @return the first number of every sample.
std::vector<float> visit(counting loader, const train::detail::source_settings& how, std::size_t epochs = 2) {
  source from(loader, how);
  espalier::random_generator seeds(how.seed);
  std::vector<float> seen;
  for (std::size_t epoch = 0; epoch < epochs; ++epoch) {
    from.begin_epoch(epoch, seeds);
    for (std::size_t begin = 0; begin < from.size(); begin += 40) {
      for (const std::uint32_t sample : from.batch(begin, (std::min)(std::size_t{40}, from.size() - begin))) {
        CHECK(from.view().samples[sample * 6] == static_cast<float>(from.numbers()[sample]));
        seen.push_back(from.view().samples[sample * 6]);
      }
    }
  }
  return seen;
}

/// The message of what a training throws whose batches come spoiled.
template <class Error>
std::string refusal(const std::function<void(const train::batch_request&, train::batch_data<float>&)>& spoil) {
  try {
    visit({.spoil = spoil}, settings(false, false));
  } catch (const Error& error) {
    return error.what();
  }
  return "nothing of that kind was thrown";
}

}  // namespace

TEST_SUITE("train") {
  TEST_CASE("a loader is asked for every sample of every epoch once, in the order of the seed") {
    std::vector<std::size_t> seen(300);
    const auto count = [&](const train::batch_request& request, train::batch_data<float>&) {
      CHECK(request.seed == 9);
      CHECK(request.first % 40 == 0);
      for (const std::uint32_t sample : request.samples) {
        ++seen[request.epoch * 100 + sample];
      }
    };
    const auto order = visit({.spoil = count}, settings(true, false), 3);
    CHECK(seen == std::vector<std::size_t>(300, 1));
    CHECK_FALSE(std::is_sorted(order.begin(), order.begin() + 100));
    CHECK(visit({}, settings(true, true), 3) == order);
    const auto plain = visit({}, settings(false, true), 1);
    CHECK(std::is_sorted(plain.begin(), plain.end()));
  }

  TEST_CASE("batches that do not fit are refused with their place") {
    using request = train::batch_request;
    using batch = train::batch_data<float>;
    const std::string label = refusal<espalier::argument_error>(
        [](const request& r, batch& b) { b.labels[7] = r.epoch == 1 && r.first == 40 ? 4 : 0; });
    CHECK(
        label ==
        "espalier::train::loader (samples from 40 of epoch 1): got label 4 of sample 7, expected a class from 0 to 3, "
        "as the network has outputs");
    const std::string few = refusal<espalier::shape_error>([](const request&, batch& b) { b.labels.pop_back(); });
    CHECK(few == "espalier::train::loader (samples from 0 of epoch 0): got 39 samples, expected 40");
    const std::string wide = refusal<espalier::shape_error>([](const request&, batch& b) { b.samples.push_back(0); });
    CHECK(wide.find("40 samples in 241 numbers") != std::string::npos);
    const std::string broken = refusal<espalier::numeric_error>(
        [](const request&, batch& b) { b.samples[3] = std::numeric_limits<float>::quiet_NaN(); });
    CHECK(broken.find("a feature or target that is not a finite number") != std::string::npos);
    const std::string weights =
        refusal<espalier::argument_error>([](const request&, batch& b) { b.weights.assign(40, -1.0F); });
    CHECK(weights.find("weight -1.0") != std::string::npos);
    CHECK(refusal<espalier::shape_error>([](const request&, batch& b) { b.numbers = {1}; }) != "");
    const auto targets = [](const request& r, batch& b) {
      b.targets.assign(4 * r.samples.size(), 0.25F);
      b.outputs = 4;
    };
    const std::vector<double> weights_of_classes(4, 1.0);
    auto how = settings(false, false);
    CHECK(visit({.spoil = targets}, how).size() == 200);
    how.class_weights = weights_of_classes;
    CHECK_THROWS_AS(visit({.spoil = targets}, how), espalier::argument_error);
  }

  TEST_CASE("classes weigh what is said, times the weights of the samples") {
    const std::vector<double> of_classes{1, 2, 0, 3};
    auto how = settings(false, false);
    how.class_weights = of_classes;
    counting loader{.spoil = [](const train::batch_request& r, train::batch_data<float>& b) {
      b.weights.assign(r.samples.size(), 0.5F);
    }};
    source from(loader, how);
    CHECK(from.batch(0, 5).size() == 5);
    CHECK(std::vector<float>(from.view().weights.begin(), from.view().weights.end()) ==
          std::vector<float>{0.5, 1, 0, 1.5, 0.5});
  }

  TEST_CASE("a loader without samples is refused") {
    CHECK_THROWS_WITH_AS(visit({.count = 0}, settings(true, false)),
                         "espalier::train::loader: got 0 samples, expected 1 to 2^32 - 2", espalier::argument_error);
  }

  TEST_CASE("what a loader throws reaches the caller, loaded ahead or not") {
    const auto fail = [](const train::batch_request& request, train::batch_data<float>&) {
      if (request.first == 80) {
        throw std::runtime_error("the disk is gone");
      }
    };
    for (const bool ahead : {false, true}) {
      CHECK_THROWS_WITH(visit({.spoil = fail}, settings(true, ahead)), "the disk is gone");
    }
  }

  TEST_CASE("what was loaded ahead of an epoch that ended early is not used") {
    counting loader;
    source from(loader, settings(true, true));
    espalier::random_generator seeds(9);
    from.begin_epoch(0, seeds);
    CHECK(from.batch(0, 40).size() == 40);
    from.begin_epoch(1, seeds);
    CHECK(from.batch(40, 40).size() == 40);
    const auto expected = visit({}, settings(true, false));
    for (const std::uint32_t i : {0U, 7U, 39U}) {
      CHECK(from.view().samples[i * 6] == expected[140 + i]);
    }
  }
}
