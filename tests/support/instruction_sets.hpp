// SPDX-License-Identifier: Apache-2.0
// Runs a piece of a test with every instruction set that the CPU has.
#ifndef ESPALIER_TESTS_SUPPORT_INSTRUCTION_SETS_HPP
#define ESPALIER_TESTS_SUPPORT_INSTRUCTION_SETS_HPP

#include <espalier/kernels/instruction_set.hpp>

namespace support {

template <class Action>
void with_each_instruction_set(Action&& action) {
  using espalier::kernels::instruction_set;
  const instruction_set before = espalier::kernels::current_instruction_set();
  for (const auto set : {instruction_set::portable, instruction_set::avx2, instruction_set::avx512}) {
    if (espalier::kernels::is_supported(set)) {
      espalier::kernels::use(set);
      action(set);
    }
  }
  espalier::kernels::use(before);
}

}  // namespace support

#endif
