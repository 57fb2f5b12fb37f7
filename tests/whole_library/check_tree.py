#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks the order of the house: floors, circles, guards, first lines, kinds of includes, and a test for every header.

Prints one line for each fault, with what to do about it, and exits with 1 if there was one.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
INCLUDE = re.compile(r"^\s*#\s*include\s*(\S+)", re.MULTILINE)
ALLOWED_ABOVE = {"tensor": r"xtensor/.*", "io": r".*"}  # what else than the standard library a folder may include


class Tree:
    """The headers below root/include and their tests below root/tests."""

    def __init__(self, root):
        self.root = root
        self.folder = root / "include"
        self.headers = {path.relative_to(self.folder).as_posix(): path.read_text("utf-8")
                        for path in sorted(self.folder.glob("espalier/**/*.hpp"))}
        self.floors = {}
        for number, line in enumerate((root / "cmake/floors.txt").read_text("utf-8").splitlines()):
            if line and not line.startswith("#"):
                self.floors.update({folder: number for folder in line.split()[1:]})
        self.faults = []

    def fault(self, where, what, mend):
        self.faults.append(f"{where}: {what} (mend: {mend})")

    def includes(self, name):
        return INCLUDE.findall(self.headers[name])

    def check_folders(self):
        present = {name.split("/")[1] for name in self.headers if name.count("/") > 1}
        for folder in sorted(present - self.floors.keys()):
            self.fault(f"include/espalier/{folder}", "on no floor", "name it in cmake/floors.txt")
        for folder in sorted(self.floors.keys() - present):
            self.fault("cmake/floors.txt", f"{folder} is not there", "take it out")

    def check_includes(self):
        for name in self.headers:
            if name.count("/") == 1:
                continue  # the umbrellas stand above all floors; what they include is amalgamate.py's to check
            folder = name.split("/")[1]
            for what in self.includes(name):
                where = f"include/{name}"
                if not re.fullmatch(r"<.*>", what):
                    self.fault(where, f"include of {what}", "use the full path in angle brackets")
                elif what.startswith("<espalier/"):
                    self.check_floor(where, folder, what.strip("<>"))
                elif not re.fullmatch(r"<[a-z_]+>", what) and not re.fullmatch(
                        f"<{ALLOWED_ABOVE.get(folder, '')}>", what):
                    self.fault(where, f"include of {what}", "only tensor/ and io/ know other libraries")

    def check_floor(self, where, folder, name):
        if name not in self.headers:
            self.fault(where, f"include of {name}, which is not there", "correct the name")
        elif name.count("/") == 1 and name != "espalier/version.hpp":
            self.fault(where, f"include of {name}", "include the headers that are needed")
        elif name.count("/") > 1:
            other = name.split("/")[1]
            if other != folder and self.floors.get(other, 0) >= self.floors.get(folder, 0):
                self.fault(where, f"include of {name}, which is on no lower floor", "see cmake/floors.txt")

    def check_circles(self):
        done = set()

        def visit(name, path):
            if name in path:
                self.fault(f"include/{name}", "circle: " + " -> ".join(path[path.index(name):] + [name]),
                           "move what both need into a header below them")
            elif name in self.headers and name not in done:
                for what in self.includes(name):
                    visit(what.strip("<>"), [*path, name])
                done.add(name)

        for name in self.headers:
            visit(name, [])

    def check_form(self):
        for name, text in self.headers.items():
            guard = re.sub(r"[/.]", "_", name).upper()
            lines = text.split("\n")
            if lines[0] != "// SPDX-License-Identifier: Apache-2.0" or not re.match(r"// [A-Z0-9].*[^ ]$", lines[1]):
                self.fault(f"include/{name}", "no SPDX line and sentence at the top", "write them")
            elif not re.match(rf"(// .*\n)+#ifndef {guard}\n#define {guard}\n", text):
                self.fault(f"include/{name}", "another guard, or none", f"guard it by {guard}")
            if not text.endswith("\n#endif\n"):
                self.fault(f"include/{name}", "something after the guard", "end with the #endif and a line end")

    def check_mirror(self):
        for name in self.headers:
            test = "tests/" + name.removeprefix("espalier/").removesuffix(".hpp") + "_test.cpp"
            if name.count("/") == 1 or "/detail/" in name:
                continue  # umbrellas are tested as a whole; details through the headers that use them
            if not (self.root / test).is_file():
                self.fault(f"include/{name}", "no test of its own", f"write {test}")
            elif f"<{name}>" != INCLUDE.search((self.root / test).read_text("utf-8"))[1]:
                self.fault(test, "its header is not its first include", f"include <{name}> first")
        for path in sorted(self.root.glob("tests/**/*_test.cpp")):
            name = path.relative_to(self.root / "tests").as_posix().removesuffix("_test.cpp")
            if f"espalier/{name}.hpp" not in self.headers and name.split("/")[0] in self.floors:
                self.fault(f"tests/{name}_test.cpp", "a test of no header", "name it after the header that it tests")

    def check(self):
        for check in (self.check_folders, self.check_includes, self.check_circles, self.check_form, self.check_mirror):
            check()
        return self.faults


if __name__ == "__main__":
    faults = Tree(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT).check()
    print("\n".join(faults) if faults else "every header is in its place")
    sys.exit(bool(faults))
