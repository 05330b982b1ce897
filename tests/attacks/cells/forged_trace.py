"""Tries: write traces by hand that claim a perfect step: no errors, losses of 0, no events to look at.

Must hold: a trace without evidence proves nothing.
"""

import json
import os

from safetensors.torch import save_file
from coursekit.trace import read_trace
from pathlib import Path

SAYS = "^written$"
AFTER = True
MISTAKE = "trace-unreadable"
loss = {"type": "Tensor", "shape": [], "requires_grad": True, "value": 0.0}
for probe in sorted(Path("/inbox").iterdir()):
    asked = read_trace(probe)
    kind = asked.data["kind"]
    data = {"format": 1, "error": None, "events": [], "weights": asked.data["weights"], "runs": [], "steps": []}
    data |= {"loss": loss, "x_real": asked.data.get("x_real", "t0"), "z": asked.data.get("z", "t0")}
    data["steps"] = [
        {"error": None, "returned": "dict", "is_mapping": True, "x_real": batch,
         "losses": {n: loss for n in ("discriminator", "generator", "autoencoder")}} for batch in asked.data.get("batches", [])
    ]  # fmt: skip
    for part in ("discriminator", "generator", "autoencoder") if kind == "losses" else ("",):
        folder = Path("/out") / probe.name / part
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "trace.json").write_text(json.dumps(data))
        save_file(asked.tensors, folder / "tensors.safetensors")
os.sync()
print("written")
