#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes sure that every C++ file is as clang-format would leave it: check_format.py [--mend]."""

import concurrent.futures
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDERS = ("include", "tests", "examples", "benchmarks")


def formatted(path):
    """Returns what clang-format makes of a file."""
    # --dry-run of clang-format 14 complains about namespaces that are right, so results are compared.
    return subprocess.run(["clang-format", path], capture_output=True, check=True).stdout


def main():
    files = sorted(path for folder in FOLDERS for pattern in ("*.hpp", "*.cpp")
                   for path in (ROOT / folder).rglob(pattern))
    wrong = []
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        texts = list(pool.map(formatted, files))
    for path, text in zip(files, texts):
        if text != path.read_bytes():
            wrong.append(path.relative_to(ROOT).as_posix())
            if "--mend" in sys.argv[1:]:
                path.write_bytes(text)
    print("\n".join(wrong) if wrong else f"{len(files)} files are formatted")
    if wrong:
        sys.exit("not formatted (mend: check_format.py --mend)")


if __name__ == "__main__":
    main()
