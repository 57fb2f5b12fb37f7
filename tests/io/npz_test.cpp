// SPDX-License-Identifier: Apache-2.0
#include <espalier/io/npz.hpp>

#include <doctest/doctest.h>

#include <cstdlib>
#include <span>
#include <string>
#include <vector>

#include "support/temporary_folder.hpp"

namespace io = espalier::io;

namespace {

void save_sample(const std::filesystem::path& path) {
  const std::vector<float> kernel{1.5F, -2, 0, 3e-8F, 5, 6};
  const std::vector<std::uint8_t> mask{1, 0, 1};
  io::npz_writer writer;
  writer.add("layer/kernel", {2, 3}, std::span(kernel));
  writer.add("layer/mask", {3}, std::span(mask));
  writer.save(path);
}

}  // namespace

TEST_SUITE("io") {
  TEST_CASE("arrays come back as they were written, with names, types and shapes") {
    const support::temporary_folder folder;
    save_sample(folder / "a.npz");
    const io::npz_reader reader(folder / "a.npz");
    CHECK(reader.names() == std::vector<std::string>{"layer/kernel", "layer/mask"});
    const auto kernel = reader.load<float>("layer/kernel");
    CHECK(kernel.shape == espalier::extents{2, 3});
    CHECK(kernel.values == std::vector<float>{1.5F, -2, 0, 3e-8F, 5, 6});
    CHECK(reader.load<std::uint8_t>("layer/mask").values == std::vector<std::uint8_t>{1, 0, 1});
    CHECK(folder.files() == 1);
  }

  TEST_CASE("equal arrays give equal bytes, whenever and wherever they are written") {
    const support::temporary_folder folder;
    save_sample(folder / "a.npz");
    setenv("TZ", "Asia/Kathmandu", 1);
    save_sample(folder / "b.npz");
    unsetenv("TZ");
    CHECK(support::read_file(folder / "a.npz") == support::read_file(folder / "b.npz"));
  }

  TEST_CASE("values that do not fill their shape and names that are taken are refused") {
    io::npz_writer writer;
    const std::vector<float> values(3);
    writer.add("a", {3}, std::span(values));
    CHECK_THROWS_WITH_AS(writer.add("b", {2, 2}, std::span(values)),
                         "espalier::io::npz_writer::add: got 3 values for 'b', expected 4, as shape (2, 2) has",
                         espalier::shape_error);
    CHECK_THROWS_AS(writer.add("a", {3}, std::span(values)), espalier::argument_error);
    CHECK_THROWS_AS(writer.add("", {3}, std::span(values)), espalier::argument_error);
  }

  TEST_CASE("a file that cannot be written is named and leaves nothing behind") {
    const support::temporary_folder folder;
    CHECK_THROWS_WITH_AS(save_sample(folder / "missing" / "a.npz"), doctest::Contains("missing/a.npz"),
                         espalier::file_error);
    CHECK(folder.files() == 0);
  }

  TEST_CASE("an array that is not there, or of another type, is refused with what there is") {
    const support::temporary_folder folder;
    save_sample(folder / "a.npz");
    const io::npz_reader reader(folder / "a.npz");
    CHECK_THROWS_WITH_AS(reader.load<float>("bias"), doctest::Contains("layer/kernel, layer/mask"),
                         espalier::argument_error);
    CHECK_THROWS_AS(reader.load<double>("layer/kernel"), espalier::parse_error);
  }

  TEST_CASE("a missing, empty, foreign, cut or flipped file is refused and never read as something else") {
    const support::temporary_folder folder;
    CHECK_THROWS_AS(io::npz_reader(folder / "missing.npz"), espalier::file_error);
    save_sample(folder / "a.npz");
    const std::string good = support::read_file(folder / "a.npz");
    const auto read = [&](const std::string& bytes) {
      support::write_bytes(folder / "b.npz", bytes);
      const io::npz_reader reader(folder / "b.npz");
      return reader.load<float>("layer/kernel").values;
    };
    const auto sound = read(good);
    CHECK_THROWS_AS(read("\x93NUMPY, but no zip archive at all"), espalier::parse_error);
    for (std::size_t length = 0; length < good.size(); length += 7) {
      CHECK_THROWS_AS(read(good.substr(0, length)), espalier::parse_error);
    }
    for (std::size_t place = 0; place < good.size(); ++place) {
      std::string flipped = good;
      flipped[place] = static_cast<char>(flipped[place] ^ 0x10);
      try {
        const auto values = read(flipped);
        CHECK(values == sound);  // a flip in a date, say, loses nothing
      } catch (const espalier::parse_error&) {
      } catch (const espalier::argument_error&) {  // the name was flipped
      }
    }
  }
}
