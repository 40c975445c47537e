"""The networks, written anew: noise_predictor.py WEIGHTS.safetensors INPUTS.json -> outputs as JSON on stdout.

INPUTS.json holds {"T": 10, "timeEmbedding": {"kind": ...}, "x_t": [[...]], "t": [...]}; the post's hidden widths.
"""
import json, math, sys
import torch
from safetensors.torch import load_file
from torch import nn


class NoisePredictor(nn.Module):
    def __init__(self, T, width):
        super().__init__()
        self.T, self.width = T, width
        if width:
            self.t_encoder = nn.Sequential(nn.Linear(width, width), nn.LeakyReLU(), nn.Linear(width, width))
        else:
            self.t_encoder = nn.Linear(T, 1)
        widths = [2 + (width or 1), 100, 100, 100, 20]
        hidden = [layer for a, b in zip(widths, widths[1:]) for layer in (nn.Linear(a, b), nn.LeakyReLU())]
        self.model = nn.Sequential(*hidden, nn.Linear(20, 2))

    def features(self, t, dtype):
        if not self.width:
            return nn.functional.one_hot(t - 1, self.T).to(dtype)
        half = self.width // 2
        frequencies = torch.exp(-math.log(10000) * torch.arange(half, dtype=dtype) / half)
        angles = t[:, None].to(dtype) * frequencies
        return torch.cat([angles.sin(), angles.cos()], dim=1)

    def forward(self, x_t, t):
        return self.model(torch.cat([x_t, self.t_encoder(self.features(t, x_t.dtype))], dim=1))


weights, inputs = sys.argv[1:]
inputs = json.load(open(inputs))
network = NoisePredictor(inputs["T"], inputs["timeEmbedding"].get("width"))
network.load_state_dict(load_file(weights), strict=True)
with torch.no_grad():
    output = network.double()(torch.tensor(inputs["x_t"], dtype=torch.float64), torch.tensor(inputs["t"]))
json.dump(output.tolist(), sys.stdout)
