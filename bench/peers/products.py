"""The bare matrix products of a network in PyTorch: its layers in sequence, without bias or activation."""
import time

import torch


def prepare(layers, rows, steps, chunk=2000):
    """The products of each step of each chunk of rows."""
    weights = [torch.randn(inputs, outputs) / inputs**0.5 for inputs, outputs in layers]
    x, buffers = torch.randn(chunk, layers[0][0]), [torch.empty(chunk, outputs) for _, outputs in layers]

    @torch.inference_mode()
    def measure():
        start = time.perf_counter()
        for _ in range(rows // chunk * steps):
            h = x
            for weight, buffer in zip(weights, buffers):
                h = torch.mm(h, weight, out=buffer)
        return time.perf_counter() - start

    measure()
    return measure
