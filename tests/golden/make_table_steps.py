"""Makes table_steps.json: the first training steps and the estimates of a network of recipe table, with PyTorch in
float64.

    /path/to/venv/bin/python make_table_steps.py

The gradients are autograd's and the steps are torch.optim.AdamW's. A row's dimensions are its blocks' in order: numbers
of one dimension and categories of one per value, one-hot of -1 and 1. What is written is what was used: sigmas, inputs
and first weights are rounded before they enter. Numbers keep 10 significant digits, so that the file is the same on
every run, whatever the last bits.
"""
import json, math, pathlib
import numpy as np, torch
from torch.nn.functional import linear, silu

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)
rng = np.random.default_rng(0)
blocks = [("number", 1), ("category", 3), ("number", 1), ("category", 2), ("category", 4)]
hidden = [6, 6, 6]
T, sigma_min, sigma_max, rho = 5, 0.04, 6.0, 7
learning_rates = [0.03, 0.05, 0.02, 0.01]
beta1, beta2, epsilon, weight_decay, average_decay = 0.9, 0.99, 1e-8, 0.1, 0.9

widths = torch.tensor([width for _, width in blocks])
starts = [sum(width for _, width in blocks[:b]) for b in range(len(blocks))]
D = sum(width for _, width in blocks)
number_blocks = [b for b, (kind, _) in enumerate(blocks) if kind == "number"]
numbers = [starts[b] for b in number_blocks]
categories = [slice(start, start + width) for start, (kind, width) in zip(starts, blocks) if kind == "category"]
is_number = torch.tensor([d in numbers for d in range(D)])


def rounded(value):
    """To 10 significant digits; adding zero makes -0 a plain 0."""
    if isinstance(value, (list, tuple)):
        return [rounded(v) for v in value]
    return float(f"{value:.10g}") + 0.0 if isinstance(value, float) else value


def used(array):
    """A tensor of numbers as they'll be written."""
    return torch.tensor(rounded(array.tolist()))


def plain(value):
    if isinstance(value, dict):
        return {name: plain(v) for name, v in value.items()}
    if isinstance(value, list):
        return [plain(v) for v in value]
    return rounded(value.tolist() if isinstance(value, torch.Tensor) else value)


def flat(tensors):
    return {name: tensor.detach().clone().reshape(-1) for name, tensor in tensors.items()}


# ---- the network -------------------------------------------------------------------------------
sigmas = used(np.linspace(sigma_min ** (1 / rho), sigma_max ** (1 / rho), T) ** rho)  # of t = 1..T
alpha_bars = 1 / (1 + sigmas**2)
frequencies = torch.tensor([0.05 * 30 ** (j / 7) for j in range(8)])  # geometric, from 0.05 to 1.5


def inputs(x_t, t, known, known_values):
    k = known.repeat_interleave(widths, dim=1)
    kv = known_values * k
    shares = torch.where(is_number, kv, (kv + k) / 2)  # of a category 1 and 0, so that what is not there moves no weight
    z, kz = kv[:, numbers], known[:, number_blocks]
    features = [wave(math.pi * f * z) * kz for f in (1, 2, 4) for wave in (torch.sin, torch.cos)]
    angles = (sigmas[t - 1].log() / 4)[:, None] * 2 * math.pi * frequencies
    return torch.cat([x_t * (1 - k), shares, known, *features, angles.sin(), angles.cos()], dim=1)


def network(p, u):
    h = silu(linear(u, p["input.weight"], p["input.bias"]))
    for i in range(len(hidden) - 1):
        h = h + silu(linear(h, p[f"hidden.{i}.weight"], p[f"hidden.{i}.bias"]))
    return linear(h, p["output.weight"], p["output.bias"])


def estimate(out, x_t, t, known, known_values):
    a = alpha_bars[t - 1][:, None]
    x_0 = a.sqrt() * x_t - (1 - a).sqrt() * out
    for c in categories:
        x_0[:, c] = 2 * out[:, c].softmax(dim=1) - 1
    k = known.repeat_interleave(widths, dim=1)
    return k * known_values + (1 - k) * x_0


def loss_of(p, u, target, weights):
    out = network(p, u)
    loss = (weights * (out - target) ** 2)[:, numbers].sum()
    for c in categories:
        loss = loss - (weights * target)[:, c].mul(out[:, c].log_softmax(dim=1)).sum()
    return loss / len(u)


# ---- batches -----------------------------------------------------------------------------------
def batch(masks):
    n = len(masks)
    x_0 = used(rng.uniform(-1.5, 1.5, (n, D)))
    for c in categories:
        x_0[:, c] = -1
        x_0[torch.arange(n), c.start + torch.tensor(rng.integers(0, c.stop - c.start, n))] = 1
    t = torch.tensor(rng.permutation(np.resize(np.arange(1, T + 1), n)))
    noise = torch.tensor(rng.standard_normal((n, D)))
    a = alpha_bars[t - 1][:, None]
    known = torch.tensor(masks, dtype=torch.float64)
    k = known.repeat_interleave(widths, dim=1)
    given = dict(x_t=used(a.sqrt() * x_0 + (1 - a).sqrt() * noise), t=t, known=known, known_values=x_0 * k)
    target = used(torch.where(is_number, a.sqrt() * noise - (1 - a).sqrt() * x_0, (x_0 + 1) / 2))
    of_row = torch.tensor(rng.uniform(0.2, 2, (n, 1)))
    return given, target, used(of_row * torch.where(is_number, 3.0, 1.0) * (1 - k))


