#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints what the umbrella headers cost to compile, and fails if they have become heavy: compile_cost.py [COMPILER].

Seconds depend on the machine and on what else it does, so that nothing but a ratio can fail: that to the headers of
others which an umbrella includes, compiled in turns with it."""

import resource
import subprocess
import sys

from headers_alone import FOLDER, reached

LIMITS = {"espalier/core.hpp": 3, "espalier/espalier.hpp": 3.5}  # times the headers of others
ROUNDS = 2  # the least of them counts


def headers_of_others(name):
    """Returns what a header reaches and does not belong to us."""
    return sorted(header for header in reached(name) if not header.startswith("espalier/"))


def cost(compiler, names):
    """Returns the processor seconds that a file takes which includes these headers, those that there are."""
    text = "".join(f"#if __has_include(<{name}>)\n#include <{name}>\n#endif\n" for name in names)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [compiler, "-std=c++20", f"-I{FOLDER}", "-x", "c++", "-", "-c", "-o", "/dev/null"]
    subprocess.run(command, input=text, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    compiler = sys.argv[1] if len(sys.argv) > 1 else "c++"
    too_heavy = False
    for name, limit in LIMITS.items():
        rounds = [(cost(compiler, [name]), cost(compiler, headers_of_others(name))) for _ in range(ROUNDS)]
        own, others = map(min, zip(*rounds))
        print(f"{name:22} {own:.2f} s of processor time, {own / others:.1f} times the headers of others that it includes")
        too_heavy |= own > limit * others
    sys.exit(too_heavy)


if __name__ == "__main__":
    main()
