# SPDX-License-Identifier: Apache-2.0
"""Runs prune_lenet on few images and looks at all that it leaves behind. Usage: prune_lenet_test.py PROGRAM"""
import json
import os
import random
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import xml.etree.ElementTree
import zipfile
from pathlib import Path

PROGRAM = sys.argv.pop(1)
FILES = ["lenet_pruned.npz", "lenet_report.html", "lenet_report.json", "lenet_report.svg"]


def run(*arguments):
    return subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True)


def documented():
    """The fields of the table in docs/report.md with their types."""
    page = (Path(__file__).parent.parent / "docs" / "report.md").read_text()
    return dict(re.findall(r"^\| `([\w.\[\]]+)` \| ([\w ]+) \|", page, re.MULTILINE))


def fields_of(value, path=""):
    """The same of a report, after a look at the types."""
    if isinstance(value, dict):
        return {field for key, part in value.items() for field in fields_of(part, f"{path}.{key}" if path else key)}
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return {field for part in value for field in fields_of(part, path + "[]")}
    types = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "array of integers": list}
    assert isinstance(value, types[documented()[path]]), path
    return {path}


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
        self.assertNotIn("times", (self.folder / "a" / "lenet_report.json").read_text())
        self.look_at_files(self.folder / "a")

    def look_at_files(self, folder):
        report = json.loads((folder / "lenet_report.json").read_text())
        self.assertEqual(report["seed"], 3)
        self.assertEqual(fields_of(report), {field for field in documented() if not field.startswith("times.")})
        self.assertTrue(0 < report["accuracy"] <= 1 and 0 < report["baseline_accuracy"] <= 1)
        self.assertGreater(report["baseline_accuracy"], 0.5)  # of ten kinds of clothes, learned from 300 images
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

    def test_times_are_told_only_if_asked_for(self):
        done = run(self.folder / "out", "--images", 300, "--times")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"\ntime [\d.]+ s: training [\d.]+ %, ranking ")
        times = json.loads((self.folder / "out" / "lenet_report.json").read_text())["times"]
        self.assertEqual(list(times), ["training", "ranking", "selection", "evaluation", "other", "total"])
        self.assertEqual({f"times.{name}" for name in times}, {f for f in documented() if f.startswith("times.")})
        self.assertAlmostEqual(times.pop("total"), sum(times.values()))
        self.assertIn("<h2>Time</h2>", (self.folder / "out" / "lenet_report.html").read_text())

    def test_an_interrupt_leaves_the_best_network_so_far(self):
        work = subprocess.Popen([PROGRAM, self.folder / "out", "--images", "3000"], stdout=subprocess.PIPE, text=True)
        self.assertIn("dense network", work.stdout.readline())
        work.send_signal(signal.SIGINT)
        printed = work.communicate()[0]
        self.assertEqual(work.returncode, 130)
        self.assertIn("Interrupted: the files hold the best network so far", printed)
        self.assertEqual(sorted(os.listdir(self.folder / "out")), FILES)

    def test_a_run_killed_at_any_moment_goes_on_to_the_same_files(self):
        options = ["--images", "300", "--seed", "3"]
        begun = time.monotonic()
        self.assertEqual(run(self.folder / "whole", *options).returncode, 0)
        seconds = time.monotonic() - begun
        moments = random.Random(1)
        for attempt in range(3):
            out, kept = self.folder / f"out{attempt}", self.folder / f"run{attempt}"
            arguments = [PROGRAM, out, *options, "--checkpoint", kept]
            for kill in range(attempt + 1):  # in the end several times in one run
                work = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                try:
                    work.wait(moments.uniform(0.1, 1) * seconds)
                except subprocess.TimeoutExpired:
                    work.kill()
                    work.wait()
            done = subprocess.run(arguments, capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertFalse(kept.exists())
            for file in FILES:
                self.assertEqual((self.folder / "whole" / file).read_bytes(), (out / file).read_bytes(), file)

    def begun_run(self, kept):
        """Leaves a checkpoint behind and gives its bytes."""
        arguments = [PROGRAM, self.folder / "begun", "--images", "300", "--seed", "3", "--checkpoint", kept]
        work = subprocess.Popen(arguments, stdout=subprocess.DEVNULL)
        while not kept.exists() and work.poll() is None:
            time.sleep(0.002)
        work.kill()
        work.wait()
        return kept.read_bytes()

    def test_a_checkpoint_of_another_run_or_a_spoilt_one_is_named_and_kept(self):
        kept = self.folder / "run"
        whole = self.begun_run(kept)
        flipped = bytearray(whole)
        flipped[len(whole) // 2] ^= 4
        for state, options, why in (
            (whole, ["--seed", 4, "--images", 300], "other seed"),
            (whole, ["--seed", 3, "--images", 301], "other data"),
            (whole[: len(whole) // 2], ["--seed", 3, "--images", 300], "bytes after the head"),
            (bytes(flipped), ["--seed", 3, "--images", 300], "checksum"),
            (b"", ["--seed", 3, "--images", 300], "an empty file"),
        ):
            kept.write_bytes(state)
            done = run(self.folder / "out", *options, "--checkpoint", kept)
            self.assertEqual(done.returncode, 1)
            self.assertIn(why, done.stderr)
            self.assertEqual(kept.read_bytes(), state)
            self.assertEqual(os.listdir(self.folder / "out"), [])

    def test_two_runs_cannot_have_one_checkpoint(self):
        kept = self.folder / "run"
        arguments = [PROGRAM, self.folder / "out", "--images", "3000", "--checkpoint", kept]
        work = subprocess.Popen(arguments, stdout=subprocess.DEVNULL)
        while not Path(f"{kept}.lock").exists() and work.poll() is None:
            time.sleep(0.002)
        second = run(self.folder / "other", "--images", 300, "--checkpoint", kept)
        work.kill()
        work.wait()
        self.assertEqual(second.returncode, 1)
        self.assertIn("another process works on", second.stderr)

    def test_a_disk_that_fills_up_ends_the_run_with_the_best_network_and_keeps_the_checkpoint(self):
        kept = self.folder / "run"
        first = len(self.begun_run(kept))

        def leave_little_room():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (first + 400_000, first + 400_000))

        arguments = [PROGRAM, self.folder / "out", "--images", "300", "--seed", "3", "--checkpoint", kept]
        done = subprocess.run(arguments, capture_output=True, text=True, preexec_fn=leave_little_room)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn("failed: espalier::io::checkpoint_file::save", done.stdout)
        self.assertEqual(sorted(os.listdir(self.folder / "out")), FILES)
        again = run(*arguments[1:])
        self.assertEqual(again.returncode, 0, again.stderr)

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
