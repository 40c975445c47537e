"""Python's onnxruntime on our sampler.onnx, with noise drawn by NumPy."""
import time
import numpy
import onnxruntime


def prepare(model, count, chunk, threads):
    """Seconds of drawing `count` samples, `chunk` at a time."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    steps = next(given.shape[0] for given in session.get_inputs() if given.name == "noise")
    random = numpy.random.default_rng(0)

    def normals(*shape):
        return random.standard_normal(shape, dtype=numpy.float32)

    def measure():
        start = time.perf_counter()
        result = numpy.empty((count, 2), dtype=numpy.float32)
        for first in range(0, count, chunk):
            size = min(chunk, count - first)
            feeds = {"x_T": normals(size, 2), "noise": normals(steps, size, 2)}
            result[first : first + size] = session.run(["samples"], feeds)[0]
        seconds = time.perf_counter() - start
        if not numpy.isfinite(result).all():
            raise RuntimeError("a sample is no number")
        return seconds

    measure()
    return measure
