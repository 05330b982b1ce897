"""Tries: break checks by traces of the right form whose numbers no machine holds and whose weights are none.

Must hold: each fails with its reason, and nothing is a fault of the grader.
"""

import json
from pathlib import Path

from safetensors.torch import load_file, save_file

RIGHT = ["configure_optimizers", "loss_functions", "train_step"]
AFTER = True
POINTS = 2  # for two of the losses
MISTAKE = "trace-unreadable"


def forge(name, edit):
    path = Path("/out") / name / "trace.json"
    trace = json.loads(path.read_text())
    edit(trace)
    path.write_text(json.dumps(trace).replace('"HUGE"', "1" + "0" * 400).replace('"LARGE"', "1" + "0" * 30))


forge("optimizers", lambda t: [group.update(lr="HUGE") for r in t["runs"] for o in r["optimizers"] for group in o["groups"]])
forge("losses-16/autoencoder", lambda t: t["loss"].update(value="LARGE"))
forge("train_step-16", lambda t: [loss.update(value="LARGE") for step in t["steps"] for loss in step["losses"].values()])
forge("convergence", lambda t: t.update(wide=True))
path = Path("/out/convergence/tensors.safetensors")
save_file({name: tensor.bool() for name, tensor in load_file(path).items()}, path)
print("forged")
