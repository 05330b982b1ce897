"""Tries: leave weights that were trained for another probe, or at home, as the result of the training run.

Must hold: no point from the checks alone: the weights did not grow out of the ones that the probe gave.
"""

import os
from pathlib import Path

import torch
from torch import nn

from course_utils.models import Model
from course_utils.gan.probe_model import flat_weights
from coursekit.trace import Trace, named_tensor, read_trace

RIGHT = ["configure_optimizers", "loss_functions", "train_step"]
AFTER = True
POINTS = 6
CANNOT_JUDGE = "training_converges"
probe = read_trace(Path("/inbox/convergence"))
torch.manual_seed(12345)  # trained at home, where nobody knew the probe's weights
model = Model(**probe.data["model"])
images = named_tensor(probe, probe.data["images"])
optimizers = configure_optimizers(model, 1e-3)  # noqa: F821 -- the notebook's own
for step in range(600):
    train_step(model, images[torch.randperm(len(images))[:64]].float() / 255, optimizers)  # noqa: F821
honest = read_trace(Path("/out/convergence"))
trace = Trace({"losses": [], "error": None, "ways": honest.data["ways"]})
trace.data["weights"] = flat_weights(model, trace)
trace.write(Path("/out/convergence"))
print("replaced")
