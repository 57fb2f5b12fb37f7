// SPDX-License-Identifier: Apache-2.0
#include <espalier/kernels/instruction_set.hpp>

#include <doctest/doctest.h>

namespace kernels = espalier::kernels;
using kernels::instruction_set;

TEST_SUITE("kernels") {
  TEST_CASE("portable kernels run everywhere, and the best supported ones are in use") {
    CHECK(kernels::is_supported(instruction_set::portable));
    const instruction_set best = kernels::current_instruction_set();
    CHECK(kernels::is_supported(best));
    for (const auto set : {instruction_set::avx2, instruction_set::avx512}) {
      if (kernels::is_supported(set)) {
        CHECK(best >= set);
      }
    }
  }

  TEST_CASE("a set is used from the moment that it is chosen, if it is supported") {
    const instruction_set before = kernels::current_instruction_set();
    for (const auto set : {instruction_set::portable, instruction_set::avx2, instruction_set::avx512}) {
      if (kernels::is_supported(set)) {
        kernels::use(set);
        CHECK(kernels::current_instruction_set() == set);
      } else {
        CHECK_THROWS_AS(kernels::use(set), espalier::argument_error);
      }
    }
    kernels::use(before);
    CHECK_THROWS_WITH_AS(kernels::use(static_cast<instruction_set>(77)),
                         "espalier::kernels::use: got an instruction set that this CPU or program has not, expected "
                         "one for which is_supported(set)",
                         espalier::argument_error);
  }
}
