// SPDX-License-Identifier: Apache-2.0
// Which instructions the kernels use: chosen once, at run time, for the CPU that runs the program.
#ifndef ESPALIER_KERNELS_INSTRUCTION_SET_HPP
#define ESPALIER_KERNELS_INSTRUCTION_SET_HPP

#include <atomic>
#include <cstdint>

#include <espalier/base/errors.hpp>

// Kernels for AVX2 and AVX-512 are compiled beside the portable ones, which are then for CPUs without AVX2. Define
// ESPALIER_NO_DISPATCH to compile the portable ones only: programs build faster and run slower.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(ESPALIER_NO_DISPATCH)
#define ESPALIER_DISPATCH 1
#else
#define ESPALIER_DISPATCH 0
#endif

namespace espalier::inline v0::kernels {

/// Sets of instructions, each with kernels of its own. Results of avx2 and avx512 are the same bits; those of
/// `portable` differ by rounding, as it has no fused multiply-add on x86.
enum class instruction_set : std::uint8_t { portable, avx2, avx512 };

/// @param set  any.
/// @return whether the CPU has it and the program was compiled with it.
[[nodiscard]] inline bool is_supported(instruction_set set) noexcept {
#if ESPALIER_DISPATCH
  if (set == instruction_set::avx512) {
    return __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512dq") != 0 &&
           __builtin_cpu_supports("avx512vl") != 0 && __builtin_cpu_supports("fma") != 0;
  }
  if (set == instruction_set::avx2) {
    return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0;
  }
#endif
  return set == instruction_set::portable;
}

namespace detail {

[[nodiscard]] inline instruction_set best_instruction_set() noexcept {
  for (const auto set : {instruction_set::avx512, instruction_set::avx2}) {
    if (is_supported(set)) {
      return set;
    }
  }
  return instruction_set::portable;
}

[[nodiscard]] inline std::atomic<instruction_set>& chosen_instruction_set() noexcept {
  static std::atomic<instruction_set> chosen = best_instruction_set();
  return chosen;
}

}  // namespace detail

/// @return what the kernels use: the best that is supported, until `use` chooses another.
[[nodiscard]] inline instruction_set current_instruction_set() noexcept {
  return detail::chosen_instruction_set().load(std::memory_order_relaxed);
}

/// Makes all kernels of the program use a set from now on; not while one runs. For tests and comparisons.
/// @param set  a supported one.   @throws argument_error if it is not supported.
inline void use(instruction_set set) {
  if (!is_supported(set)) {
    reject<argument_error>("kernels::use", {"an instruction set that this CPU or program has not"},
                           {"one for which is_supported(set)"});
  }
  detail::chosen_instruction_set().store(set, std::memory_order_relaxed);
}

}  // namespace espalier::inline v0::kernels

#endif
