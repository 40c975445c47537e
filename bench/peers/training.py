"""Training loops on the full batch: the post's, and the same with PyTorch's faster settings."""
import itertools
import time

import torch
from network import T, NoisePredictor, Schedule, load_points
from torch.nn.functional import mse_loss

RATE = {"lr": 1e-2, "betas": (0.9, 0.999), "weight_decay": 1e-4}


class Eager:
    """As in a notebook: each step indexes tables, takes roots and runs the optimizer again."""

    def __init__(self, x_0):
        self.x_0, self.schedule, self.model = x_0, Schedule(), NoisePredictor()
        self.optimizer = torch.optim.AdamW(self.model.parameters(), **RATE)

    def step(self):
        with torch.no_grad():
            t = torch.randint(1, T + 1, (len(self.x_0),))
            epsilon = torch.randn_like(self.x_0)
            alpha_bar = self.schedule.alpha_bars[t, None]
            x_t = alpha_bar**0.5 * self.x_0 + (1 - alpha_bar) ** 0.5 * epsilon
        loss = mse_loss(self.model(x_t, t), epsilon)
        loss.backward()
        self.optimizer.step()
        self.optimizer.zero_grad()
        return loss


class Fused:
    """Fused AdamW, tabulated roots, and a column of the encoder's weight in place of a one-hot product."""

    def __init__(self, x_0):
        self.x_0, self.model = x_0, NoisePredictor()
        bars = Schedule().alpha_bars[:, None]
        self.signal, self.noise = bars.sqrt(), (1 - bars).sqrt()
        self.optimizer = torch.optim.AdamW(self.model.parameters(), fused=True, **RATE)

    def loss(self, t, epsilon):
        x_t = torch.addcmul(self.noise[t] * epsilon, self.signal[t], self.x_0)
        encoder = self.model.t_encoder
        embedding = (encoder.weight[0] + encoder.bias)[t - 1, None]
        return mse_loss(self.model.model(torch.cat([x_t, embedding], dim=1)), epsilon)

    def step(self):
        self.optimizer.zero_grad(set_to_none=True)
        loss = self.loss(torch.randint(1, T + 1, (len(self.x_0),)), torch.randn_like(self.x_0))
        loss.backward()
        self.optimizer.step()
        return loss


class Compiled(Fused):
    """The same, with compiled forward and backward passes."""

    def __init__(self, x_0):
        super().__init__(x_0)
        self.loss = torch.compile(super().loss)


VARIANTS = {"eager": Eager, "fused": Fused, "compiled": Compiled}


def prepare_steps(variant, data, steps):
    """Seconds of one step: the mean over `steps`."""
    torch.manual_seed(0)
    training = VARIANTS[variant](load_points(data))
    for _ in range(50):
        training.step()
    return lambda: seconds_of(training, steps) / steps


def prepare_run(data, steps):
    """Seconds of a whole training. Each call uses the next seed."""
    x_0, seeds = load_points(data), itertools.count()

    def measure():
        torch.manual_seed(next(seeds))
        return seconds_of(Eager(x_0), steps)

    return measure


def seconds_of(training, steps):
    start = time.perf_counter()
    for _ in range(steps):
        loss = training.step()
    seconds = time.perf_counter() - start
    if not torch.isfinite(loss):
        raise RuntimeError("the loss is no number")
    return seconds
