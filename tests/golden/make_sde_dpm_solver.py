"""Makes sde_dpm_solver.json: SDE-DPM-Solver++ (2M) of Lu et al. (2022), "DPM-Solver++", appendix D.3, in float64 with NumPy, on
the network of noise_predictor.json and the noise of general_steps.json.

    python3 make_sde_dpm_solver.py

Everything is in sigma: the state is y = x / sqrt(alphaBar), of data plus noise of deviation sigma, and the denoiser
D(y; sigma) is what the network's noise leaves of y. Only at the end are states x again. With h = ln(sigma_t / sigma_s) and h'
of the step before,

    y_s = sigma_s / sigma_t e^-h y_t + (1 - e^-2h) (D + h / 2h' (D - D')) + sigma_s sqrt(1 - e^-2h) noise
"""
import json, pathlib
import numpy as np

here = pathlib.Path(__file__).parent
given = json.loads((here / "noise_predictor.json").read_text())
general = json.loads((here / "general_steps.json").read_text())
weights = {name: np.array(value, dtype=np.float32).astype(np.float64) for name, value in given["weights"].items()}
T = given["T"]
schedule = given["schedule"]
roots = np.linspace(schedule["betaStart"] ** (1 / schedule["power"]), schedule["betaEnd"] ** (1 / schedule["power"]), T)
alpha_bar = np.concatenate([[1.0], np.cumprod(1 - roots ** schedule["power"])])
sigma = np.sqrt((1 - alpha_bar) / alpha_bar)


def network(x, t):
    one_hot = np.eye(T)[t - 1]
    time = weights["t_encoder.weight"] @ one_hot + weights["t_encoder.bias"]
    h = np.hstack([x, np.tile(time, (len(x), 1))])
    for layer in (0, 2, 4, 6, 8):
        h = h @ weights[f"model.{layer}.weight"].T + weights[f"model.{layer}.bias"]
        if layer < 8:
            h = np.where(h < 0, 0.01 * h, h)
    return h


def denoised(y, t):
    """D(y; sigma_t): the network is asked for the noise of x = sqrt(alphaBar) y."""
    return y - sigma[t] * network(np.sqrt(alpha_bar[t]) * y, t)


def walk(x_T, noise, timesteps):
    y = x_T / np.sqrt(alpha_bar[timesteps[0]])
    states = [x_T]
    before = None
    for j, (t, s) in enumerate(zip(timesteps, [*timesteps[1:], 0])):
        sample = denoised(y, t)
        if s == 0:
            y = sample
        else:
            h = np.log(sigma[t] / sigma[s])
            data = sample if before is None else sample + h / (2 * before[1]) * (sample - before[0])
            fresh = 1 - np.exp(-2 * h)
            y = sigma[s] / sigma[t] * np.exp(-h) * y + fresh * data + sigma[s] * np.sqrt(fresh) * noise[j]
            before = (sample, h)
        states.append(np.sqrt(alpha_bar[s]) * y)
    return {"timesteps": list(timesteps), "trajectory": [state.tolist() for state in states]}


x_T, noise = np.array(general["x_T"]), np.array(general["noise"])
made = {
    "sde_10": walk(x_T, noise, list(range(T, 0, -1))),
    "sde_strided": walk(x_T, noise, [9, 7, 4, 2]),
}
(here / "sde_dpm_solver.json").write_text(json.dumps(made) + "\n")
