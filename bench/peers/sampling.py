"""Sampling loops, DDPM with T steps: the post's, and the same with PyTorch's faster settings."""
import time

import torch
from network import T, NoisePredictor, Schedule, load_weights
from torch.nn.functional import leaky_relu, linear

CHUNK = 2000


def eager(model, schedule, count):
    """As in a notebook: all samples at once, with t as a vector that the network makes one-hot."""
    x = torch.randn(count, 2)
    for t in range(T, 0, -1):
        with torch.no_grad():
            epsilon = model(x, torch.full((count,), t))
        alpha, alpha_bar = schedule.alphas[t], schedule.alpha_bars[t]
        mean = (x - (1 - alpha) / (1 - alpha_bar) ** 0.5 * epsilon) / alpha**0.5
        x = mean + schedule.sigmas[t] * torch.randn_like(x)
    return x


class Folded:
    """With t's embedding folded into the first layer's bias, and the step's formula into three numbers."""

    def __init__(self, model, schedule):
        encoder, first = model.t_encoder, model.model[0]
        embeddings = encoder.weight[0] + encoder.bias
        self.first = first.weight[:, :2].contiguous()
        self.biases = [first.bias + first.weight[:, 2] * embeddings[t - 1] for t in range(T, 0, -1)]
        self.later = [(layer.weight, layer.bias) for layer in list(model.model)[2::2]]
        self.factors = []
        for t in range(T, 0, -1):
            alpha, alpha_bar = float(schedule.alphas[t]), float(schedule.alpha_bars[t])
            share = (1 - alpha) / (1 - alpha_bar) ** 0.5
            self.factors.append((alpha**-0.5, -share * alpha**-0.5, float(schedule.sigmas[t])))

    def chunk(self, x, noise):
        for j, (keep, take, sigma) in enumerate(self.factors):
            h = linear(x, self.first, self.biases[j])
            for weight, bias in self.later:
                h = linear(leaky_relu(h), weight, bias)
            x = keep * x + take * h
            if sigma:
                x = x + sigma * noise[j]
        return x

    @torch.inference_mode()
    def sample(self, count):
        sizes = [min(CHUNK, count - start) for start in range(0, count, CHUNK)]
        return torch.cat([self.chunk(torch.randn(size, 2), torch.randn(T, size, 2)) for size in sizes])


def loop_of(variant, weights):
    model, schedule = NoisePredictor(), Schedule()
    model.load_state_dict(load_weights(weights))
    if variant == "eager":
        return lambda count: eager(model, schedule, count)
    with torch.no_grad():
        folded = Folded(model, schedule)
    if variant == "compiled":
        folded.chunk = torch.compile(folded.chunk, dynamic=False)
    return folded.sample


def prepare(variant, weights, count, repeats):
    """Seconds of drawing `count` samples: the mean over `repeats`."""
    torch.manual_seed(0)
    sample = loop_of(variant, weights)
    for _ in range(3):
        sample(count)

    def measure():
        start = time.perf_counter()
        for _ in range(repeats):
            x = sample(count)
        seconds = (time.perf_counter() - start) / repeats
        if not torch.isfinite(x).all():
            raise RuntimeError("a sample is no number")
        return seconds

    return measure
