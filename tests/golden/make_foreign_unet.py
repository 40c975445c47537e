"""Writes foreign_unet.json: samples of models/digits by diffusers as shipped, in float32, and in float64 tables.

    python make_foreign_unet.py

Needs diffusers (0.42.1 here), torch and onnxruntime, which runs the network in both. `last` is the last state of diffusers
as it is; `exact` that of the same scheduler with float64 tables and states (see make_foreign.py), whose network is still
float32.
"""

import json
import pathlib

import diffusers
import numpy as np
import onnxruntime
import torch

from make_foreign import float64

here = pathlib.Path(__file__).parent
folder = here.parent.parent / "models" / "digits"
saved = json.loads((folder / "scheduler" / "scheduler_config.json").read_text())
session = onnxruntime.InferenceSession(folder / "unet" / "model.onnx")
LABELS, NONE, ROWS, STEPS = [3, 7], 10, 2, 12
NOISE = np.random.default_rng(2).standard_normal((STEPS + 1, ROWS, 64)).round(4)

# the class, what differs from the model's own settings, and guidance
CASES = [
    ("DDIMScheduler", {}, 1), ("DDIMScheduler", {}, 3), ("DDIMScheduler", dict(clip_sample=False), 1),
    ("DDPMScheduler", {}, 1), ("EulerDiscreteScheduler", {}, 1), ("EulerAncestralDiscreteScheduler", {}, 1),
    ("EulerDiscreteScheduler", dict(use_karras_sigmas=True, rescale_betas_zero_snr=False, beta_schedule="linear"), 1),
    ("HeunDiscreteScheduler", dict(beta_schedule="linear", beta_start=0.0001, beta_end=0.02), 1),
    ("DPMSolverMultistepScheduler", {}, 1), ("DPMSolverMultistepScheduler", dict(algorithm_type="sde-dpmsolver++"), 2),
    ("UniPCMultistepScheduler", {}, 1), ("PNDMScheduler", dict(skip_prk_steps=True, beta_schedule="linear"), 1), ("LCMScheduler", {}, 1),
]  # fmt: skip


def network(x, t, labels):
    time = np.full(len(x), float(t), "f4")
    feeds = {"sample": x.numpy().astype("f4"), "timestep": time, "class_labels": np.array(labels)}
    return torch.from_numpy(session.run(None, feeds)[0]).to(x.dtype)


def last_state(name, settings, guidance, dtype):
    scheduler = getattr(diffusers, name).from_config({**saved, "_class_name": name, **settings})
    module = __import__(type(scheduler).__module__, fromlist=["x"])
    scheduler.set_timesteps(STEPS)
    noise = torch.tensor(NOISE, dtype=dtype).reshape(STEPS + 1, ROWS, 1, 8, 8)
    step = [0]
    module.randn_tensor = lambda shape, dtype=None, **_: noise[step[0] + 1].to(dtype)
    x = noise[0] * scheduler.init_noise_sigma
    for t in scheduler.timesteps:
        scaled = scheduler.scale_model_input(x, t)
        if guidance == 1:
            output = network(scaled, t, LABELS)
        else:
            u, c = network(torch.cat([scaled, scaled]), t, [NONE] * ROWS + LABELS).chunk(2)
            output = u + guidance * (c - u)
        x = scheduler.step(output, t, x).prev_sample
        step[0] += 1
    return [float(f"{v:.8g}") for v in x.flatten()]


cases = []
for name, settings, guidance in CASES:
    case = dict(config={**saved, "_class_name": name, **settings}, guidance=guidance)
    case["last"] = last_state(name, settings, guidance, torch.float32)
    with float64():
        case["exact"] = last_state(name, settings, guidance, torch.float64)
    cases.append(case)
    largest = np.abs(case["last"]).max()
    print(name, settings, largest, np.abs(np.subtract(case["last"], case["exact"])).max() / largest)
result = dict(labels=LABELS, none=NONE, steps=STEPS, noise=NOISE.reshape(STEPS + 1, -1).tolist())
lines = ",\n".join(json.dumps(case) for case in cases)
(here / "foreign_unet.json").write_text(json.dumps(result)[:-1] + f', "cases": [\n{lines}\n]}}\n')
