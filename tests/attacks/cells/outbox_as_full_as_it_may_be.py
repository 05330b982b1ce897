"""Tries: leave as much behind as may be left, in files that answer probes and in others.

Must hold: it is copied piece by piece; the grader does not grow, and what is too large to be a trace fails as one.
"""

import os

AFTER = True
ALONE = True
SAYS = "^filled$"
try:
    for number, probe in enumerate(sorted(os.listdir("/inbox"))):
        os.makedirs(f"/out/{probe}", exist_ok=True)
        for name in ("tensors.safetensors", f"more-{number}"):
            with open(f"/out/{probe}/{name}", "wb") as file:
                for _ in range(60):
                    file.write(b"x" * 2**20)
except OSError:
    pass
print("filled")
