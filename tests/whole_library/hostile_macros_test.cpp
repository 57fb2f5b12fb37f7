// SPDX-License-Identifier: Apache-2.0
// The library after macros that other headers are known to leave behind.
#include "externals.hpp"

#include <doctest/doctest.h>

#define min(a, b) ? hostile ?  // windows.h
#define max(a, b) ? hostile ?
#define small ? hostile ?
#define far ? hostile ?
#define interface ? hostile ?
#define IN ? hostile ?
#define OUT ? hostile ?
#define OPTIONAL ? hostile ?
#define DELETE ? hostile ?
#define ERROR ? hostile ?
#define TRUE ? hostile ?
#define FALSE ? hostile ?
#define I ? hostile ?  // complex.h
#define N ? hostile ?
#define _N ? hostile ?     // ctype.h of the BSDs
#define check ? hostile ?  // AssertMacros.h of macOS
#define emit ? hostile ?   // Qt
#define signals ? hostile ?
#define slots ? hostile ?
#define major ? hostile ?  // sys/sysmacros.h
#define minor ? hostile ?
#define B0 ? hostile ?  // termios.h
#define F0 ? hostile ?
#include "everything.hpp"

TEST_SUITE("whole_library") {
  TEST_CASE("the library compiles and works after hostile macros") {
    espalier::knapsack::problem<double> problem;
    const std::vector<double> values{3, 2, 1};
    problem.values = values;
    problem.runs = {{0, 3}};
    problem.weights = {1};
    problem.capacities = {2};
    CHECK(espalier::knapsack::solve(problem).value == 5);
  }
}
