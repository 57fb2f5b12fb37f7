#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests of check_tree.py: that it finds each kind of fault, and nothing in a sound tree."""

import pathlib
import tempfile
import unittest

import check_tree


class CheckTree(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.put("cmake/floors.txt", "# floors\ncore low\nupper tensor\n")
        self.header("low/a", "#include <vector>\n")
        self.header("tensor/t", "#include <xtensor/xtensor.hpp>\n#include <espalier/low/a.hpp>\n")

    def put(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def header(self, name, body, guard=None):
        guard = guard or f"ESPALIER_{name.replace('/', '_').upper()}_HPP"
        self.put(f"include/espalier/{name}.hpp",
                 f"// SPDX-License-Identifier: Apache-2.0\n// About it.\n#ifndef {guard}\n#define {guard}\n{body}\n#endif\n")
        self.put(f"tests/{name}_test.cpp", f"#include <espalier/{name}.hpp>\n#include <vector>\n")

    def expect(self, *texts):
        faults = check_tree.Tree(self.root).check()
        self.assertEqual(len(faults), len(texts), faults)
        for text in texts:
            self.assertTrue(any(text in fault for fault in faults), (text, faults))

    def test_is_content_with_a_sound_tree(self):
        self.expect()

    def test_finds_an_upward_include_and_the_circle_that_it_makes(self):
        self.header("low/a", "#include <espalier/tensor/t.hpp>\n")
        self.expect("on no lower floor", "circle: espalier/low/a.hpp -> espalier/tensor/t.hpp -> espalier/low/a.hpp")

    def test_finds_an_include_from_the_same_floor(self):
        self.put("cmake/floors.txt", "core low side\nupper tensor\n")
        self.header("side/b", "#include <espalier/low/a.hpp>\n")
        self.expect("include of espalier/low/a.hpp, which is on no lower floor")

    def test_finds_a_folder_without_a_floor_and_a_floor_without_a_folder(self):
        self.put("cmake/floors.txt", "core low gone\nupper tensor\n")
        self.header("new/b", "")
        self.expect("on no floor", "gone is not there")

    def test_finds_other_libraries_in_the_core(self):
        self.header("low/a", "#include <xtensor/xtensor.hpp>\n#include <zlib.h>\n")
        self.expect("include of <xtensor/xtensor.hpp>", "include of <zlib.h>")

    def test_finds_an_umbrella_a_quote_and_a_wrong_name(self):
        self.header("low/a", '#include <espalier/core.hpp>\n#include "b.hpp"\n#include <espalier/low/none.hpp>\n')
        self.put("include/espalier/core.hpp", "// SPDX-License-Identifier: Apache-2.0\n// Core.\n"
                 "#ifndef ESPALIER_CORE_HPP\n#define ESPALIER_CORE_HPP\n#endif\n")
        self.expect("include of espalier/core.hpp", 'include of "b.hpp"', "none.hpp, which is not there")

    def test_finds_a_wrong_guard_and_a_missing_sentence(self):
        self.header("low/a", "", guard="A_HPP")
        self.put("include/espalier/tensor/t.hpp", "#ifndef ESPALIER_TENSOR_T_HPP\n#define ESPALIER_TENSOR_T_HPP\n#endif\n")
        self.expect("another guard", "no SPDX line")

    def test_finds_a_missing_test_a_homeless_one_and_one_that_begins_with_something_else(self):
        (self.root / "tests/low/a_test.cpp").rename(self.root / "tests/low/b_test.cpp")
        self.put("tests/tensor/t_test.cpp", "#include <vector>\n#include <espalier/tensor/t.hpp>\n")
        self.expect("no test of its own", "a test of no header", "not its first include")


if __name__ == "__main__":
    unittest.main()
