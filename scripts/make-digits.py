"""Makes models/digits: a class-conditional UNet of diffusers, trained on scikit-learn's handwritten digits of 8 x 8, as ONNX.

    python scripts/make-digits.py

Needs torch, diffusers, onnx, onnxscript and scikit-learn, and takes about ten minutes on two cores. The network predicts
v (Salimans and Ho, 2022); class 10 means "none", for guidance (Ho and Salimans, 2022). The file keeps the average of the
weights over training.
"""

import copy
import pathlib
import sys

import onnx
import torch
from diffusers import DDIMScheduler, UNet2DModel
from sklearn.datasets import load_digits

STEPS = int(sys.argv[1]) if len(sys.argv) > 1 else 4000
BATCH, RATE, NONE, WITHOUT = 128, 2e-3, 10, 0.15
folder = pathlib.Path(__file__).parent.parent / "models" / "digits"

torch.manual_seed(0)
digits = load_digits()
images = torch.tensor(digits.images, dtype=torch.float32)[:, None] / 8 - 1
labels = torch.tensor(digits.target)

unet = UNet2DModel(
    sample_size=8, in_channels=1, out_channels=1, layers_per_block=1, block_out_channels=(16, 32), norm_num_groups=8,
    down_block_types=("DownBlock2D", "AttnDownBlock2D"), up_block_types=("AttnUpBlock2D", "UpBlock2D"),
    attention_head_dim=16, num_class_embeds=NONE + 1,
)  # fmt: skip
scheduler = DDIMScheduler(
    beta_schedule="squaredcos_cap_v2", prediction_type="v_prediction", rescale_betas_zero_snr=True, timestep_spacing="trailing",
)  # fmt: skip
average = copy.deepcopy(unet).eval()
optimizer = torch.optim.AdamW(unet.parameters(), lr=RATE, weight_decay=1e-3)
rates = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=STEPS, pct_start=0.05)

for step in range(STEPS):
    rows = torch.randint(len(images), (BATCH,))
    x_0, noise = images[rows], torch.randn(BATCH, 1, 8, 8)
    times = torch.randint(scheduler.config.num_train_timesteps, (BATCH,))
    given = torch.where(torch.rand(BATCH) < WITHOUT, NONE, labels[rows])
    output = unet(scheduler.add_noise(x_0, noise, times), times, class_labels=given).sample
    loss = torch.nn.functional.mse_loss(output, scheduler.get_velocity(x_0, noise, times))
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(unet.parameters(), 1.0)
    optimizer.step()
    rates.step()
    with torch.no_grad():
        decay = min(0.998, (step + 1) / (step + 10))
        for kept, now in zip(average.parameters(), unet.parameters()):
            kept.lerp_(now, 1 - decay)
    if (step + 1) % 200 == 0:
        print(f"step {step + 1}: loss {loss.item():.4f}", flush=True)


class Network(torch.nn.Module):
    """The UNet, with its result as a tensor."""

    def __init__(self, unet):
        super().__init__()
        self.unet = unet

    def forward(self, sample, timestep, class_labels):
        return self.unet(sample, timestep, class_labels=class_labels).sample


scheduler.save_pretrained(folder / "scheduler")
(folder / "unet").mkdir(exist_ok=True)
path = folder / "unet" / "model.onnx"
batch = torch.export.Dim("batch", min=1)
inputs = (torch.randn(3, 1, 8, 8), torch.tensor([1.0, 500.0, 999.0]), torch.tensor([1, 2, 10]))
torch.onnx.export(
    Network(average), inputs, path, input_names=["sample", "timestep", "class_labels"], output_names=["out_sample"],
    dynamic_shapes=({0: batch}, {0: batch}, {0: batch}), dynamo=True, external_data=False,
)  # fmt: skip
# what the exporter notes about each node names files of this machine
model = onnx.load(path)
for node in model.graph.node:
    node.doc_string = ""
    del node.metadata_props[:]
del model.graph.metadata_props[:], model.graph.value_info[:], model.metadata_props[:]
onnx.save(model, path)
print(path.stat().st_size, "bytes")
