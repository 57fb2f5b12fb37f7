#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs clang-tidy over a file with every header and over the examples: clang_tidy.py GENERATED_FOLDER."""

import concurrent.futures
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def tidy(path):
    """Returns what clang-tidy has to say about a file."""
    command = ["clang-tidy", "--quiet", f"--config-file={ROOT / '.clang-tidy'}", path, "--", "-std=c++20",
               f"-I{ROOT / 'include'}", f"-I{ROOT / 'tests'}", f"-I{sys.argv[1]}"]
    ran = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    return ran.stdout if ran.returncode else ""


def main():
    files = [ROOT / "tests/whole_library/one_definition_test.cpp", *sorted((ROOT / "examples").glob("*.cpp"))]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        complaints = [text for text in pool.map(tidy, files) if text]
    print("\n".join(complaints) if complaints else f"{len(files)} files and all headers are tidy")
    sys.exit(bool(complaints))


if __name__ == "__main__":
    main()
