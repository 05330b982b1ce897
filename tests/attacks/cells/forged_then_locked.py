"""Tries: write forged traces and make their folders unwritable, so that the real recording cannot replace them.

Must hold: a forged trace gives no point, whoever wrote last.
"""

import json
import os
from pathlib import Path

ALONE = True
SAYS = "^written$"
for probe in sorted(Path("/inbox").iterdir()):
    for part in ("", "discriminator", "generator", "autoencoder"):
        folder = Path("/out") / probe.name / part
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "trace.json").write_text(json.dumps({"format": 1, "error": None, "events": [], "steps": [], "runs": []}))
        (folder / "tensors.safetensors").write_bytes(b"\x02\0\0\0\0\0\0\0{}")
for folder, _, _ in os.walk("/out", topdown=False):
    if folder != "/out":
        os.chmod(folder, 0o555)
print("written")
