"""Makes heun.json: algorithm 1 of Karras et al. (2022), "Elucidating the design space of diffusion-based generative
models" (algorithm 2 without churn), in float64 with NumPy, on the network of noise_predictor.json.

    python3 make_heun.py

Everything is as in the paper, in sigma: the state is y = x / sqrt(alphaBar), of data plus noise of deviation sigma, and
the denoiser D(y; sigma) is what the network's noise leaves of y. Only at the end are states x again.
"""
import json, pathlib
import numpy as np

here = pathlib.Path(__file__).parent
given = json.loads((here / "noise_predictor.json").read_text())
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


def heun(x_T, timesteps):
    y = x_T / np.sqrt(alpha_bar[timesteps[0]])
    states = [x_T]
    for t, s in zip(timesteps, [*timesteps[1:], 0]):
        slope = (y - denoised(y, t)) / sigma[t]
        next_y = y + (sigma[s] - sigma[t]) * slope
        if sigma[s] != 0:
            next_slope = (next_y - denoised(next_y, s)) / sigma[s]
            next_y = y + (sigma[s] - sigma[t]) * (slope + next_slope) / 2
        y = next_y
        states.append(np.sqrt(alpha_bar[s]) * y)
    return {"timesteps": list(timesteps), "trajectory": [state.tolist() for state in states]}


x_T = np.array(json.loads((here / "samplers.json").read_text())["x_T"])
made = {
    "x_T": x_T.tolist(),
    "heun_10": heun(x_T, list(range(T, 0, -1))),
    "heun_strided": heun(x_T, [9, 7, 4, 2]),
}
(here / "heun.json").write_text(json.dumps(made) + "\n")
