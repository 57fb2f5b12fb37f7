# SPDX-License-Identifier: Apache-2.0
"""Kills prune_lenet at many moments and takes its disk away, and wants the files of a run that was left alone.

Takes minutes, and root for the disks. Usage: prune_lenet_long_test.py PROGRAM"""
import os
import random
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

PROGRAM = sys.argv.pop(1)
FILES = ["lenet_pruned.npz", "lenet_report.html", "lenet_report.json", "lenet_report.svg"]
OPTIONS = ["--images", "600", "--seed", "3"]


def run(out, kept):
    return subprocess.run([PROGRAM, out, *OPTIONS, "--checkpoint", kept], capture_output=True, text=True)


def kill(work):
    work.kill()
    work.communicate()


class LongPruneLenet(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.whole = Path(folder.name) / "whole"
        begun = time.monotonic()
        done = subprocess.run([PROGRAM, cls.whole, *OPTIONS], capture_output=True, text=True)
        cls.seconds = time.monotonic() - begun
        assert done.returncode == 0 and " accepted" in done.stdout and " rejected" in done.stdout, done

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def start(self, out, kept):
        arguments = [PROGRAM, out, *OPTIONS, "--checkpoint", kept]
        work = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(kill, work)
        return work

    def expect_whole(self, out):
        for file in FILES:
            self.assertEqual((self.whole / file).read_bytes(), (out / file).read_bytes(), file)

    def mount(self, size):
        """A small disk of its own."""
        disk = self.folder / "disk"
        disk.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", disk], check=True)
        self.addCleanup(subprocess.run, ["umount", "--lazy", disk], check=True)
        return disk

    def first_checkpoint_of(self, work, kept):
        while not kept.exists() and work.poll() is None:
            time.sleep(0.002)
        self.assertIsNone(work.poll())
        return kept.stat().st_size

    def test_killed_at_fifty_moments_and_gone_on_with(self):
        moments = random.Random(7)
        killed = saved = 0
        for attempt in range(50):
            out, kept = self.folder / f"out{attempt}", self.folder / f"run{attempt}"
            work = self.start(out, kept)
            try:
                work.wait(moments.uniform(0, 1) * self.seconds)
            except subprocess.TimeoutExpired:
                killed += 1
            kill(work)
            saved += kept.exists()
            done = run(out, kept)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.expect_whole(out)
            self.assertFalse(kept.exists() or Path(f"{kept}.part").exists())
        self.assertGreater(killed, 40)
        self.assertGreater(saved, 20)  # else nothing was gone on with

    def test_killed_again_and_again_one_run_comes_to_its_end(self):
        moments = random.Random(8)
        out, kept = self.folder / "out", self.folder / "run"
        kills = 0
        while True:
            work = self.start(out, kept)
            try:
                work.communicate(timeout=moments.uniform(0.1, 0.5) * self.seconds)
                break
            except subprocess.TimeoutExpired:
                kill(work)
                kills += 1
        self.assertEqual(work.returncode, 0)
        self.assertGreater(kills, 2)
        self.expect_whole(out)

    def test_a_full_disk_ends_the_run_with_its_best_network_and_more_room_lets_it_go_on(self):
        disk = self.mount("8m")
        kept = disk / "run"
        work = self.start(self.folder / "out", kept)
        first = self.first_checkpoint_of(work, kept)
        kill(work)
        for room in (first // 2, first + 200_000, 2 * first + 200_000):
            with open(disk / "filling", "wb", buffering=0) as filling:
                used = sum(file.stat().st_blocks * 512 for file in disk.iterdir())
                filling.write(bytes(8 * 1024 * 1024 - used - room))
            before = kept.read_bytes()
            done = run(self.folder / "out", kept)
            self.assertEqual(done.returncode, 1, done.stdout)
            self.assertIn("failed: espalier::io::checkpoint_file::save", done.stdout)
            self.assertIn("No space left on device", done.stdout)
            self.assertEqual(sorted(os.listdir(self.folder / "out")), FILES)
            self.assertGreaterEqual(len(kept.read_bytes()), len(before))
            self.assertEqual(sorted(os.listdir(disk)), ["filling", "run"])
            (disk / "filling").unlink()
        done = run(self.folder / "again", kept)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.expect_whole(self.folder / "again")

    def test_results_that_find_no_room_leave_no_part_and_the_checkpoint(self):
        disk = self.mount("64k")
        kept = self.folder / "run"
        done = run(disk / "out", kept)
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn("lenet_pruned.npz", done.stderr)
        self.assertEqual(os.listdir(disk / "out"), [])
        begun = time.monotonic()
        self.assertEqual(run(self.folder / "out", kept).returncode, 0)
        self.assertLess(time.monotonic() - begun, self.seconds)  # nothing was trained again
        self.expect_whole(self.folder / "out")

    def test_a_disk_that_becomes_read_only_is_named_and_the_run_goes_on_when_it_no_longer_is(self):
        disk = self.mount("64m")
        kept = disk / "run"
        work = self.start(self.folder / "out", kept)
        self.first_checkpoint_of(work, kept)
        # A disk with open files cannot be made read-only from outside; one that is read-only can be put over it.
        subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", disk], check=True)
        printed = work.communicate()[0]
        self.assertEqual(work.returncode, 1)
        self.assertIn("Read-only file system", printed)
        self.assertEqual(sorted(os.listdir(self.folder / "out")), FILES)
        done = run(self.folder / "out", kept)  # not even the lock can be had
        self.assertEqual(done.returncode, 1)
        self.assertIn("Read-only file system", done.stderr)
        done = run(disk / "out", self.folder / "other")
        self.assertEqual(done.returncode, 1)
        self.assertIn("where no file can be written", done.stderr)
        subprocess.run(["umount", disk], check=True)
        self.assertEqual(run(self.folder / "again", kept).returncode, 0)
        self.expect_whole(self.folder / "again")

    def test_of_two_processes_on_one_folder_one_works_and_the_other_takes_over_when_it_is_killed(self):
        moments = random.Random(9)
        for attempt in range(10):
            out, kept = self.folder / f"out{attempt}", self.folder / f"run{attempt}"
            both = [self.start(out, kept), self.start(out, kept)]
            while all(work.poll() is None for work in both):
                time.sleep(0.005)
            refused, working = both if both[0].poll() is not None else both[::-1]
            self.assertIn("another process works on", refused.communicate()[1])
            self.assertEqual(refused.returncode, 1)
            time.sleep(moments.uniform(0, 0.8) * self.seconds)
            kill(working)
            self.assertEqual(run(out, kept).returncode, 0)
            self.expect_whole(out)


unittest.main()
