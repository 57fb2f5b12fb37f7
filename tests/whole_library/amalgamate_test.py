#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests of single_header/amalgamate.py: what it joins, and what it refuses with a reason and a mend."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "single_header/amalgamate.py"


def header(name, body):
    guard = name.replace("/", "_").replace(".", "_").upper()
    return f"// SPDX-License-Identifier: Apache-2.0\n// About {name}.\n#ifndef {guard}\n#define {guard}\n{body}\n#endif\n"


class Amalgamate(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.put("cmake/floors.txt", "core low\nupper high\nio io\n")
        (self.root / "single_header").mkdir()
        for name, body in {
                "version.hpp": 'inline constexpr const char* version_string = "1.2.3";',
                "low/a.hpp": "#include <vector>\n#include <cmath>\nint a;",
                "low/b.hpp": "#include <vector>\n\n#include <espalier/low/a.hpp>\nint b;",
                "high/c.hpp": "#if __has_include(<new>)\n#include <new>\n#else\n#include <old>\n#endif\nint c;",
                "io/d.hpp": "#include <zlib.h>\n#include <espalier/low/a.hpp>\nint d;",
                "core.hpp": "#include <espalier/low/a.hpp>\n#include <espalier/low/b.hpp>\n"
                            "#include <espalier/version.hpp>",
                "espalier.hpp": "#include <espalier/core.hpp>\n#include <espalier/high/c.hpp>"}.items():
            self.put_header(name, body)

    def put(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def put_header(self, name, body):
        self.put(f"include/espalier/{name}", header(f"espalier/{name}", body))

    def run_script(self, *arguments):
        return subprocess.run([sys.executable, SCRIPT, "--root", self.root, *arguments], capture_output=True, text=True,
                              check=False)

    def refused(self, *expected):
        ran = self.run_script()
        self.assertEqual(ran.returncode, 1, ran.stderr)
        for text in (*expected, "mend: "):
            self.assertIn(text, ran.stderr)
        self.assertFalse((self.root / "single_header/espalier.hpp").exists())

    def test_joins_each_header_once_in_order_of_need(self):
        self.assertEqual(self.run_script().returncode, 0)
        text = (self.root / "single_header/espalier.hpp").read_text("utf-8")
        self.assertEqual([line for line in text.split("\n") if line.startswith("int")], ["int a;", "int b;", "int c;"])
        self.assertEqual([line for line in text.split("\n") if line.startswith("#include")],
                         ["#include <cmath>", "#include <vector>", "#include <new>", "#include <old>"])
        self.assertEqual(text.count("SPDX"), 1)
        self.assertIn("ESPALIER_VERSION != 10203", text)
        self.assertNotIn("int c;", (self.root / "single_header/espalier_core.hpp").read_text("utf-8"))

    def test_check_notices_a_stale_and_a_missing_file(self):
        self.assertEqual(self.run_script("--check").returncode, 1)
        self.run_script()
        self.assertEqual(self.run_script("--check").returncode, 0)
        self.put_header("low/a.hpp", "int changed;")
        ran = self.run_script("--check")
        self.assertEqual(ran.returncode, 1)
        self.assertIn("stale", ran.stderr)

    def test_refuses_a_circle(self):
        self.put_header("low/a.hpp", "#include <espalier/low/b.hpp>")
        self.refused("espalier/low/a.hpp -> espalier/low/b.hpp -> espalier/low/a.hpp")

    def test_refuses_a_quoted_include(self):
        self.put_header("low/a.hpp", '#include "b.hpp"')
        self.refused("include/espalier/low/a.hpp:5", "quoted include")

    def test_refuses_a_header_inside_a_conditional(self):
        self.put_header("low/b.hpp", "#ifdef X\n#include <espalier/low/a.hpp>\n#endif")
        self.refused("include/espalier/low/b.hpp:6", "inside a conditional")

    def test_refuses_an_include_before_the_guard(self):
        self.put("include/espalier/low/a.hpp", "// A.\n#include <vector>\n")
        self.refused("outside of the guard")

    def test_refuses_an_include_of_a_macro(self):
        self.put_header("low/a.hpp", "#include HEADER")
        self.refused("an include of a macro, HEADER")

    def test_refuses_a_header_that_nothing_reaches(self):
        self.put_header("low/lost.hpp", "")
        self.refused("include/espalier/low/lost.hpp", "include/espalier/core.hpp")
        (self.root / "include/espalier/low/lost.hpp").unlink()
        self.put_header("high/lost.hpp", "")
        self.refused("include/espalier/high/lost.hpp", "include/espalier/espalier.hpp")

    def test_refuses_a_core_that_leads_above_itself(self):
        self.put_header("low/a.hpp", "#include <espalier/high/c.hpp>")
        self.refused("include/espalier/high/c.hpp", "no part of the core")
        self.put_header("low/a.hpp", "#include <espalier/io/d.hpp>")
        self.refused("a header of io/")

    def test_refuses_a_header_that_is_not_there(self):
        self.put_header("low/a.hpp", "#include <espalier/low/none.hpp>")
        self.refused("include/espalier/low/a.hpp:5", "not there")


if __name__ == "__main__":
    unittest.main()
