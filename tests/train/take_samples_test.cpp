// SPDX-License-Identifier: Apache-2.0
#include <espalier/train/take_samples.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <vector>

#include <espalier/train/chunk_loader.hpp>

namespace train = espalier::train;

namespace {

/// Gives samples of 2 numbers, the first that of the sample, with two targets or a label.
struct counting {
  std::size_t count = 50;
  bool with_targets = false;
  std::size_t left_out = 0;

  [[nodiscard]] std::size_t size() const { return count; }
  void load(const train::batch_request& request, train::batch_data<double>& batch) const {
    CHECK(request.epoch == 0);
    CHECK(request.first == 0);
    for (const std::uint32_t sample : request.samples.first(request.samples.size() - left_out)) {
      batch.samples.insert(batch.samples.end(), {static_cast<double>(sample), 0.5});
      if (with_targets) {
        batch.targets.insert(batch.targets.end(), {1.0, 2.0});
      } else {
        batch.labels.push_back(sample % 3);
      }
    }
    batch.outputs = with_targets ? 2 : 0;
  }
};

/// The numbers of the samples that are taken.
std::vector<double> taken(counting loader, const train::take_options& options) {
  const auto some = train::take_samples<double>(loader, options);
  std::vector<double> result;
  for (std::size_t i = 0; i < some.samples.size(); i += 2) {
    result.push_back(some.samples[i]);
  }
  return result;
}

}  // namespace

TEST_SUITE("train") {
  TEST_CASE("samples are taken at random, each once, by the seed") {
    const auto some = taken({}, {.count = 20, .seed = 1});
    CHECK(some.size() == 20);
    auto sorted = some;
    std::sort(sorted.begin(), sorted.end());
    CHECK(std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end());
    CHECK(some == taken({}, {.count = 20, .seed = 1}));
    CHECK(some != taken({}, {.count = 20, .seed = 2}));
    CHECK(sorted.back() > 20);
    CHECK(taken({}, {}).size() == 50);
  }

  TEST_CASE("without shuffling the first come, for loaders that have an order of their own") {
    std::vector<double> first(20);
    std::iota(first.begin(), first.end(), 0.0);
    CHECK(taken({}, {.count = 20, .shuffle = false}) == first);
    train::chunk_loader<double> chunks({.sizes = {30, 30, 30}}, [](std::size_t chunk, train::batch_data<double>& to) {
      to.samples.assign(30, static_cast<double>(chunk));
      to.labels.assign(30, static_cast<std::uint32_t>(chunk));
    });
    const auto mixed = train::take_samples<double>(chunks, {.count = 30, .shuffle = false});
    for (const std::uint32_t chunk : {0U, 1U, 2U}) {
      CHECK(std::count(mixed.labels.begin(), mixed.labels.end(), chunk) > 0);
    }
    CHECK_THROWS_WITH_AS(static_cast<void>(train::take_samples<double>(chunks, {.count = 30})),
                         doctest::Contains("shuffle = false"), espalier::argument_error);
  }

  TEST_CASE("what was taken is seen whole, with labels or targets") {
    counting loader;
    auto some = train::take_samples<double>(loader, {.count = 20});
    CHECK(train::view_all(some).chosen.size() == 20);
    CHECK(train::view_all(some).labels.size() == 20);
    counting of_targets{.with_targets = true};
    const auto others = train::take_samples<double>(of_targets, {.count = 20});
    CHECK(train::view_all(others).outputs == 2);
    CHECK(train::view_all(others).targets.size() == 40);
    some.samples[7] = std::numeric_limits<double>::quiet_NaN();
    CHECK_THROWS_WITH_AS(static_cast<void>(train::view_all(some)), doctest::Contains("sample 3 with feature 1"),
                         espalier::numeric_error);
  }

  TEST_CASE("no samples, or another number than was asked for, are refused") {
    CHECK_THROWS_WITH_AS(taken({}, {.count = 0}), doctest::Contains("0 samples of 50"), espalier::argument_error);
    CHECK_THROWS_WITH_AS(taken({.count = 0}, {}), doctest::Contains("4096 samples of 0"), espalier::argument_error);
    CHECK_THROWS_WITH_AS(taken({.left_out = 3}, {.count = 20}), doctest::Contains("got 17 samples"),
                         espalier::shape_error);
  }
}
