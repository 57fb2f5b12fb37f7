// SPDX-License-Identifier: Apache-2.0
#include <espalier/kernels/score_kind.hpp>

#include <doctest/doctest.h>

#include <array>

using espalier::kernels::score_kind;

TEST_SUITE("kernels") {
  TEST_CASE("unless a loss says otherwise it looks at the outputs") {
    CHECK(score_kind{} == score_kind::outputs);
  }

  TEST_CASE("kinds of several outputs are joined into one that is no kind of a single output, and taken out again") {
    const std::array<score_kind, 3> kinds{score_kind::before_sigmoid, score_kind::outputs, score_kind::before_softmax};
    const score_kind joined = espalier::kernels::joined_kinds(kinds);
    CHECK(joined != score_kind::before_sigmoid);
    for (std::size_t output = 0; output < 3; ++output) {
      CHECK(espalier::kernels::kind_of_output(joined, output, 3) == kinds[output]);
      CHECK(espalier::kernels::kind_of_output(joined, output, 2) == score_kind::outputs);
    }
    CHECK(espalier::kernels::kind_of_output(joined, 0, 1) == score_kind::outputs);
    CHECK(espalier::kernels::kind_of_output(score_kind::before_sigmoid, 0, 1) == score_kind::before_sigmoid);
    CHECK(espalier::kernels::kind_of_output(score_kind::before_sigmoid, 0, 99) == score_kind::outputs);
  }
}
