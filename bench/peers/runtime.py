"""Python's onnxruntime on our graphs."""
import os
import time

import numpy
import onnxruntime


def session_of(model):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = int(os.environ["OMP_NUM_THREADS"])
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def timed(work):
    """Seconds of some work, after once to warm up."""

    def measure():
        start = time.perf_counter()
        work()
        return time.perf_counter() - start

    measure()
    return measure


def prepare_samples(model, count, chunk):
    """Drawing `count` samples with a sampler.onnx, `chunk` at a time, with noise drawn by NumPy."""
    session = session_of(model)
    steps = next(given.shape[0] for given in session.get_inputs() if given.name == "noise")
    random = numpy.random.default_rng(0)

    def draw(size):
        shapes = {"x_T": (size, 2), "noise": (steps, size, 2)}
        feeds = {name: random.standard_normal(shape, dtype=numpy.float32) for name, shape in shapes.items()}
        return session.run(["samples"], feeds)[0]

    return timed(lambda: numpy.concatenate([draw(min(chunk, count - first)) for first in range(0, count, chunk)]))


def prepare_rows(model, rows):
    """A run of a seeded.onnx."""
    session = session_of(model)
    feeds = {"seed": numpy.full(rows, 7, numpy.int64), "index": numpy.arange(rows, dtype=numpy.int64)}
    return timed(lambda: session.run(None, feeds))
