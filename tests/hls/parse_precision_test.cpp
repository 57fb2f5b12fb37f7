// SPDX-License-Identifier: Apache-2.0
#include <espalier/hls/parse_precision.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

#include <espalier/base/random_generator.hpp>

namespace hls = espalier::hls;
using hls::number_kind;

namespace {

void refuse(std::string_view text, std::string_view message) {
  CAPTURE(text);
  CHECK_THROWS_WITH_AS(static_cast<void>(hls::parse_precision(text)),
                       (std::string("espalier::hls::parse_precision: got ") + std::string(message)).c_str(),
                       espalier::parse_error);
}

}  // namespace

TEST_SUITE("hls") {
  TEST_CASE("all spellings of one type are one value") {
    const hls::precision expected{.kind = number_kind::fixed, .width = 16, .integer = 6};
    for (const char* text :
         {"ap_fixed<16,6>", "fixed<16,6>", "ac_fixed<16,6>", "ac_fixed<16,6,true>", "ap_fixed< 16 , 6 >",
          " fixed<16,6,TRN,WRAP,0>", "ap_fixed<16,6,AP_TRN,AP_WRAP>", "ac_fixed<16, 6, 1, AC_TRN>"}) {
      CAPTURE(text);
      CHECK(hls::parse_precision(text) == expected);
    }
    CHECK(hls::parse_precision("ap_ufixed<8,3>") ==
          hls::precision{.kind = number_kind::fixed, .width = 8, .integer = 3, .is_signed = false});
    CHECK(hls::parse_precision("ap_uint<3>") == hls::parse_precision("ac_int<3,false>"));
    CHECK(hls::parse_precision("Auto").kind == number_kind::automatic);
  }

  TEST_CASE("what is printed is read back as the same type, for random types") {
    espalier::random_generator random(121);
    for (int trial = 0; trial < 500; ++trial) {
      hls::precision p{.kind = number_kind::fixed, .width = 1 + static_cast<std::uint32_t>(random.below(70))};
      p.integer = static_cast<std::int32_t>(random.below(90)) - 10;
      p.is_signed = random.below(2) == 0;
      p.rounding = hls::detail::roundings[random.below(hls::detail::roundings.size())];
      p.saturation = hls::detail::saturations[random.below(hls::detail::saturations.size())];
      p.saturation_bits = static_cast<std::int32_t>(random.below(3));
      CHECK(hls::parse_precision(to_string(p)) == p);
    }
    for (const char* text : {"auto", "half", "float", "double", "int<7>", "uint<1>", "fixed<5,-2,RND,SAT_SYM,0>"}) {
      CHECK(to_string(hls::parse_precision(text)) == text);
    }
  }

  TEST_CASE("what cannot be read is refused with what came and what would be right") {
    refuse("apfixed<16,6>", "the type 'apfixed', expected such as 'ap_fixed', or auto, float, double, half");
    refuse("ap_fixed<16>", "'ap_fixed<16>' with 1 arguments, expected 2 to 5");
    refuse("ap_int<8,4>", "'ap_int<8,4>' with 2 arguments, expected 1 to 1");
    refuse("ap_fixed<0,0>", "'0' in 'ap_fixed<0,0>', expected a whole number from 1 to 4096");
    refuse("fixed<16,6>junk", "'fixed<16,6>junk', expected the type's numbers between < and > and nothing behind");
    refuse("fixed", "'fixed', expected the type's numbers between < and > and nothing behind");
    refuse("fixed<16,6,AP_RND_CON>", "mode 'AP_RND_CON' in 'fixed<16,6,AP_RND_CON>', expected such as 'RND_CONV'");
    refuse("ac_fixed<16,6,maybe>", "sign 'maybe' in 'ac_fixed<16,6,maybe>', expected true or false");
    refuse("fixed<1-6,6>", "'1-6' in 'fixed<1-6,6>', expected a whole number from 1 to 4096");
    refuse("fixed<,>", "'' in 'fixed<,>', expected a whole number from 1 to 4096");
  }

  TEST_CASE("no string of its letters, however broken, does anything but parse or be refused") {
    espalier::random_generator random(122);
    constexpr std::string_view letters = "ap_cufixednt<>,-0168 RNDSATWRAPtrue";
    int parsed = 0;
    for (int trial = 0; trial < 20000; ++trial) {
      std::string text = trial % 2 == 0 ? "ap_fixed<16,6>" : "";
      for (std::uint64_t change = random.below(6); change > 0; --change) {
        const auto letter = letters[random.below(letters.size())];
        text.insert(text.begin() + static_cast<std::ptrdiff_t>(random.below(text.size() + 1)), letter);
      }
      try {
        static_cast<void>(to_string(hls::parse_precision(text)));
        ++parsed;
      } catch (const espalier::parse_error&) {
      }
    }
    CHECK(parsed > 1000);
  }
}
