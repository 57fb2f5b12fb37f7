// SPDX-License-Identifier: Apache-2.0
// Which numbers of a network a loss looks at.
#ifndef ESPALIER_KERNELS_SCORE_KIND_HPP
#define ESPALIER_KERNELS_SCORE_KIND_HPP

#include <array>
#include <cstddef>
#include <cstdint>

namespace espalier::inline v0::kernels {

/// Which numbers of a network a loss looks at. A loss that takes along the last activation is exact where probabilities
/// would round to 0 or 1. A network that does not end in that activation gives its outputs.
enum class score_kind : std::uint32_t {
  outputs,         ///< what the last layer gives
  before_softmax,  ///< without the softmax at the end
  before_sigmoid   ///< without the sigmoid at the end
};

/// The kinds of several outputs as one: two bits for each, and above them a 1, so that no single kind is like it.
/// @tparam Outputs  2 to 15.
template <std::size_t Outputs>
requires(Outputs >= 2 && Outputs <= 15) [[nodiscard]] constexpr score_kind
    joined_kinds(const std::array<score_kind, Outputs>& kinds) noexcept {
  std::uint32_t joined = 1;
  for (std::size_t output = Outputs; output-- > 0;) {
    joined = joined << 2U | static_cast<std::uint32_t>(kinds[output]);
  }
  return static_cast<score_kind>(joined);
}

/// @param kind     of all outputs of a network.
/// @param output   which.   @param outputs  how many there are, 1 to 15.
/// @return the kind of that output; `outputs` if the kinds are not those of so many.
[[nodiscard]] constexpr score_kind kind_of_output(score_kind kind, std::size_t output, std::size_t outputs) noexcept {
  const auto all = static_cast<std::uint32_t>(kind);
  if (outputs == 1) {
    return all < 4 ? kind : score_kind::outputs;
  }
  const bool fits = outputs <= 15 && all >> 2 * outputs == 1;
  return fits ? static_cast<score_kind>(all >> 2 * output & 3U) : score_kind::outputs;
}

}  // namespace espalier::inline v0::kernels

#endif
