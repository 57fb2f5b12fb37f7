// SPDX-License-Identifier: Apache-2.0
#include <espalier/hls/reuse_factor.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

#include "support/parity.hpp"

namespace hls = espalier::hls;
namespace parity = support::parity;
using parity::json;

TEST_SUITE("parity") {
  TEST_CASE("the valid reuse factors and the closest one are hls4ml's") {
    const json file = parity::load("reuse_factors");
    for (const json& test : file.at("cases")) {
      CAPTURE(test.at("id").get<std::string>());
      auto factors = hls::valid_reuse_factors({test.at("n_in"), test.at("n_out")});
      CHECK(factors == test.at("valid").get<std::vector<std::uint64_t>>());
      auto all_but_largest = factors;
      if (all_but_largest.size() > 1) {
        all_but_largest.pop_back();
      }
      for (const auto& row : test.at("closest").get<std::vector<std::vector<std::uint64_t>>>()) {
        CAPTURE(row[0]);
        CHECK(hls::closest_reuse_factor(factors, row[0]) == row[1]);
        CHECK(hls::closest_reuse_factor(all_but_largest, row[0]) == row[2]);
      }
    }
  }
}
