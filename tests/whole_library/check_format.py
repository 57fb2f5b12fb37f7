#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes sure that every C++ file is as clang-format would leave it: check_format.py [--mend]."""

import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDERS = ("include", "tests", "examples", "benchmarks")


def main():
    files = sorted(path for folder in FOLDERS for pattern in ("*.hpp", "*.cpp")
                   for path in (ROOT / folder).rglob(pattern))
    wrong = []
    for path in files:
        # --dry-run of clang-format 14 complains about namespaces that are right, so the results are compared.
        formatted = subprocess.run(["clang-format", path], capture_output=True, check=True).stdout
        if formatted != path.read_bytes():
            wrong.append(path.relative_to(ROOT).as_posix())
            if "--mend" in sys.argv[1:]:
                path.write_bytes(formatted)
    print("\n".join(wrong) if wrong else f"{len(files)} files are formatted")
    if wrong:
        sys.exit("not formatted (mend: check_format.py --mend)")


if __name__ == "__main__":
    main()
