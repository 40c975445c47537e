"""Samples of models/digits by DDIM in NumPy, with onnxruntime for the network: what a script without diffusers does."""
import json, time

import numpy as np
import onnxruntime


def levels(config):
    u = np.arange(config["num_train_timesteps"] + 1) / config["num_train_timesteps"]
    curve = np.cos((u + 0.008) / 1.008 * np.pi / 2) ** 2
    roots = np.sqrt(np.cumprod(1 - np.minimum(1 - curve[1:] / curve[:-1], 0.999)))
    return ((roots - roots[-1]) * roots[0] / (roots[0] - roots[-1])) ** 2


def prepare(variant, count, steps, repeats):
    """Seconds of drawing `count` samples: the mean over `repeats`."""
    config = json.load(open("models/digits/scheduler/scheduler_config.json"))
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession("models/digits/unet/model.onnx", options)
    bars = levels(config)
    times = [round(1000 - 1000 * i / steps) - 1 for i in range(steps)]
    labels = np.full(count, 3)

    def sample(seed):
        x = np.random.default_rng(seed).standard_normal((count, 1, 8, 8), np.float32)
        for t in times:
            before = t - 1000 // steps
            at, to = bars[t], bars[before] if before >= 0 else 1.0
            feeds = {"sample": x, "timestep": np.full(count, t, np.float32), "class_labels": labels}
            v = session.run(None, feeds)[0]
            a, s = np.float32(np.sqrt(at)), np.float32(np.sqrt(1 - at))
            x_0 = np.clip(a * x - s * v, -1, 1)
            x = np.float32(np.sqrt(to)) * x_0 + np.float32(np.sqrt(1 - to)) * (a * v + s * x)
        return x

    sample(0)

    def measure():
        start = time.perf_counter()
        for k in range(repeats):
            x = sample(k)
        seconds = (time.perf_counter() - start) / repeats
        if not np.isfinite(x).all():
            raise RuntimeError("a sample is no number")
        return seconds

    return measure
