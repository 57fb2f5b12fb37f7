// SPDX-License-Identifier: Apache-2.0
#include <espalier/train/chunk_loader.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <stdexcept>
#include <vector>

namespace train = espalier::train;

namespace {

/// Seven chunks of 10, 11, ... 16 samples of two numbers; the first is the number of the sample.
struct files {
  train::chunk_loader_options options{.sizes = {10, 11, 12, 13, 14, 15, 16}, .window = 3};
  std::vector<std::size_t> reads{};

  train::chunk_loader<double> loader() {
    return {options, [this](std::size_t chunk, train::batch_data<double>& to) {
              reads.push_back(chunk);
              const std::size_t begin = chunk * 10 + chunk * (chunk - 1) / 2;
              for (std::size_t i = 0; i < 10 + chunk; ++i) {
                to.samples.insert(to.samples.end(), {static_cast<double>(begin + i), 0.5});
                to.targets.insert(to.targets.end(), {1.0, 2.0, static_cast<double>(begin + i)});
                to.weights.push_back(static_cast<double>(chunk));
              }
              to.outputs = 3;
            }};
  }
};

/// The numbers of the samples of an epoch, in batches.
std::vector<std::uint32_t> epoch_of(train::chunk_loader<double>& loader, train::batch_request request,
                                    std::size_t size = 32) {
  std::vector<std::uint32_t> all(loader.size());
  std::iota(all.begin(), all.end(), 0U);
  std::vector<std::uint32_t> result;
  train::batch_data<double> batch;
  for (std::size_t begin = 0; begin < all.size(); begin += size) {
    const std::size_t count = (std::min)(size, all.size() - begin);
    request.first = begin;
    request.samples = std::span<const std::uint32_t>(all).subspan(begin, count);
    loader.load(request, batch);
    REQUIRE(batch.samples.size() == 2 * count);
    REQUIRE(batch.targets.size() == 3 * count);
    REQUIRE(batch.weights.size() == count);
    for (std::size_t i = 0; i < count; ++i) {
      CHECK(batch.samples[2 * i] == batch.numbers[i]);
      CHECK(batch.targets[3 * i + 2] == batch.numbers[i]);
    }
    result.insert(result.end(), batch.numbers.begin(), batch.numbers.end());
  }
  return result;
}

}  // namespace

TEST_SUITE("train") {
  TEST_CASE("an epoch reads every chunk once and gives every sample once, whatever the batches") {
    files f;
    auto loader = f.loader();
    REQUIRE(loader.size() == 91);
    auto first = epoch_of(loader, {.seed = 4});
    auto reads = f.reads;
    std::sort(reads.begin(), reads.end());
    CHECK(reads == std::vector<std::size_t>{0, 1, 2, 3, 4, 5, 6});
    CHECK(epoch_of(loader, {.seed = 4}, 91) == first);
    CHECK(epoch_of(loader, {.epoch = 1, .seed = 4}) != first);
    CHECK(epoch_of(loader, {.seed = 5}) != first);
    auto again = f.loader();
    CHECK(epoch_of(again, {.seed = 4}, 7) == first);
    std::sort(first.begin(), first.end());
    for (std::uint32_t i = 0; i < 91; ++i) {
      CHECK(first[i] == i);
    }
  }

  TEST_CASE("without shuffling samples come in order") {
    files f;
    f.options.shuffle = false;
    auto loader = f.loader();
    const auto order = epoch_of(loader, {.epoch = 2, .seed = 4});
    CHECK(std::is_sorted(order.begin(), order.end()));
    CHECK(f.reads == std::vector<std::size_t>{0, 1, 2, 3, 4, 5, 6});
  }

  TEST_CASE("an epoch that was left early is begun anew") {
    files f;
    auto loader = f.loader();
    const auto order = epoch_of(loader, {.epoch = 1, .seed = 4});
    train::batch_data<double> batch;
    const std::vector<std::uint32_t> some{0, 1, 2};
    loader.load({.samples = some}, batch);
    CHECK(epoch_of(loader, {.epoch = 1, .seed = 4}) == order);
  }

  TEST_CASE("settings, requests and chunks that make no sense are refused") {
    files f;
    f.options.window = 0;
    CHECK_THROWS_AS((void)f.loader(), espalier::argument_error);
    f.options = {.sizes = {3, 0}};
    CHECK_THROWS_AS((void)f.loader(), espalier::argument_error);
    f.options = {};
    CHECK_THROWS_AS((void)f.loader(), espalier::argument_error);
    files g;
    auto loader = g.loader();
    train::batch_data<double> batch;
    const std::vector<std::uint32_t> shuffled{3, 1, 2};
    CHECK_THROWS_AS(loader.load({.samples = shuffled}, batch), espalier::argument_error);
    const std::vector<std::uint32_t> later{5, 6};
    CHECK_THROWS_AS(loader.load({.samples = later, .first = 5}, batch), espalier::argument_error);
    files h;
    h.options.sizes[2] = 13;
    h.options.shuffle = false;
    auto wrong = h.loader();
    std::vector<std::uint32_t> all(40);
    std::iota(all.begin(), all.end(), 0U);
    CHECK_THROWS_WITH_AS(wrong.load({.samples = all}, batch), doctest::Contains("chunk 2"), espalier::shape_error);
  }

  TEST_CASE("what reading a chunk throws reaches the caller") {
    train::chunk_loader<float> loader(
        {.sizes = {4}}, [](std::size_t, train::batch_data<float>&) { throw std::runtime_error("no such file"); });
    train::batch_data<float> batch;
    const std::vector<std::uint32_t> first{0};
    CHECK_THROWS_WITH(loader.load({.samples = first}, batch), "no such file");
  }
}
