"""Tries: traces whose JSON and tensors do not fit together, with numbers that are none.

Must hold: each fails with its reason, and none stops the judge.
"""

import json
from pathlib import Path

SAYS = "^written$"
AFTER = True
MISTAKE = "trace-unreadable"
odd = ['"t999"', "NaN", "-Infinity", "1e999", "9" * 4000, "null", '"\\ud800"', "[]", "{}", "true"]
for number, probe in enumerate(sorted(Path("/inbox").iterdir())):
    for part_number, part in enumerate(("", "discriminator", "generator", "autoencoder")):
        value = odd[(number + part_number) % len(odd)]
        event = f'{{"event": "call", "module": {value}, "inputs": {value}, "outputs": {value}, "weights": {value}}}'
        fields = ", ".join(f'"{key}": {value}' for key in ("loss", "x_real", "z", "returned", "is_mapping", "optimizers", "lr"))
        step = f'{{"error": null, "returned": "dict", "is_mapping": true, "losses": {value}, "x_real": {value}}}'
        folder = Path("/out") / probe.name / part
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "trace.json").write_text(
            f'{{"format": 1, "error": null, "events": [{event}], "steps": [{step}], "runs": [{value}], '
            f'"weights": {{"encoder": {value}, "generator": {value}, "discriminator": {value}}}, {fields}}}'
        )
        (folder / "tensors.safetensors").write_bytes((probe / "tensors.safetensors").read_bytes())
print("written")
