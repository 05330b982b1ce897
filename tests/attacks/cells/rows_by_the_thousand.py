"""Tries: keep the judge busy with thousands of images and a gradient that fits no form, and fill its folder.

Must hold: the work of each check is bounded, the other checks keep their outcome, and what nobody asked for stays here.
"""

import shutil
from pathlib import Path

import torch

from course_utils.gan.probe import run_probe
from coursekit.trace import read_trace

RIGHT = ["configure_optimizers", "loss_functions", "train_step"]
AFTER = True
POINTS = 6
MISTAKE = "not-binary-cross-entropy"


def hostile(model, x_real, z=None):
    many = x_real.repeat(2500 // len(x_real) + 1, 1)
    score = model.discriminator((many + 1e-3 * torch.rand(len(many), 1)).detach())
    return (torch.rand_like(score) * score).sum()


functions = {f"{name}_loss": hostile for name in ("discriminator", "generator", "autoencoder")}
for name in ("losses-16", "losses-7", "losses-homework"):
    run_probe(read_trace(Path("/inbox") / name), functions, Path("/tmp") / name)
    shutil.rmtree(Path("/out") / name / "discriminator")
    shutil.copytree(Path("/tmp") / name / "discriminator", Path("/out") / name / "discriminator")
for number in range(2):
    try:
        with open(f"/out/junk{number}", "wb") as file:
            for _ in range(75):
                file.write(b"j" * 2**20)
    except OSError:
        pass
print("replaced")
