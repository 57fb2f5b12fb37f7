#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Joins the headers of include/espalier into single_header/espalier.hpp and single_header/espalier_core.hpp.

    amalgamate.py            writes both files
    amalgamate.py --check    writes nothing; exits with 1 if they are stale

What it cannot join correctly it refuses, with the line, the reason and what to do about it. Equal sources give equal
bytes on every machine. io/ is left out: its headers need libraries of their own, and work beside either file.
"""

import argparse
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FLOORS = "cmake/floors.txt"
INCLUDE = re.compile(r"\s*#\s*include\s*(.*?)\s*(//.*)?$")
OPENS = re.compile(r"\s*#\s*if(def|ndef)?\b")
CLOSES = re.compile(r"\s*#\s*endif\b")


class Refusal(Exception):
    """A source that cannot be joined: where, why, and how to mend it."""

    def __init__(self, where, reason, mend):
        super().__init__(f"{where}: {reason}\n  mend: {mend}")


class Amalgamation:
    """One umbrella header with everything it includes, each header once and in order of need."""

    def __init__(self, include_folder, umbrella):
        self.folder = include_folder
        self.umbrella = umbrella
        self.reached = []  # names such as espalier/base/errors.hpp
        self.externals = set()
        self.lines = []
        self._join(umbrella, [])

    def _join(self, name, path):
        if name in path:
            circle = " -> ".join(path[path.index(name):] + [name])
            raise Refusal(f"include/{name}", f"the headers include each other in a circle: {circle}",
                          "move what both need into a header below them")
        if name in self.reached:
            return
        lines = (self.folder / name).read_text(encoding="utf-8").split("\n")
        body, depth = [], 0  # depth: how many conditionals are open; one is the guard
        for number, line in enumerate(lines, 1):
            depth += bool(OPENS.match(line)) - bool(CLOSES.match(line))
            include = INCLUDE.match(line)
            if include:
                self._include(include[1], depth, line, body, [*path, name], number)
            elif not line.startswith("// SPDX-License-Identifier:"):
                body.append(line)
        self.reached.append(name)
        self._append(name, body)

    def _include(self, what, depth, line, body, path, number):
        where = f"include/{path[-1]}:{number}"
        if depth == 0:
            raise Refusal(where, f"an include outside of the guard, {what}", "begin the guard before the first include")
        if what.startswith('"'):
            raise Refusal(where, f"a quoted include, {what}", "write the full path, #include <espalier/folder/name.hpp>")
        if not what.startswith("<"):
            raise Refusal(where, f"an include of a macro, {what}", "name the header itself")
        name = what.strip("<>")
        if not name.startswith("espalier/"):
            if depth == 1:
                self.externals.add(name)
            else:
                body.append(line)  # what is included under a condition stays under it
            return
        if depth != 1:
            raise Refusal(where, f"{what} inside a conditional, where its only copy would end up as well",
                          "include it outside of any #if but the guard")
        if name.startswith("espalier/io/"):
            raise Refusal(where, f"{what}, a header of io/, in a header that is part of the single header",
                          "turn the dependency around: io/ is the top floor")
        if not (self.folder / name).is_file():
            raise Refusal(where, f"{what}, which is not there", "correct the name")
        self._join(name, path)

    def _append(self, name, body):
        text = re.sub(r"\n{3,}", "\n\n", "\n".join(body)).strip("\n")
        self.lines.append(f"// ---- {name} ----\n{text}\n")

    def text(self):
        version = re.search(r'version_string = "(.*)"', (self.folder / "espalier/version.hpp").read_text("utf-8"))[1]
        first = (self.folder / self.umbrella).read_text("utf-8").split("\n")[1]
        head = ["// SPDX-License-Identifier: Apache-2.0", first,
                f"// espalier {version} in one file, joined by single_header/amalgamate.py: change include/{self.umbrella}"
                " and what it includes instead.", ""]
        number = sum(int(part) * weight for part, weight in zip(version.split("."), (10000, 100, 1)))
        head += [f"#if defined(ESPALIER_VERSION) && ESPALIER_VERSION != {number}",
                 "#error two versions of espalier in one translation unit", "#endif", ""]
        includes = [f"#include <{name}>" for name in sorted(self.externals)]
        return "\n".join(head + includes + ["", *self.lines])


def core_folders(root):
    """The folders of the floors that need the standard library only."""
    floors = (root / FLOORS).read_text("utf-8").splitlines()
    return {folder for floor in floors if floor.startswith("core ") for folder in floor.split()[1:]}


def demand_all_reached(root, whole, core):
    """Refuses headers that an umbrella should lead to and does not."""
    folder = root / "include"
    folders = core_folders(root)
    for path in sorted(folder.glob("espalier/**/*.hpp")):
        name = path.relative_to(folder).as_posix()
        parts = name.split("/")
        if parts[1] == "io":
            continue
        in_core = parts[1] in folders or name in (core.umbrella, "espalier/version.hpp")
        if in_core and name not in core.reached:
            raise Refusal(f"include/{name}", "no header that core.hpp leads to includes it",
                          "include it in include/espalier/core.hpp")
        if not in_core and name in core.reached:
            raise Refusal(f"include/{name}", "core.hpp leads to it, but its folder is no part of the core",
                          f"do without it in the core, or move its folder in {FLOORS}")
        if name not in whole.reached:
            raise Refusal(f"include/{name}", "no header that espalier.hpp leads to includes it",
                          "include it in include/espalier/espalier.hpp")


def amalgamate(root):
    """Returns the texts of the single headers by file name."""
    whole = Amalgamation(root / "include", "espalier/espalier.hpp")
    core = Amalgamation(root / "include", "espalier/core.hpp")
    demand_all_reached(root, whole, core)
    return {"espalier.hpp": whole.text(), "espalier_core.hpp": core.text()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true", help="only say whether the files are as they should be")
    parser.add_argument("--root", type=pathlib.Path, default=ROOT, help="of the tree (default: the one this is in)")
    arguments = parser.parse_args()
    try:
        texts = amalgamate(arguments.root)
    except Refusal as refusal:
        sys.exit(f"amalgamate.py: {refusal}")
    for name, text in texts.items():
        path = arguments.root / "single_header" / name
        if arguments.check:
            if not path.is_file() or path.read_bytes() != text.encode("utf-8"):
                sys.exit(f"amalgamate.py: single_header/{name} is stale\n  mend: run single_header/amalgamate.py")
        else:
            path.write_bytes(text.encode("utf-8"))


if __name__ == "__main__":
    main()
