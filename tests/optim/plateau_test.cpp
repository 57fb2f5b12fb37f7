// SPDX-License-Identifier: Apache-2.0
#include <espalier/optim/plateau.hpp>

#include <doctest/doctest.h>

#include <vector>

#include <espalier/base/byte_reader.hpp>
#include <espalier/base/byte_writer.hpp>

namespace optim = espalier::optim;

namespace {

/// The rates after each of these losses.
std::vector<double> rates(const optim::plateau<>& settings, const std::vector<double>& losses) {
  optim::plateau<>::state state(settings);
  std::vector<double> result;
  for (const double loss : losses) {
    state.report(loss);
    result.push_back(state(0, 100));
  }
  return result;
}

}  // namespace

TEST_SUITE("optim") {
  TEST_CASE("the rate shrinks after so many epochs without a new least loss, and counts anew") {
    const optim::plateau<> rate{.rate = {1.0}, .factor = 0.5, .patience = 2, .improvement = 0.1};
    CHECK(rates(rate, {5, 4, 4.05, 3.95, 3.8, 3.9, 3.9, 3.9, 3.9}) ==
          std::vector<double>{1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.125});
    CHECK(rate(0, 10) == 1);
  }

  TEST_CASE("epochs of a cooldown do not count, and there is a least rate") {
    const optim::plateau<> cool{.rate = {1.0}, .factor = 0.5, .patience = 1, .cooldown = 2};
    CHECK(rates(cool, {5, 5, 5, 5, 5}) == std::vector<double>{1, 0.5, 0.5, 0.25, 0.25});
    const optim::plateau<> floor{.rate = {1.0}, .factor = 0.5, .patience = 1, .least = 0.4};
    CHECK(rates(floor, {5, 5, 5, 5}) == std::vector<double>{1, 0.5, 0.4, 0.4});
  }

  TEST_CASE("what it remembers can be saved and gone on with") {
    const optim::plateau<> rate{.rate = {1.0}, .patience = 2};
    optim::plateau<>::state first(rate);
    for (const double loss : {3.0, 3.0, 3.0, 3.0}) {
      first.report(loss);
    }
    espalier::byte_writer writer;
    first.archive(writer);
    const auto saved = writer.take();
    optim::plateau<>::state second(rate);
    espalier::byte_reader reader(saved);
    second.archive(reader);
    CHECK(second(0, 1) == first(0, 1));
    first.report(3);
    second.report(3);
    CHECK(second(0, 1) == first(0, 1));
    CHECK(second(0, 1) == doctest::Approx(0.01));
  }

  TEST_CASE("settings out of range are refused") {
    CHECK_THROWS_WITH_AS(optim::plateau<>::state({.factor = 1}),
                         "espalier::optim::plateau: got factor 1.000000, expected 0 < factor < 1",
                         espalier::argument_error);
    CHECK_THROWS_AS(optim::plateau<>::state({.patience = 0}), espalier::argument_error);
    CHECK_THROWS_AS(optim::plateau<>::state({.improvement = -1}), espalier::argument_error);
  }
}
