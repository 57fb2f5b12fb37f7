#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Puts the pruning loop beside hls4ml's from end to end. usage: compare_pruning.py PROGRAM --python PYTHON --reference SCRIPT

PROGRAM is pruning_quality. PYTHON runs SCRIPT, which takes `lenet` or `building`, has hls4ml's dsp_aware_pruning do five
levels of three epochs (the last of each without masks) on all cores, and prints lines of JSON, the last of them with
`optimize_seconds` and `test_pruned`. Both run in turns on the same networks, data, batches and budgets, and the least
time of all rounds counts, so that what other programs take of the machine matters little. Prints how many times faster
ours is, the share of the time that is not training, and how good both networks are on the test data."""
import argparse
import json
import os
import subprocess

TASKS = {"lenet": "accuracy", "building": "R2; the reference's is the mean squared error"}


def lines_of(command):
    """What a command prints as lines of JSON; other lines are left out."""
    printed = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    return [json.loads(line) for line in printed.splitlines() if line.startswith("{")]


def ours(program, task):
    """Seconds, share of them that is not training, and metric."""
    *_, network, times = lines_of([program, "speed_" + task])
    return times["seconds"], times["not_training"], network["test"]


def theirs(python, script, task):
    last = lines_of([python, script, task])[-1]
    return last["optimize_seconds"], last["test_pruned"]


def compare(a, task):
    own, other = [], []
    for _ in range(a.rounds):
        # Ours is short, so that it is run more often: a short run is easily hit by what else the machine does.
        own += [ours(a.program, task) for _ in range(a.repeat)]
        other.append(theirs(a.python, a.reference, task))
    (seconds, rest, metric), (slow, slow_metric) = min(own), min(other)
    print(f"{task:9} ours {seconds:8.3f} s, the reference {slow:7.2f} s: {slow / seconds:6.1f} x; not training "
          f"{100 * rest:.1f} %; on the test data {metric:.4f} and {slow_metric:.4f} ({TASKS[task]})", flush=True)


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("program")
    parser.add_argument("--python", required=True, help="a Python that has hls4ml and tensorflow")
    parser.add_argument("--reference", required=True, help="the script that runs hls4ml's loop")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--repeat", type=int, default=2, help="runs of ours per round")
    parser.add_argument("--tasks", nargs="+", choices=TASKS, default=list(TASKS))
    a = parser.parse_args()
    for task in a.tasks:
        compare(a, task)
    print(f"load while this ran: {os.getloadavg()[1]:.1f} on {os.cpu_count()} cores")


main()
