// SPDX-License-Identifier: Apache-2.0
// IDX files hold six types of numbers; there is no reading any other.
// Refused with: IDX holds
#include <espalier/io/idx.hpp>

#ifdef ESPALIER_BAD_LINE
using number = unsigned long;
#else
using number = unsigned char;
#endif

auto load() {
  return espalier::io::load_idx<number>("file");
}
