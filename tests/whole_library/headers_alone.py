#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compiles every header alone, and twice in a row, under all our warnings: headers_alone.py [COMPILER].

Most of the time would go into xtensor, so headers that reach it do so behind a precompiled TENSOR."""

import concurrent.futures
import functools
import os
import pathlib
import re
import subprocess
import sys
import tempfile

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "include"
TENSOR = "espalier/tensor/tensor.hpp"
FLAGS = [f"-I{FOLDER}", *("-std=c++20 -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow "
                          "-Wold-style-cast -Werror").split()]
INCLUDE = re.compile(r"^# *include <(espalier/[^>]*)>", re.MULTILINE)


@functools.cache
def reaches_tensor(name):
    included = INCLUDE.findall((FOLDER / name).read_text(encoding="utf-8"))
    return TENSOR in included or any(map(reaches_tensor, included))


def precompile(compiler, folder):
    """Returns the options with which a compilation begins with TENSOR."""
    header = pathlib.Path(folder) / "tensor.hpp"
    header.write_text(f"#include <{TENSOR}>\n", encoding="utf-8")
    subprocess.run([compiler, *FLAGS, "-x", "c++-header", header, "-o", f"{header}.gch"], check=True)
    return ["-include", str(header)]


def complaints_about(compiler, name, options):
    """Returns what the compiler says of a file that includes nothing but this header."""
    command = [compiler, *FLAGS, "-fsyntax-only", *options, "-x", "c++", "-"]
    ran = subprocess.run(command, input=f"#include <{name}>\n" * 2, capture_output=True, text=True, check=False)
    return "" if ran.returncode == 0 else f"{name}:\n{ran.stderr or 'failed without a word'}"


def main():
    compiler = sys.argv[1] if len(sys.argv) > 1 else "c++"
    names = [path.relative_to(FOLDER).as_posix() for path in sorted(FOLDER.glob("espalier/**/*.hpp"))]
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        behind = precompile(compiler, folder)
        complaints = list(filter(None, pool.map(
            lambda name: complaints_about(compiler, name, behind if reaches_tensor(name) else []), names)))
    print("\n".join(complaints) if complaints else f"{len(names)} headers compile alone")
    sys.exit(bool(complaints))


if __name__ == "__main__":
    main()
