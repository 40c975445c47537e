"""The post's network and schedule for two columns, written as in a notebook."""
import json

import numpy
import torch
from torch import nn

# operators that run beside each other would take more threads than ours
torch.set_num_interop_threads(1)

T = 10


class NoisePredictor(nn.Module):
    def __init__(self):
        super().__init__()
        self.t_encoder = nn.Linear(T, 1)
        widths = [3, 100, 100, 100, 20]
        hidden = [layer for a, b in zip(widths, widths[1:]) for layer in (nn.Linear(a, b), nn.LeakyReLU(inplace=True))]
        self.model = nn.Sequential(*hidden, nn.Linear(20, 2))

    def forward(self, x_t, t):
        embedding = self.t_encoder(nn.functional.one_hot(t - 1, num_classes=T).float())
        return self.model(torch.cat([x_t, embedding], dim=1))


class Schedule:
    """Polynomial with power 3 from 1e-4 to 0.9; index 0 is the clean sample."""

    def __init__(self):
        roots = torch.linspace(1e-4 ** (1 / 3), 0.9 ** (1 / 3), T, dtype=torch.float64)
        betas = torch.cat([torch.zeros(1, dtype=torch.float64), roots**3])
        alpha_bars = torch.cumprod(1 - betas, dim=0)
        before = torch.cat([torch.ones(1, dtype=torch.float64), alpha_bars[:-1]])
        sigmas = torch.sqrt(betas * (1 - before) / (1 - alpha_bars).clamp(min=1e-30))
        sigmas[:2] = 0
        self.alphas, self.alpha_bars, self.sigmas = (1 - betas).float(), alpha_bars.float(), sigmas.float()


def load_weights(path):
    """Reads a state dict from a .safetensors file, without the package of that name."""
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        body = numpy.frombuffer(file.read(), "<f4").copy()
    header.pop("__metadata__", None)
    parts = {name: body[slice(*(at // 4 for at in entry["data_offsets"]))] for name, entry in header.items()}
    return {name: torch.from_numpy(part.reshape(header[name]["shape"])) for name, part in parts.items()}


def load_points(path):
    """The rows of a .csv file, with each column scaled to [-1, 1]."""
    rows = numpy.loadtxt(path, delimiter=",", skiprows=1)
    low, high = rows.min(axis=0), rows.max(axis=0)
    return torch.from_numpy(2 * (rows - low) / (high - low) - 1).float()
