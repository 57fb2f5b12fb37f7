#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compiles and runs every program in README.md: readme.py [COMPILER].

A block marked ```cpp that has a main function is a program. If the next block is marked ```console, what stands
below its last line with a $ is what the program prints: the same tables, line by line where there are no numbers (the
numbers of a trained network differ between processors). Any other ```cpp block is a piece of one, for readers.
"""

import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```(\w+)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def programs(text):
    """Yields each program with the output that the README shows for it, or None."""
    blocks = BLOCK.findall(text)
    for (language, code), (following, output) in zip(blocks, [*blocks[1:], ("", "")]):
        if language == "cpp" and "int main(" in code:
            yield code, re.sub(r"\A.*^\$[^\n]*\n", "", output, flags=re.M | re.S) if following == "console" else None


def tables(output):
    """The lines without numbers: the heads of tables, and the gaps between them."""
    return [line for line in output.splitlines() if not any(letter.isdigit() for letter in line)]


def fault_of(compiler, code, output, folder):
    """Returns what is wrong with one program, or nothing."""
    source, program = folder / "program.cpp", folder / "program"
    source.write_text(code, encoding="utf-8")
    flags = ["-std=c++20", "-O2", "-Wall", "-Wextra", "-Werror", f"-I{ROOT / 'include'}", "-pthread"]
    built = subprocess.run([compiler, *flags, source, "-o", program], capture_output=True, text=True, check=False)
    if built.returncode != 0:
        return f"does not compile:\n{built.stderr}"
    ran = subprocess.run([program], capture_output=True, text=True, cwd=folder, check=False)
    if ran.returncode != 0:
        return f"ends with {ran.returncode}:\n{ran.stdout}{ran.stderr}"
    if output is not None and tables(ran.stdout) != tables(output):
        return f"prints\n{ran.stdout}where the README shows\n{output}"
    return ""


def main():
    compiler = sys.argv[1] if len(sys.argv) > 1 else "c++"
    readme = ROOT / "README.md"
    found = list(programs(readme.read_text("utf-8"))) if readme.is_file() else []
    faults = ["README.md shows no program"] if readme.is_file() and not found else []
    for number, (code, output) in enumerate(found, 1):
        with tempfile.TemporaryDirectory() as folder:
            if fault := fault_of(compiler, code, output, pathlib.Path(folder)):
                faults.append(f"program {number} of README.md {fault}")
    print("\n".join(faults) if faults else f"{len(found)} programs of README.md work")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
