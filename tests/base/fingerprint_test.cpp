// SPDX-License-Identifier: Apache-2.0
#include <espalier/base/fingerprint.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <vector>

using espalier::fingerprint;

namespace {

std::uint64_t of(const std::vector<std::uint8_t>& numbers) {
  return fingerprint{}.add(std::span(numbers)).value();
}

}  // namespace

TEST_SUITE("base") {
  TEST_CASE("equal contents have equal sums, and every flipped bit and every other length has another one") {
    std::vector<std::uint8_t> numbers(21, 3);
    std::set<std::uint64_t> sums{of(numbers)};
    CHECK(sums.contains(of(std::vector<std::uint8_t>(21, 3))));
    for (std::size_t bit = 0; bit < 8 * numbers.size(); ++bit) {
      std::vector<std::uint8_t> other = numbers;
      other[bit / 8] = static_cast<std::uint8_t>(other[bit / 8] ^ (1U << (bit % 8)));
      CHECK(sums.insert(of(other)).second);
    }
    for (std::size_t length = 0; length < 21; ++length) {
      CHECK(sums.insert(of(std::vector<std::uint8_t>(length, 3))).second);
    }
  }

  TEST_CASE("types have sums of their own") {
    CHECK(fingerprint{}.add_type<int>().value() == fingerprint{}.add_type<int>().value());
    CHECK(fingerprint{}.add_type<int>().value() != fingerprint{}.add_type<unsigned>().value());
  }

  TEST_CASE("order matters, and parts do not run together") {
    CHECK(fingerprint{}.add("ab").add("c").value() != fingerprint{}.add("a").add("bc").value());
    CHECK(fingerprint{}.add(1).add(2).value() != fingerprint{}.add(2).add(1).value());
    CHECK(fingerprint{}.value() != fingerprint{}.add("").value());
  }
}