def all_but(block):
    return [int(b != block) for b in range(len(blocks))]


def some():
    """Two or three blocks known, drawn."""
    chosen = rng.permutation(len(blocks))[: rng.integers(2, 4)]
    return [int(b in chosen) for b in range(len(blocks))]


def only(block):
    return [int(b == block) for b in range(len(blocks))]


nothing = [0] * len(blocks)

# ---- first weights -----------------------------------------------------------------------------
shapes, width = {}, 2 * D + len(blocks) + 6 * len(numbers) + 2 * len(frequencies)
for name, size in [("input", hidden[0]), *((f"hidden.{i}", h) for i, h in enumerate(hidden[1:])), ("output", D)]:
    shapes[f"{name}.weight"], shapes[f"{name}.bias"], width = (size, width), (size,), size
first = {
    name: used(rng.standard_normal(shape) * (0.3 if name.endswith("bias") else (2 / shape[-1]) ** 0.5))
    for name, shape in shapes.items()
}


def check_gradient(p, u, target, weights, h=1e-5):
    """Autograd against central differences: the first, the middle and the last of each tensor."""
    for name, parameter in p.items():
        for i in (0, parameter.numel() // 2, parameter.numel() - 1):
            sides = []
            for sign in (1, -1):
                moved = {other: tensor.detach().clone() for other, tensor in p.items()}
                moved[name].view(-1)[i] += sign * h
                sides.append(loss_of(moved, u, target, weights).item())
            difference, gradient = (sides[0] - sides[1]) / (2 * h), parameter.grad.view(-1)[i].item()
            assert abs(difference - gradient) <= 1e-6 * abs(gradient), (name, i, difference, gradient)


# ---- training steps ----------------------------------------------------------------------------
parameters = {name: value.clone().requires_grad_() for name, value in first.items()}
average = {name: value.clone() for name, value in first.items()}
adamw = torch.optim.AdamW(parameters.values(), lr=0, betas=(beta1, beta2), eps=epsilon, weight_decay=weight_decay)
steps = []
for s, learning_rate in enumerate(learning_rates, start=1):
    masks = [nothing, nothing, only(s % 5), some(), some(), some(), all_but(s - 1), all_but(s)]
    given, target, weights = batch(masks)
    u = inputs(**given)
    loss = loss_of(parameters, u, target, weights)
    adamw.zero_grad()
    loss.backward()
    if s == 1:
        check_gradient(parameters, u, target, weights)
    # AdamW divides a gradient by its own size: one close to zero would magnify last bits. Names that are known in no row
    # of the batch, and they alone, have none at all
    gradients = torch.cat([p.grad.abs().reshape(-1) for p in parameters.values()])
    assert gradients[gradients > 0].min() > 1e-6
    assert not (parameters["input.weight"].grad == 0)[:, u.abs().sum(0) > 0].any()
    adamw.param_groups[0]["lr"] = learning_rate
    adamw.step()
    decay = min(average_decay, (1 + s) / (10 + s))
    for name, value in average.items():
        value += (1 - decay) * (parameters[name].detach() - value)
    steps.append({
        **given, "known": given["known"].int(), "target": target, "weights": weights, "learningRate": learning_rate,
        "u": u, "loss": loss.item(), "parameters": flat(parameters), "average": flat(average),
        "firstMoment": flat({name: adamw.state[p]["exp_avg"] for name, p in parameters.items()}),
    })

# ---- estimates, with the first weights ---------------------------------------------------------
given, _, _ = batch([nothing, only(0), some(), some(), all_but(2), all_but(4)])
out = network(first, inputs(**given))
made = {
    "blocks": [{"kind": kind, "width": width} for kind, width in blocks],
    "hidden": hidden,
    "T": T,
    "schedule": {"kind": "karras", "T": T, "sigmaMin": sigma_min, "sigmaMax": sigma_max, "rho": rho},
    "sigmas": sigmas,
    "optimizer": {"name": "adamw", "beta1": beta1, "beta2": beta2, "epsilon": epsilon, "weightDecay": weight_decay,
                  "averageDecay": average_decay},
    "weights": {name: {"shape": list(value.shape), "data": value.reshape(-1)} for name, value in first.items()},
    "steps": steps,
    "predictions": {**given, "known": given["known"].int(), "output": out, "sample": estimate(out, **given)},
}
(pathlib.Path(__file__).parent / "table_steps.json").write_text(json.dumps(plain(made)) + "\n")
