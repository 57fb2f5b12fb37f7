// SPDX-License-Identifier: Apache-2.0
#include <espalier/base/byte_reader.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <espalier/base/byte_writer.hpp>

using espalier::byte_reader;
using espalier::byte_writer;

TEST_SUITE("base") {
  enum class colour : std::uint8_t { red, green };

  TEST_CASE("what was written comes back bit for bit") {
    const std::vector<double> numbers{-0.0, 0.1, std::numeric_limits<double>::denorm_min(), INFINITY};
    byte_writer writer;
    writer(numbers, std::string("a\0b", 3), colour::green, true, std::int64_t{-7}, std::vector<std::uint8_t>{});
    const auto bytes = writer.take();
    byte_reader reader(bytes);
    std::vector<double> read_numbers;
    std::string text;
    colour read_colour = colour::red;
    bool yes = false;
    std::int64_t whole = 0;
    std::vector<std::uint8_t> empty{1};
    reader(read_numbers, text, read_colour, yes, whole, empty);
    CHECK(read_numbers == numbers);
    CHECK(std::signbit(read_numbers[0]));
    CHECK(text == std::string("a\0b", 3));
    CHECK(read_colour == colour::green);
    CHECK(yes);
    CHECK(whole == -7);
    CHECK(empty.empty());
    CHECK(reader.left() == 0);
  }

  TEST_CASE("bytes that end early are an error wherever they end") {
    byte_writer writer;
    writer(std::vector<float>{1, 2, 3}, std::string("name"), 1.5);
    const auto bytes = writer.take();
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      byte_reader reader(std::span<const std::byte>(bytes).first(size));
      std::vector<float> numbers;
      std::string name;
      double last = 0;
      CHECK_THROWS_AS(reader(numbers, name, last), espalier::parse_error);
    }
  }

  TEST_CASE("a length beyond all memory is an error, not a request for it") {
    byte_writer writer;
    writer(std::numeric_limits<std::uint64_t>::max(), 1.0);
    const auto bytes = writer.take();
    byte_reader reader(bytes);
    std::vector<double> numbers;
    CHECK_THROWS_WITH_AS(reader(numbers), doctest::Contains("got 8 bytes where a value begins"), espalier::parse_error);
    CHECK(numbers.empty());
  }
}
