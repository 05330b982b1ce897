"""Tries: leave pickles that run code where they are loaded, under the names of traces.

Must hold: nothing that crosses the sandbox is unpickled.
"""

import os
import pickle
from pathlib import Path

AFTER = True
MISTAKE = "trace-unreadable"
SAYS = "^written$"


class Planted:
    def __reduce__(self):
        return os.system, ("touch CANARY_FOLDER/planted",)


for probe in sorted(Path("/inbox").iterdir()):
    for part in ("", "discriminator", "generator", "autoencoder"):
        folder = Path("/out") / probe.name / part
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "trace.json").write_bytes((probe / "trace.json").read_bytes())
        (folder / "tensors.safetensors").write_bytes(pickle.dumps(Planted()))
        (folder / "tensors.pt").write_bytes(pickle.dumps(Planted()))
print("written")
