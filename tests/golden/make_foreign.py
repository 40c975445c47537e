"""Writes foreign.json: what diffusers' own schedulers do in float64, on fixed noise and an analytic network, state by state.

    python make_foreign.py

Needs diffusers (0.42.1 here) and torch. diffusers keeps its tables in float32; renaming torch.float32 and np.float32
while it runs makes all of them float64. Its states have a unit of their own at each noise level, which `units` has: a
state is that times one whose signal and noise have variances of sum 1.
"""

import contextlib
import importlib
import json
import os
import warnings

import diffusers
import numpy as np
import torch

warnings.filterwarnings("ignore")
diffusers.logging.set_verbosity_error()
torch.set_num_threads(1)
torch.set_grad_enabled(False)

ROWS, DIM = 2, 3
SD = dict(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear")
V = dict(SD, prediction_type="v_prediction")
ZERO_SNR = dict(V, rescale_betas_zero_snr=True, timestep_spacing="trailing")
FLOW = dict(prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=3.0)
LIMIT = dict(thresholding=True, dynamic_thresholding_ratio=0.9, sample_max_value=1.5)
TRAILING, LEADING = dict(timestep_spacing="trailing"), dict(timestep_spacing="leading")
DDIM, DDPM, PNDM, LCM = "DDIMScheduler", "DDPMScheduler", "PNDMScheduler", "LCMScheduler"
EULER, ANCESTRAL, HEUN = "EulerDiscreteScheduler", "EulerAncestralDiscreteScheduler", "HeunDiscreteScheduler"
DPM, UNIPC, FLOW_EULER = "DPMSolverMultistepScheduler", "UniPCMultistepScheduler", "FlowMatchEulerDiscreteScheduler"
EDM_EULER, EDM_DPM = "EDMEulerScheduler", "EDMDPMSolverMultistepScheduler"
SDE = dict(algorithm_type="sde-dpmsolver++")

# what it is, the class, its settings, steps, and eta where DDIM takes one
CASES = [
    ("the defaults: leading, x_0 clipped", DDIM, {}, 10, None),
    ("leading", DDIM, dict(clip_sample=False), 10, None),
    ("trailing", DDIM, dict(TRAILING, clip_sample=False), 10, None),
    ("trailing, x_0 clipped, 7 steps", DDIM, dict(TRAILING, clip_sample_range=0.8), 7, None),
    ("linspace", DDIM, dict(clip_sample=False, timestep_spacing="linspace"), 10, None),
    ("linspace, 7 steps, eta 1", DDIM, dict(clip_sample=False, timestep_spacing="linspace"), 7, 1.0),
    ("steps_offset 1, set_alpha_to_one false", DDIM, dict(SD, clip_sample=False, steps_offset=1, set_alpha_to_one=False), 10, None),
    ("set_alpha_to_one false, eta 1", DDIM, dict(SD, clip_sample=False, set_alpha_to_one=False), 10, 1.0),
    ("eta 1", DDIM, dict(clip_sample=False), 10, 1.0),
    ("eta 0.5, x_0 clipped", DDIM, {}, 10, 0.5),
    ("x_0 thresholded", DDIM, dict(LIMIT, clip_sample=False), 10, None),
    ("squaredcos_cap_v2, sample", DDIM, dict(beta_schedule="squaredcos_cap_v2", prediction_type="sample"), 10, None),
    ("v, zero SNR, trailing", DDIM, dict(ZERO_SNR, clip_sample=False), 10, None),
    ("v, zero SNR, trailing, eta 1, x_0 clipped", DDIM, dict(ZERO_SNR), 10, 1.0),
    ("trained_betas of 100 steps", DDIM, dict(num_train_timesteps=100, clip_sample=False, trained_betas=[0.001 * (i + 1) for i in range(100)]), 10, None),
    ("the defaults: leading, x_0 clipped", DDPM, {}, 20, None),
    ("leading", DDPM, dict(clip_sample=False), 20, None),
    ("fixed_large, trailing", DDPM, dict(TRAILING, clip_sample=False, variance_type="fixed_large"), 20, None),
    ("fixed_small_log, sigmoid betas", DDPM, dict(clip_sample=False, variance_type="fixed_small_log", beta_schedule="sigmoid"), 20, None),
    ("x_0 thresholded", DDPM, dict(LIMIT, clip_sample=False), 20, None),
    ("v, zero SNR, trailing, 7 steps", DDPM, dict(ZERO_SNR, clip_sample=False), 7, None),
    ("linspace", DDPM, dict(clip_sample=False, timestep_spacing="linspace"), 20, None),
    ("the defaults: linspace", EULER, {}, 10, None),
    ("leading, steps_offset 1", EULER, dict(SD | LEADING, steps_offset=1), 10, None),
    ("trailing", EULER, TRAILING, 10, None),
    ("karras sigmas", EULER, dict(use_karras_sigmas=True), 10, None),
    ("exponential sigmas", EULER, dict(use_exponential_sigmas=True), 10, None),
    ("karras sigmas from 0.05 to 10", EULER, dict(use_karras_sigmas=True, sigma_min=0.05, sigma_max=10.0), 10, None),
    ("final sigma_min", EULER, dict(final_sigmas_type="sigma_min"), 10, None),
    ("v, zero SNR, trailing", EULER, ZERO_SNR, 10, None),
    ("v, continuous times, karras sigmas", EULER, dict(V, use_karras_sigmas=True, timestep_type="continuous"), 10, None),
    ("sample", EULER, dict(prediction_type="sample"), 10, None),
    ("the defaults: linspace", ANCESTRAL, {}, 10, None),
    ("v, zero SNR, trailing", ANCESTRAL, ZERO_SNR, 10, None),
    ("leading, steps_offset 1", ANCESTRAL, dict(SD | LEADING, steps_offset=1), 10, None),
    ("the defaults: linspace", HEUN, {}, 6, None),
    ("karras sigmas", HEUN, dict(use_karras_sigmas=True), 6, None),
    ("exponential sigmas", HEUN, dict(use_exponential_sigmas=True), 6, None),
    ("trailing, x_0 clipped", HEUN, dict(TRAILING, clip_sample=True), 6, None),
    ("v, leading", HEUN, dict(V | LEADING), 6, None),
    ("the defaults: linspace, order 2", DPM, {}, 10, None),
    ("leading, steps_offset 1", DPM, dict(SD | LEADING, steps_offset=1), 10, None),
    ("trailing", DPM, TRAILING, 10, None),
    ("order 1", DPM, dict(solver_order=1), 10, None),
    ("karras sigmas", DPM, dict(use_karras_sigmas=True), 10, None),
    ("exponential sigmas", DPM, dict(use_exponential_sigmas=True), 10, None),
    ("lu lambdas", DPM, dict(use_lu_lambdas=True), 10, None),
    ("final sigma_min, 16 steps", DPM, dict(final_sigmas_type="sigma_min"), 16, None),
    ("final sigma_min, 10 steps", DPM, dict(final_sigmas_type="sigma_min"), 10, None),
    ("euler_at_final", DPM, dict(euler_at_final=True, lower_order_final=False), 10, None),
    ("x_0 thresholded", DPM, LIMIT, 10, None),
    ("squaredcos_cap_v2, lambda_min_clipped", DPM, dict(beta_schedule="squaredcos_cap_v2", lambda_min_clipped=-5.1), 10, None),
    ("squaredcos_cap_v2, karras sigmas", DPM, dict(beta_schedule="squaredcos_cap_v2", use_karras_sigmas=True), 10, None),
    ("v, zero SNR, trailing", DPM, ZERO_SNR, 10, None),
    ("flow sigmas, shift 3", DPM, FLOW, 10, None),
    ("sde", DPM, SDE, 10, None),
    ("sde, order 1, karras sigmas", DPM, dict(SDE, solver_order=1, use_karras_sigmas=True), 10, None),
    ("sde, final sigma_min, 10 steps", DPM, dict(SDE, final_sigmas_type="sigma_min"), 10, None),
    ("sde, final sigma_min, 16 steps", DPM, dict(SDE, final_sigmas_type="sigma_min"), 16, None),
    ("the defaults: bh2, order 2", UNIPC, {}, 10, None),
    ("order 1", UNIPC, dict(solver_order=1), 10, None),
    ("order 3", UNIPC, dict(solver_order=3), 10, None),
    ("order 3, lower_order_final false", UNIPC, dict(solver_order=3, lower_order_final=False, final_sigmas_type="sigma_min"), 10, None),
    ("bh1, final sigma_min", UNIPC, dict(solver_type="bh1", final_sigmas_type="sigma_min"), 10, None),
    ("karras sigmas, no corrector at 2 and 3", UNIPC, dict(use_karras_sigmas=True, disable_corrector=[2, 3]), 10, None),
    ("exponential sigmas", UNIPC, dict(use_exponential_sigmas=True), 10, None),
    ("x_0 thresholded", UNIPC, LIMIT, 10, None),
    ("v, trailing", UNIPC, dict(V | TRAILING), 10, None),
    ("flow sigmas, shift 3", UNIPC, FLOW, 10, None),
    ("PLMS, steps_offset 1", PNDM, dict(SD, skip_prk_steps=True, steps_offset=1), 10, None),
    ("PLMS, v, set_alpha_to_one", PNDM, dict(V, skip_prk_steps=True, set_alpha_to_one=True), 10, None),
    ("PLMS, trailing", PNDM, dict(SD | TRAILING, skip_prk_steps=True), 10, None),
    ("the defaults, 4 steps", LCM, {}, 4, None),
    ("x_0 clipped, 1 step", LCM, dict(clip_sample=True), 1, None),
    ("v, 8 steps", LCM, dict(V, original_inference_steps=40), 8, None),
    ("the defaults", FLOW_EULER, {}, 10, None),
    ("shift 3", FLOW_EULER, dict(shift=3.0), 10, None),
    ("shift_terminal 0.1, karras sigmas", FLOW_EULER, dict(shift_terminal=0.1, use_karras_sigmas=True), 10, None),
    ("exponential sigmas", FLOW_EULER, dict(use_exponential_sigmas=True), 10, None),
    ("stochastic_sampling", FLOW_EULER, dict(stochastic_sampling=True), 10, None),
    ("the defaults: karras, rho 7", EDM_EULER, {}, 16, None),
    ("exponential, final sigma_min", EDM_EULER, dict(sigma_schedule="exponential", final_sigmas_type="sigma_min"), 16, None),
    ("v, sigma_data 1", EDM_EULER, dict(prediction_type="v_prediction", sigma_data=1.0, sigma_max=20.0), 8, None),
    ("the defaults: order 2", EDM_DPM, {}, 12, None),
    ("x_0 thresholded", EDM_DPM, LIMIT, 12, None),
    ("sde", EDM_DPM, SDE, 12, None),
]
# timesteps that the caller chose: class, settings, timesteps
CHOSEN = [
    ("timesteps of the caller's", DDPM, dict(clip_sample=False), [900, 500, 120, 7]),
    ("timesteps of the caller's", EULER, {}, [900, 500, 120, 7]),
    ("timesteps of the caller's", DPM, {}, [900, 500, 120, 7]),
    ("timesteps of the caller's", HEUN, {}, [900, 500, 120, 7]),
    ("timesteps of the caller's", LCM, {}, [900, 500, 120, 7]),
]

rng = np.random.default_rng(1)
# row 0 is x_T, row j + 1 the noise of step j
NOISE = rng.standard_normal((21, ROWS, DIM)).round(6)


@contextlib.contextmanager
def float64():
    kept = torch.float32, np.float32, torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    torch.float32, np.float32 = torch.float64, np.float64
    try:
        yield
    finally:
        torch.float32, np.float32 = kept[:2]
        torch.set_default_dtype(kept[2])


def network(x, t):
    """Bounded, not linear, and it depends on the time."""
    return 0.7 * x / (1 + x * x) + 0.2 * x * (t / 1000) + 0.1 * (t / 1000)


def unit_of(scheduler, sigma):
    """diffusers' state beside one with a^2 + s^2 = 1."""
    name = type(scheduler).__name__
    if name == FLOW_EULER or scheduler.config.get("use_flow_sigmas"):
        return float(((1 - sigma) ** 2 + sigma**2) ** 0.5)
    return float((1 + sigma**2) ** 0.5) if name in (EULER, ANCESTRAL, HEUN, EDM_EULER, EDM_DPM) else 1.0


def trajectory(name, settings, steps, eta=None, timesteps=None):
    scheduler = getattr(diffusers, name)(**settings)
    module = importlib.import_module(type(scheduler).__module__)
    if timesteps is None:
        scheduler.set_timesteps(steps)
    else:
        scheduler.set_timesteps(timesteps=timesteps)
    step = [0]
    noise = torch.tensor(NOISE)
    module.randn_tensor = lambda shape, dtype=None, **_: noise[step[0] + 1].reshape(shape).to(dtype)
    kwargs = {} if eta is None else {"eta": eta}
    x = noise[0].reshape(ROWS, 1, 1, DIM) * getattr(scheduler, "init_noise_sigma", 1.0)
    states, units = [x], [unit_of(scheduler, scheduler.sigmas[0]) if hasattr(scheduler, "sigmas") else 1.0]
    for i, t in enumerate(scheduler.timesteps):
        scaled = scheduler.scale_model_input(x, t) if hasattr(scheduler, "scale_model_input") else x
        x = scheduler.step(network(scaled, t), t, x, **kwargs).prev_sample
        if name == HEUN and not scheduler.state_in_first_order and i < len(scheduler.timesteps) - 1:
            continue
        states.append(x)
        units.append(unit_of(scheduler, scheduler.sigmas[i + 1]) if hasattr(scheduler, "sigmas") else 1.0)
        step[0] += 1
    # the last state is a result, in diffusers' unit
    units[-1] = 1.0
    return dict(config={"_class_name": name, **settings}, times=[float(t) for t in scheduler.timesteps], units=units, states=torch.stack(states).flatten(1).tolist())


def main():
    with float64():
        made = [
            dict(name=f"{name}: {title}", **({} if eta is None else {"eta": eta}), steps=steps, **trajectory(name, settings, steps, eta))
            for title, name, settings, steps, eta in CASES
        ] + [
            dict(name=f"{name}: {title}", timesteps=chosen, **trajectory(name, settings, None, None, chosen))
            for title, name, settings, chosen in CHOSEN
        ]
    for case in made:
        assert np.isfinite(case["states"]).all(), case["name"]
        case["states"] = [[float(f"{v:.15g}") for v in state] for state in case["states"]]
        if set(case["units"]) == {1.0}:
            del case["units"]
    # as save_pretrained writes them, with every key of the class
    names = dict.fromkeys(case["config"]["_class_name"] for case in made)
    saved = [getattr(diffusers, name)(**({"skip_prk_steps": True} if name == PNDM else {})).to_json_string() for name in names]
    noise = [[float(v) for v in row.flatten()] for row in NOISE]
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "foreign.json")
    with open(path, "w") as file:
        lines = ",\n".join(json.dumps(case) for case in made)
        file.write(f'{{"rows": {ROWS}, "dim": {DIM}, "noise": {json.dumps(noise)}, "saved": {json.dumps(saved)}, "cases": [\n{lines}\n]}}\n')
    print(len(made), "settings,", os.path.getsize(path), "bytes")


if __name__ == "__main__":
    main()
