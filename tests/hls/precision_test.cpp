// SPDX-License-Identifier: Apache-2.0
#include <espalier/hls/precision.hpp>

#include <doctest/doctest.h>

namespace hls = espalier::hls;
using hls::number_kind;

TEST_SUITE("hls") {
  TEST_CASE("types are printed as hls4ml prints them") {
    CHECK(to_string(hls::precision{}) == "auto");
    CHECK(to_string(hls::precision{.kind = number_kind::fixed, .width = 16, .integer = 6}) == "fixed<16,6,TRN,WRAP,0>");
    CHECK(to_string(hls::precision{.kind = number_kind::fixed,
                                   .width = 8,
                                   .integer = -2,
                                   .is_signed = false,
                                   .rounding = "RND",
                                   .saturation = "SAT",
                                   .saturation_bits = 1}) == "ufixed<8,-2,RND,SAT,1>");
    CHECK(to_string(hls::precision{.kind = number_kind::integer, .width = 3, .is_signed = false}) == "uint<3>");
    CHECK(to_string(hls::precision{.kind = number_kind::floating, .width = 16}) == "half");
    CHECK(to_string(hls::precision{.kind = number_kind::floating, .width = 64}) == "double");
  }

  TEST_CASE("types are equal when all that they say is") {
    const hls::precision sixteen{.kind = number_kind::fixed, .width = 16, .integer = 6};
    CHECK(sixteen == hls::precision{.kind = number_kind::fixed, .width = 16, .integer = 6});
    CHECK_FALSE(sixteen == hls::precision{.kind = number_kind::fixed, .width = 16, .integer = 7});
    CHECK_FALSE(sixteen == hls::precision{});
  }
}
