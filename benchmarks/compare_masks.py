#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Puts the masks of hls4ml's get_model_masks and ours side by side. usage: compare_masks.py THEIRS OURS

THEIRS holds one line of JSON per case with "case", "seconds_min" and "value"; OURS is what
`masks_benchmark --benchmark_format=json` prints, whose processor time counts: one thread does all, and a mean over many
runs would hold what other processes take. Prints a table and the geometric mean of how much faster ours is; fails
if a value of ours is below theirs (but for their rounding to float) or a case is missing."""
import json
import math
import sys


def read_theirs(path):
    with open(path) as file:
        cases = [json.loads(line) for line in file if line.strip()]
    return {case["case"]: (case["seconds_min"], case["value"]) for case in cases if "value" in case}


def read_ours(path):
    seconds = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1}
    best = {}
    with open(path) as file:
        for run in json.load(file)["benchmarks"]:
            if "value" in run and run.get("run_type") == "iteration":
                took = run["cpu_time"] * seconds[run["time_unit"]]
                name = run["name"].split("/repeats")[0]
                best[name] = min(best.get(name, (math.inf, 0)), (took, run["value"]))
    return best


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    theirs, ours = read_theirs(sys.argv[1]), read_ours(sys.argv[2])
    factors = []
    failed = False
    print(f"{'case':34}{'theirs ms':>12}{'ours ms':>10}{'factor':>9}{'their value':>14}{'our value':>14}")
    for case, (their_time, their_value) in theirs.items():
        if case not in ours:
            print(f"{case:34}missing in {sys.argv[2]}")
            failed = True
            continue
        time, value = ours[case]
        factors.append(their_time / time)
        lower = value < their_value * (1 - 1e-6)
        failed = failed or lower
        print(f"{case:34}{1e3 * their_time:12.3f}{1e3 * time:10.4f}{factors[-1]:9.0f}{their_value:14.4f}{value:14.4f}"
              + ("  LOWER" if lower else ""))
    if factors:
        print(f"{len(factors)} cases, geometric mean {math.exp(sum(map(math.log, factors)) / len(factors)):.0f}, "
              f"least {min(factors):.0f}")
    sys.exit(1 if failed or not factors else 0)


main()
