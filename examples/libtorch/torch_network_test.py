# SPDX-License-Identifier: Apache-2.0
"""Runs torch_network and checks what libtorch says against what the report says. Usage: torch_network_test.py PROGRAM"""
import re
import subprocess
import sys
import unittest

PROGRAM = sys.argv.pop(1)


class TorchNetwork(unittest.TestCase):
    def test_libtorch_holds_the_network_that_the_report_describes(self):
        printed = subprocess.run([PROGRAM], capture_output=True, text=True, check=True).stdout
        layers = re.findall(r"^(?:conv|fc|out)\d* +\d+ +(\d+) +\d+ +(\d+) +(\d+)$", printed, re.M)
        self.assertEqual(len(layers), 5, printed)
        kept, before, after = (sum(map(int, column)) for column in zip(*layers))
        self.assertEqual(before, 6150)
        self.assertLessEqual(after, 1230)  # what its first level leaves, at least
        self.assertIn(f"libtorch counts {kept} weights that are not 0", printed)
        dense, pruned = map(float, re.search(r"metric ([\d.]+) -> ([\d.]+);", printed).groups())
        self.assertGreater(dense, 0.75)
        self.assertGreaterEqual(pruned, 0.98 * dense - 1e-4)


unittest.main()
