#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Puts training and predictions beside TensorFlow and PyTorch. usage: compare_training.py BENCHMARK [options]

BENCHMARK is the program training_benchmark; --keras and --torch name the Python of a virtual environment that has
tensorflow, or torch. All run in turns, the same networks on data of the same size, in float with Adam, and the least
processor time of all rounds counts, or with several threads the least time on the clock; so what other programs take
of the machine matters little. Ways to train: `step` is a tf.function per batch, called from Python; `epoch` the whole
epoch in one tf.function with the fused Adam, the fastest that TensorFlow does without XLA; `epoch-xla` the same with
jit_compile; `fit` is model.fit; torch is eager. Predictions are a tf.function of the model, or torch in inference mode.
Prints how many times faster ours is, per set of instructions, and what share of the CPU's peak it reaches; then, each
with its goal, the latency of one sample, the cost of masks, what a second thread gains and the memory of training."""
import argparse
import json
import os
import subprocess
import sys
import time

# Samples in an epoch, batch, useful operations of a sample's training: forward, both gradients.
CASES = {"jet_128": (65536, 128, 23488), "jet_1024": (65536, 1024, 23488), "lenet_128": (12800, 128, 1517040),
         "lenet_same_128": (12800, 128, 2263920), "lenet_average_128": (12800, 128, 2263920),
         "wide_128": (640, 128, 71565312)}
SETS = {"AVX-512": 2, "AVX2": 1, "portable": 0}
THREADED = ("jet_1024", "lenet_128", "lenet_same_128")
# Case and number of samples in a call.
PREDICTIONS = {"jet_predict_1": ("jet_128", 1), "jet_predict_128": ("jet_128", 128),
               "jet_predict_1024": ("jet_1024", 1024),
               "lenet_predict_1": ("lenet_128", 1), "lenet_predict_128": ("lenet_128", 128),
               "wide_predict_1": ("wide_128", 1), "wide_predict_128": ("wide_128", 128)}
LATENCY_GOALS = {"jet_predict_1": 2, "lenet_predict_1": 60}  # microseconds
MASKS_GOAL = 2  # percent of a step


def ways(framework, case):
    if framework == "torch":
        return ["torch"]
    xla = [] if "jet" not in case else ["epoch-xla"]  # XLA has no fast gradient of a convolution on a CPU
    return ["fit", "step", "epoch", *xla]


def keras_model(case, tf):
    layers = tf.keras.layers
    if "jet" in case:
        return tf.keras.Sequential([tf.keras.Input((16,)), *(layers.Dense(n, "relu") for n in (64, 32, 32)),
                                    layers.Dense(5, "softmax")])
    if "wide" in case:
        stack = [layers.Conv2D(32, 3, activation="relu"), layers.Conv2D(64, 3, activation="relu"),
                 layers.MaxPooling2D(), layers.Flatten(), layers.Dense(128, "relu")]
    else:
        pool = layers.AveragePooling2D if "average" in case else layers.MaxPooling2D
        padding = "valid" if case == "lenet_128" else "same"
        stack = [layers.Conv2D(6, 5, padding=padding, activation="relu"), pool(),
                 layers.Conv2D(16, 5, activation="relu"), pool(), layers.Flatten(), layers.Dense(120, "relu"),
                 layers.Dense(84, "relu")]
    return tf.keras.Sequential([tf.keras.Input((28, 28, 1)), *stack, layers.Dense(10, "softmax")])


def torch_model(case, nn):
    if "jet" in case:
        return nn.Sequential(nn.Linear(16, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(),
                             nn.Linear(32, 5))
    if "wide" in case:
        return nn.Sequential(nn.Conv2d(1, 32, 3), nn.ReLU(), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2),
                             nn.Flatten(), nn.Linear(9216, 128), nn.ReLU(), nn.Linear(128, 10))
    pool = nn.AvgPool2d if "average" in case else nn.MaxPool2d
    padding, left = (0, 256) if case == "lenet_128" else (2, 400)
    return nn.Sequential(nn.Conv2d(1, 6, 5, padding=padding), nn.ReLU(), pool(2), nn.Conv2d(6, 16, 5), nn.ReLU(),
                         pool(2), nn.Flatten(), nn.Linear(left, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(),
                         nn.Linear(84, 10))


def data_of(case):
    import numpy as np
    samples, batch, _ = CASES[case]
    shape = (16,) if "jet" in case else (28, 28, 1)
    random = np.random.default_rng(1)
    return random.random((samples, *shape), np.float32), random.integers(0, 5, samples), batch


def keras_runner(case, way, threads):
    """A function that trains for an epoch, or predicts all samples, of a case."""
    import tensorflow as tf
    if tf.config.threading.get_intra_op_parallelism_threads() != threads:
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(threads)
    x, y, batch = data_of(case)
    loss = tf.keras.losses.SparseCategoricalCrossentropy()
    model = keras_model(case, tf)
    adam = tf.keras.optimizers.legacy.Adam if way == "epoch" else tf.keras.optimizers.Adam
    model.compile(adam(1e-3), loss)
    if way == "fit":
        return lambda: model.fit(x, y, batch_size=batch, epochs=1, verbose=0)
    forward = tf.function(lambda xb: model(xb, training=False))
    if way == "predict-1":
        sample = tf.constant(x[:1])
        return lambda: [forward(sample) for _ in range(1000)]
    batches = [(tf.constant(x[i:i + batch]), tf.constant(y[i:i + batch])) for i in range(0, len(x), batch)]
    if way == "predict":
        return lambda: [forward(xb) for xb, _ in batches]

    @tf.function
    def step(xb, yb):
        with tf.GradientTape() as tape:
            value = loss(yb, model(xb, training=True))
        variables = model.trainable_variables
        model.optimizer.apply_gradients(zip(tape.gradient(value, variables), variables))
    if way == "step":
        return lambda: [step(xb, yb) for xb, yb in batches]

    getattr(model.optimizer, "build" if way == "epoch-xla" else "_create_all_weights")(model.trainable_variables)
    xs, ys = (tf.constant(a.reshape(-1, batch, *a.shape[1:])) for a in (x, y))

    @tf.function(jit_compile=way == "epoch-xla")
    def epoch():
        for i in tf.range(len(xs)):
            step.python_function(xs[i], ys[i])
    return epoch


def torch_runner(case, way, threads):
    import numpy as np
    import torch
    torch.set_num_threads(threads)
    x, y, batch = data_of(case)
    x = np.ascontiguousarray(x.transpose(0, 3, 1, 2)) if x.ndim == 4 else x
    model = torch_model(case, torch.nn)
    xs, ys = torch.from_numpy(x).split(batch), torch.from_numpy(y).split(batch)
    loss, adam = torch.nn.CrossEntropyLoss(), torch.optim.Adam(model.parameters(), 1e-3)

    def epoch():
        for xb, yb in zip(xs, ys):
            adam.zero_grad()
            loss(model(xb), yb).backward()
            adam.step()

    @torch.inference_mode()
    def predict():
        for xb in ([xs[0][:1]] * 1000 if way == "predict-1" else xs):
            model(xb)
    return predict if "predict" in way else epoch


def serve(framework, threads):
    """A peer: reads "CASE WAY" line by line, runs it once and says how long that took."""
    runners = {}
    for line in sys.stdin:
        case, way = line.split()
        if (case, way) not in runners:
            runners[case, way] = (torch_runner if framework == "torch" else keras_runner)(case, way, threads)
            runners[case, way]()
        clock, processor = time.perf_counter(), time.process_time()
        runners[case, way]()
        print(json.dumps([time.process_time() - processor, time.perf_counter() - clock]), flush=True)


class Peer:
    def __init__(self, framework, python, threads):
        environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "OMP_WAIT_POLICY": "passive"}
        self.process = subprocess.Popen([python, __file__, "--serve", framework, str(threads)], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                        env=environment)

    def run(self, case, way):
        print(case, way, file=self.process.stdin, flush=True)
        return json.loads(self.process.stdout.readline())

    def end(self):
        """Ends it. Gives the largest memory that it had, in bytes."""
        self.process.stdin.close()
        _, _, used = os.wait4(self.process.pid, 0)
        self.process.returncode = 0
        return used.ru_maxrss * 1024


def ours(benchmark, name, threads, instructions):
    """Processor time and time on the clock of an iteration, and what it counts; None if the CPU cannot."""
    command = [benchmark, f"--benchmark_filter=^{name}/threads:{threads}/set:{SETS[instructions]}/",
               "--benchmark_format=json", "--benchmark_min_time=0.05"]
    result = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)["benchmarks"][0]
    if result.get("error_occurred"):
        return None
    unit = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1}[result["time_unit"]]
    return result["cpu_time"] * unit, result["real_time"] * unit, result


class Table:
    """The least times of everything that was run."""

    def __init__(self):
        self.best = {}

    def add(self, key, times):
        old = self.best.get(key, times)
        self.best[key] = [min(a, b) for a, b in zip(old, times)]

    def get(self, key, threads=1):
        return self.best[key][0 if threads == 1 else 1] if key in self.best else None


def jobs(a):
    """What to measure: threads, our name, its case, the ways that the peers do the same."""
    for threads in a.threads:
        for case in a.cases:
            if threads == 1 or case in THREADED:
                yield threads, case, case, "train"
        if threads == 1:
            for name, (case, samples) in PREDICTIONS.items():
                if case in a.cases:
                    yield threads, name, case, "predict-1" if samples == 1 else "predict"


def measure(a, peers):
    table, counts = Table(), {}
    for _ in range(a.rounds):
        for threads, name, case, what in jobs(a):
            for instructions in a.sets:
                found = ours(a.benchmark, name, threads, instructions)
                if found:
                    table.add((name, threads, instructions), found[:2])
                    counts[name] = found[2]["samples"]
            for (framework, own), peer in peers.items():
                for way in ways(framework, case) if what == "train" and own == threads else []:
                    table.add((name, threads, framework, way), peer.run(case, way))
                if what != "train" and own == threads:
                    table.add((name, threads, framework, what), peer.run(case, what))
        for instructions in a.sets:
            for extra in ("peak", "lenet_masked_128", "lenet_unmasked_128"):
                found = ours(a.benchmark, extra, 1, instructions) if instructions != "portable" else None
                if found:
                    table.add((extra, 1, instructions), found[:2])
                    counts[extra, instructions] = found[2].get("operations")
    return table, counts


def show_case(a, table, counts, job):
    threads, name, case, what = job
    samples, batch, operations = CASES[case]
    # A peer's call predicts one sample a thousand times.
    peers = {key[3] if key[2] == "keras" and what == "train" else key[2]:
             table.get(key, threads) / (1000 if what == "predict-1" else samples)
             for key in table.best if key[:2] == (name, threads) and len(key) == 4}
    for instructions in a.sets:
        own = table.get((name, threads, instructions), threads)
        if own is None:
            continue
        own /= counts[name]
        line = f"{name:18}{threads:2}  {instructions:9}{1e6 * own * (batch if what == 'train' else 1):11.2f} us"
        for label, other in peers.items():
            line += f"{label:>12}{other / own:7.2f} x"
        peak = table.get(("peak", 1, instructions))
        if what == "train" and threads == 1 and peak:
            line += f"{100 * operations / own / (counts['peak', instructions] / peak):10.0f} % of the peak"
        print(line)


def show(a, table, counts):
    print("a step of training or the prediction of one sample, and how many times faster it is than the others'")
    for job in jobs(a):
        show_case(a, table, counts, job)
    for instructions in a.sets:
        for name, goal in LATENCY_GOALS.items():
            own = table.get((name, 1, instructions))
            if own:
                print(f"one sample, {name.split('_')[0]}: {1e6 * own:.2f} us with {instructions} (goal: {goal} us)")
        masked, plain = (table.get((n, 1, instructions)) for n in ("lenet_masked_128", "lenet_unmasked_128"))
        if masked and plain:
            print(f"masks cost {100 * (masked / plain - 1):.1f} % of a step of LeNet with {instructions} "
                  f"(goal: {MASKS_GOAL} %)")
        for name in THREADED:
            one, two = (table.best.get((name, threads, instructions)) for threads in (1, 2))
            if one and two:
                print(f"two threads train {name} {one[1] / two[1]:.2f} times as fast as one on the clock with "
                      f"{instructions}, for {100 * (two[0] / one[0] - 1):.0f} % more processor time")


def memory(a):
    """The largest memory of a program that trains LeNet, in bytes."""
    command = [a.benchmark, "--benchmark_filter=^lenet_128/threads:1/set:2/", "--benchmark_min_time=0.05"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    own = os.wait4(process.pid, 0)[2].ru_maxrss * 1024
    process.returncode = 0
    print(f"memory of training LeNet: ours {own / 2**20:.0f} MiB", end="")
    for framework, python, way in (("keras", a.keras, "step"), ("torch", a.torch, "torch")):
        if python:
            peer = Peer(framework, python, 1)
            peer.run("lenet_128", way)
            peak = peer.end()
            print(f", {framework} {peak / 2**20:.0f} MiB ({peak / own:.1f} times)", end="")
    print()


def main():
    if len(sys.argv) == 4 and sys.argv[1] == "--serve":
        return serve(sys.argv[2], int(sys.argv[3]))
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("benchmark")
    parser.add_argument("--keras", help="a Python that has tensorflow")
    parser.add_argument("--torch", help="a Python that has torch")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--cases", nargs="+", choices=CASES, default=list(CASES))
    parser.add_argument("--sets", nargs="+", choices=SETS, default=["AVX-512", "AVX2"])
    a = parser.parse_args()
    peers = {(framework, threads): Peer(framework, python, threads)
             for framework, python in (("keras", a.keras), ("torch", a.torch)) if python for threads in a.threads}
    try:
        table, counts = measure(a, peers)
    finally:
        for peer in peers.values():
            peer.end()
    show(a, table, counts)
    memory(a)


main()
