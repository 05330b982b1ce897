"""Tries: have the judge read more than fits into memory: large JSON, large tensors, as many traces as there are.

Must hold: sizes are looked at before anything is read; the reason is told.
"""

import os
from pathlib import Path

AFTER = True
MISTAKE = "trace-unreadable"
SAYS = "^written$"
for number, probe in enumerate(sorted(Path("/inbox").iterdir())):
    for part in ("", "discriminator", "generator", "autoencoder"):
        folder = Path("/out") / probe.name / part
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "tensors.safetensors").write_bytes(b"\x02\0\0\0\0\0\0\0{}")
        if number < 3 and not part:
            (folder / "trace.json").write_text('{"format": 1, "events": [' + "{}," * 13_000_000 + "{}]}")
        else:
            (folder / "trace.json").write_text("[" * 200_000)
os.sync()
print("written")
