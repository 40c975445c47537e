"""The peers of npm run bench on given numbers: peers.py WEIGHTS.safetensors INPUTS.json -> JSON on stdout.

INPUTS.json holds {"x_T": [[...]], "noise": [[[...]]]}, a row of noise for each step taken.
"""
import json, sys
import torch

sys.path.insert(0, "bench/peers")
import sampling, training
from network import NoisePredictor, Schedule, load_weights

torch.set_num_threads(1)
weights, inputs = sys.argv[1:]
inputs = json.load(open(inputs))
x_T, noise = (torch.tensor(inputs[name]) for name in ("x_T", "noise"))
model, schedule = NoisePredictor(), Schedule()
model.load_state_dict(load_weights(weights))


def trained(variant):
    """Each step's loss: weights, timesteps and noise from the same seed."""
    torch.manual_seed(1)
    steps = training.VARIANTS[variant](x_T)
    return [steps.step().item() for _ in range(5)]


losses = {variant: trained(variant) for variant in ("eager", "fused")}

# the eager loop draws its own noise: it is given ours in the order in which it asks
given = iter([x_T, *noise])
torch.randn = lambda *size: next(given)
torch.randn_like = lambda x: next(given)
with torch.no_grad():
    samples = {
        "eager": sampling.eager(model, schedule, len(x_T)).tolist(),
        "chunked": sampling.Folded(model, schedule).chunk(x_T, noise).tolist(),
    }
json.dump({"losses": losses, "alphaBars": schedule.alpha_bars.tolist(), **samples}, sys.stdout)
