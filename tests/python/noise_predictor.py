"""The post's network, written anew: noise_predictor.py WEIGHTS.safetensors INPUTS.json -> outputs as JSON on stdout.

INPUTS.json holds {"T": 10, "x_t": [[...]], "t": [...]}.
"""
import json, sys
import torch
from safetensors.torch import load_file
from torch import nn


class NoisePredictor(nn.Module):
    def __init__(self, T):
        super().__init__()
        self.T = T
        self.t_encoder = nn.Linear(T, 1)
        widths = [3, 100, 100, 100, 20]
        hidden = [layer for a, b in zip(widths, widths[1:]) for layer in (nn.Linear(a, b), nn.LeakyReLU())]
        self.model = nn.Sequential(*hidden, nn.Linear(20, 2))

    def forward(self, x_t, t):
        one_hot = nn.functional.one_hot(t - 1, self.T).to(x_t.dtype)
        return self.model(torch.cat([x_t, self.t_encoder(one_hot)], dim=1))


weights, inputs = sys.argv[1:]
inputs = json.load(open(inputs))
network = NoisePredictor(inputs["T"])
network.load_state_dict(load_file(weights), strict=True)
with torch.no_grad():
    output = network.double()(torch.tensor(inputs["x_t"], dtype=torch.float64), torch.tensor(inputs["t"]))
json.dump(output.tolist(), sys.stdout)
