"""Tries: find the hidden checks: import the autograder, look for its files and for pytest's modules.

Must hold: there is nothing of them inside the sandbox.
"""

import importlib
import os
import sys

SAYS = "^found: nothing$"
found = []
for name in ("autograder", "autograder.checks", "checks.hw2.probes", "tests", "bounds"):
    try:
        found.append(importlib.import_module(name).__name__)
    except ImportError:
        pass
for entry in sys.path:
    for top, folders, names in os.walk(entry):
        folders[:] = [] if top.count("/") - entry.count("/") > 3 else folders
        found += [f"{top}/{n}" for n in names if n in ("bounds.json", "test_losses.py", "test_convergence.py")]
print("found:", " ".join(found) or "nothing")
