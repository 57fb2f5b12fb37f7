// SPDX-License-Identifier: Apache-2.0
#define ESPALIER_COMPILED_HERE
#include <espalier/espalier.hpp>
