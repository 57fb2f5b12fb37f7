# SPDX-License-Identifier: Apache-2.0
"""Runs prune_lenet on few images and looks at all that it leaves behind. Usage: prune_lenet_test.py PROGRAM"""
import json
import os
import signal
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree
import zipfile
from pathlib import Path

PROGRAM = sys.argv.pop(1)
FILES = ["lenet_pruned.npz", "lenet_report.json", "lenet_report.svg"]


def run(*arguments):
    return subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True)


class PruneLenet(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def test_equal_seeds_give_equal_files_and_another_seed_others(self):
        for name, seed in ("a", 3), ("b", 3), ("c", 4):
            done = run(self.folder / name, "--images", 300, "--seed", seed)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertNotIn("\r", done.stdout)
            self.assertEqual(sorted(os.listdir(self.folder / name)), FILES)
        for file in FILES:
            self.assertEqual((self.folder / "a" / file).read_bytes(), (self.folder / "b" / file).read_bytes(), file)
            self.assertNotEqual((self.folder / "a" / file).read_bytes(), (self.folder / "c" / file).read_bytes(), file)
        self.look_at_files(self.folder / "a")

    def look_at_files(self, folder):
        report = json.loads((folder / "lenet_report.json").read_text())
        self.assertEqual(report["seed"], 3)
        self.assertTrue(0 < report["accuracy"] <= 1 and 0 < report["baseline_accuracy"] <= 1)
        self.assertEqual([(r["name"], r["before"]) for r in report["resources"]], [("DSP", 6150), ("BRAM", 1380)])
        for resource in report["resources"]:
            self.assertTrue(0 <= resource["after"] <= resource["before"])
        self.assertTrue(report["levels"])
        for level in report["levels"]:
            self.assertEqual((level["status"], level["gap"]), ("optimal", 0))
            for used, resource in zip(level["used"], report["resources"]):
                self.assertLessEqual(used, (1 - level["sparsity"]) * resource["before"] + 1e-6)
        xml.etree.ElementTree.parse(folder / "lenet_report.svg")
        with zipfile.ZipFile(folder / "lenet_pruned.npz") as arrays:
            layers = ["conv2d_1", "conv2d_2", "dense_1", "dense_2", "output"]
            names = [f"{layer}/{array}.npy" for layer in layers for array in ("kernel", "bias", "mask")]
            self.assertEqual(sorted(arrays.namelist()), sorted(names))
            for layer, described in zip(layers, report["layers"]):
                self.assertEqual(arrays.read(f"{layer}/mask.npy")[-described["weights"] :].count(1),
                                 described["weights_kept"])

    def test_an_interrupt_leaves_the_best_network_so_far(self):
        work = subprocess.Popen([PROGRAM, self.folder / "out", "--images", "3000"], stdout=subprocess.PIPE, text=True)
        self.assertIn("dense network", work.stdout.readline())
        work.send_signal(signal.SIGINT)
        printed = work.communicate()[0]
        self.assertEqual(work.returncode, 130)
        self.assertIn("Interrupted: the files hold the best network so far", printed)
        self.assertEqual(sorted(os.listdir(self.folder / "out")), FILES)

    def test_a_folder_that_cannot_be_written_is_found_before_training(self):
        (self.folder / "file").write_text("in the way")
        done = run(self.folder / "file" / "out")
        self.assertEqual(done.returncode, 1)
        self.assertIn("io::prepare_folder", done.stderr)
        self.assertEqual(done.stdout, "")

    def test_missing_data_is_named_and_nothing_is_written(self):
        done = run(self.folder / "out", "--data", self.folder / "nowhere")
        self.assertEqual(done.returncode, 1)
        self.assertIn("nowhere/train-images-idx3-ubyte.gz", done.stderr)
        self.assertEqual(os.listdir(self.folder / "out"), [])

    def test_options_that_make_no_sense_are_refused(self):
        for option in ("--images", "0"), ("--images", "many"), ("--sede", "1"):
            self.assertNotEqual(run(self.folder / "out", *option).returncode, 0)
        self.assertEqual(os.listdir(self.folder), [])


unittest.main()
