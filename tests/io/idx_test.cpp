// SPDX-License-Identifier: Apache-2.0
#include <espalier/io/idx.hpp>

#include <doctest/doctest.h>

#include <array>
#include <string>

#include "support/temporary_folder.hpp"

namespace io = espalier::io;
using namespace std::string_literals;

namespace {

/// An IDX header: type code, then one size below 256 for each axis.
std::string header(char type, const std::string& sizes) {
  std::string bytes = "\0\0"s + type + static_cast<char>(sizes.size());
  for (const char size : sizes) {
    bytes += "\0\0\0"s + size;
  }
  return bytes;
}

void gzip(const std::filesystem::path& path, const std::string& bytes) {
  gzFile file = gzopen(path.c_str(), "wb");
  REQUIRE(gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size())) == static_cast<int>(bytes.size()));
  REQUIRE(gzclose(file) == Z_OK);
}

}  // namespace

TEST_SUITE("io") {
  TEST_CASE("bytes are read in their shape, plain and compressed") {
    const support::temporary_folder folder;
    const std::string bytes = header('\x08', "\2\3") + "abcdef";
    support::write_bytes(folder / "plain", bytes);
    gzip(folder / "packed", bytes);
    for (const char* name : {"plain", "packed"}) {
      const auto array = io::load_idx<std::uint8_t>(folder / name);
      CHECK(array.shape == espalier::extents{2, 3});
      CHECK(std::string(array.values.begin(), array.values.end()) == "abcdef");
    }
  }

  TEST_CASE("wider numbers are big-endian") {
    const support::temporary_folder folder;
    support::write_bytes(folder / "short", header('\x0B', "\2") + "\x01\x02\xFF\xFE"s);
    support::write_bytes(folder / "float", header('\x0D', "\1") + "\x3F\xC0\0\0"s);
    const auto shorts = io::load_idx<std::int16_t>(folder / "short");
    CHECK(shorts.values == std::vector<std::int16_t>{258, -2});
    CHECK(io::load_idx<float>(folder / "float").values == std::vector<float>{1.5F});
  }

  TEST_CASE("Fashion-MNIST has 60,000 training images") {
    const std::filesystem::path data = "/usr/share/datasets/fashion-mnist";
    const auto images = io::load_idx<std::uint8_t>(data / "train-images-idx3-ubyte.gz");
    CHECK(images.shape == espalier::extents{60000, 28, 28});
    const auto labels = io::load_idx<std::uint8_t>(data / "train-labels-idx1-ubyte.gz");
    std::array<int, 10> count{};
    for (const std::uint8_t label : labels.values) {
      ++count.at(label);
    }
    CHECK(count == std::array{6000, 6000, 6000, 6000, 6000, 6000, 6000, 6000, 6000, 6000});
  }

  TEST_CASE("a missing, empty, cut, overlong, damaged or foreign file is refused by name") {
    const support::temporary_folder folder;
    const std::string good = header('\x08', "\2\3") + "abcdef";
    const auto load = [&](const std::string& bytes) {
      support::write_bytes(folder / "file", bytes);
      return io::load_idx<std::uint8_t>(folder / "file");
    };
    REQUIRE(load(good).values.size() == 6);
    CHECK_THROWS_WITH_AS(io::load_idx<std::uint8_t>(folder / "missing"), doctest::Contains("missing"),
                         espalier::file_error);
    for (std::size_t length = 0; length < good.size(); ++length) {
      CHECK_THROWS_WITH_AS(load(good.substr(0, length)), doctest::Contains("which ends"), espalier::parse_error);
    }
    CHECK_THROWS_WITH_AS(load(good + "x"), doctest::Contains("goes on after its data"), espalier::parse_error);
    CHECK_THROWS_WITH_AS(load("PK\3\4" + good), doctest::Contains("magic number"), espalier::parse_error);
    CHECK_THROWS_AS(load(header('\x0D', "\1") + "\x3F\xC0\0\0"s), espalier::parse_error);
    CHECK_THROWS_AS(load(header('\x08', "")), espalier::parse_error);
    CHECK_THROWS_AS(load(header('\x08', "\1\1\1\1\1") + "x"), espalier::parse_error);
    // A header that promises 2^64 bytes and more must not take the memory for them.
    CHECK_THROWS_AS(load("\0\0\x08\x02\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"s), espalier::parse_error);
    CHECK_THROWS_AS(load("\0\0\x08\x03\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"s), espalier::shape_error);
  }

  TEST_CASE("a compressed file that is cut or flipped anywhere is refused or read as it was") {
    const support::temporary_folder folder;
    gzip(folder / "packed", header('\x08', "\2\3") + "abcdef");
    const std::string packed = support::read_file(folder / "packed");
    const auto load = [&](const std::string& bytes) {
      support::write_bytes(folder / "file", bytes);
      const auto values = io::load_idx<std::uint8_t>(folder / "file").values;
      return std::string(values.begin(), values.end());
    };
    REQUIRE(load(packed) == "abcdef");
    for (std::size_t length = 0; length < packed.size(); ++length) {
      CAPTURE(length);
      CHECK_THROWS_AS(load(packed.substr(0, length)), espalier::parse_error);
    }
    for (std::size_t place = 0; place < packed.size(); ++place) {
      std::string flipped = packed;
      flipped[place] = static_cast<char>(flipped[place] ^ 0x10);
      CAPTURE(place);
      try {
        const std::string values = load(flipped);
        CHECK(values == "abcdef");  // a flip in the date, say, loses nothing
      } catch (const espalier::parse_error&) {
      }
    }
  }

  TEST_CASE("a folder is no IDX file") {
    const support::temporary_folder folder;
    CHECK_THROWS_AS(io::load_idx<std::uint8_t>(folder.path()), std::runtime_error);
  }
}
