"""
products.py WEIGHTS.safetensors --rows N: seconds of the bare matrix products for N samples in PyTorch: the network's
layers in sequence, without bias or activation, for each step of each chunk; and the GFLOP/s.
"""
import argparse
import json
import time

import torch

parser = argparse.ArgumentParser()
parser.add_argument("weights")
parser.add_argument("--rows", type=int, default=100_000)
parser.add_argument("--steps", type=int, default=30)
parser.add_argument("--chunk", type=int, default=2000)
parser.add_argument("--threads", type=int, default=2)
options = parser.parse_args()
torch.set_num_threads(options.threads)


def sizes(path):
    """The outputs and inputs of each layer, from the file's header: matrices are layers, vectors are biases."""
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    header.pop("__metadata__", None)
    shapes = sorted((entry["data_offsets"][0], entry["shape"]) for entry in header.values())
    return in_order([tuple(shape) for _, shape in shapes if len(shape) == 2])


def in_order(layers):
    """A file may hold the layers in any order: chains them, since each takes the previous one's output."""
    for _ in layers:
        if all(a[0] == b[1] for a, b in zip(layers, layers[1:])):
            return layers
        layers = layers[1:] + layers[:1]
    raise SystemExit(f"layers of {layers} are no chain")


def measure(layers):
    weights = [torch.randn(inputs, outputs) / inputs**0.5 for outputs, inputs in layers]
    x = torch.randn(options.chunk, layers[0][1])
    buffers = [torch.empty(options.chunk, outputs) for outputs, _ in layers]
    with torch.inference_mode():
        start = time.perf_counter()
        for _ in range(options.rows // options.chunk * options.steps):
            h = x
            for weight, buffer in zip(weights, buffers):
                h = torch.mm(h, weight, out=buffer)
        return time.perf_counter() - start


layers = sizes(options.weights)
# the first run wakes threads and allocates memory
measure(layers)
seconds = measure(layers)
operations = 2 * options.rows * options.steps * sum(outputs * inputs for outputs, inputs in layers)
print(json.dumps({"seconds": seconds, "gflops": operations / seconds / 1e9, "layers": layers}))
