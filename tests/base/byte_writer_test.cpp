// SPDX-License-Identifier: Apache-2.0
#include <espalier/base/byte_writer.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

TEST_SUITE("base") {
  TEST_CASE("numbers take their own size, sequences eight bytes more, and taking empties the writer") {
    espalier::byte_writer writer;
    writer(std::uint32_t{1}, 2.0, 'c');
    CHECK(writer.take().size() == 13);
    writer(std::string("abc"));
    CHECK(writer.take().size() == 11);
    writer(std::vector<float>{1, 2}, std::vector<double>{});
    CHECK(writer.take().size() == 24);
    CHECK(writer.take().empty());
  }
}
