#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compiles every header alone, and twice in a row, under all our warnings: headers_alone.py [COMPILER]."""

import concurrent.futures
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
FLAGS = ("-std=c++20 -fsyntax-only -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wold-style-cast "
         "-Werror -x c++ -").split()


def compiles(compiler, name):
    """Returns the complaints of the compiler about a file that includes nothing but this header."""
    source = f"#include <{name}>\n#include <{name}>\n"
    command = [compiler, f"-I{ROOT / 'include'}", *FLAGS]
    ran = subprocess.run(command, input=source, capture_output=True, text=True, check=False)
    return "" if ran.returncode == 0 else f"{name}:\n{ran.stderr or 'failed without a word'}"


def main():
    compiler = sys.argv[1] if len(sys.argv) > 1 else "c++"
    folder = ROOT / "include"
    names = [path.relative_to(folder).as_posix() for path in sorted(folder.glob("espalier/**/*.hpp"))]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        complaints = [text for text in pool.map(lambda name: compiles(compiler, name), names) if text]
    print("\n".join(complaints) if complaints else f"{len(names)} headers compile alone")
    sys.exit(bool(complaints))


if __name__ == "__main__":
    main()
