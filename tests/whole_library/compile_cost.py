#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints what the umbrella headers cost to compile, and fails far above their budgets: compile_cost.py [COMPILER]."""

import pathlib
import resource
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUDGETS = {"espalier/core.hpp": 1.0, "espalier/espalier.hpp": 3.0}  # seconds of processor time
RUNS = 3  # the least of them counts
TOLERANCE = 2  # a busy machine shall not fail


def cost(compiler, name):
    """Returns the processor seconds that a file takes which includes this header and does nothing."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [compiler, "-std=c++20", f"-I{ROOT / 'include'}", "-x", "c++", "-", "-c", "-o", "/dev/null"]
    subprocess.run(command, input=f"#include <{name}>\n", text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    compiler = sys.argv[1] if len(sys.argv) > 1 else "c++"
    too_much = False
    for name, budget in BUDGETS.items():
        least = min(cost(compiler, name) for _ in range(RUNS))
        verdict = "within" if least <= budget else "above"
        print(f"{name:22} {least:.2f} s of processor time, {verdict} its budget of {budget:.1f} s")
        too_much |= least > TOLERANCE * budget
    sys.exit(too_much)


if __name__ == "__main__":
    main()
