// SPDX-License-Identifier: Apache-2.0
// Everything once more, from the last header to the first: no header may need one that comes before it.
#include "backwards.hpp"

#include "whole_run.hpp"

seen seen_by_second_unit() {
  return {whole_run(), addresses_of_entities()};
}
