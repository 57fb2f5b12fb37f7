#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compiles every header alone, and twice in a row, under all our warnings: headers_alone.py [COMPILER].

Most of the time would go into headers of others. What a header reaches anyway may be precompiled, so each is compiled
behind the first of LAYERS all of which it reaches."""

import concurrent.futures
import functools
import os
import pathlib
import re
import subprocess
import sys
import tempfile

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "include"
LAYERS = [["espalier/tensor/tensor.hpp"], ["algorithm", "cmath", "span", "string", "vector"], ["string", "vector"]]
FLAGS = [f"-I{FOLDER}", *("-std=c++20 -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow "
                          "-Wold-style-cast -Werror").split()]
INCLUDE = re.compile(r"^# *include <([^>]*)>", re.MULTILINE)


@functools.cache
def reached(name):
    """Returns all that a header of ours includes, itself or by others of ours."""
    included = set(INCLUDE.findall((FOLDER / name).read_text(encoding="utf-8")))
    return included.union(*(reached(header) for header in included if header.startswith("espalier/")))


def precompile(compiler, headers, file):
    """Returns the options with which a compilation begins with some headers."""
    file.write_text("".join(f"#include <{header}>\n" for header in headers), encoding="utf-8")
    subprocess.run([compiler, *FLAGS, "-x", "c++-header", file, "-o", f"{file}.gch"], check=True)
    return ["-include", str(file)]


def complaints_about(compiler, name, options):
    """Returns what the compiler says of a file that includes nothing but this header."""
    command = [compiler, *FLAGS, "-fsyntax-only", *options, "-x", "c++", "-"]
    ran = subprocess.run(command, input=f"#include <{name}>\n" * 2, capture_output=True, text=True, check=False)
    return "" if ran.returncode == 0 else f"{name}:\n{ran.stderr or 'failed without a word'}"


def main():
    compiler = sys.argv[1] if len(sys.argv) > 1 else "c++"
    names = [path.relative_to(FOLDER).as_posix() for path in sorted(FOLDER.glob("espalier/**/*.hpp"))]
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        options = [precompile(compiler, layer, pathlib.Path(folder) / f"layer_{number}.hpp")
                   for number, layer in enumerate(LAYERS)]

        def complaints_behind(name):
            behind = (own for layer, own in zip(LAYERS, options) if reached(name).issuperset(layer))
            return complaints_about(compiler, name, next(behind, []))

        complaints = list(filter(None, pool.map(complaints_behind, names)))
    print("\n".join(complaints) if complaints else f"{len(names)} headers compile alone")
    sys.exit(bool(complaints))


if __name__ == "__main__":
    main()
