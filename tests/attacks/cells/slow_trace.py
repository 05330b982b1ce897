"""Tries: keep the judge busy: a trace of the right form with as many events as its size allows.

Must hold: judging ends in bounded time and memory, with a reason.
"""

import json
import shutil
from pathlib import Path

RIGHT = ["loss_functions"]
AFTER = True
for path in Path("/out").glob("losses-16/*/trace.json"):
    trace = json.loads(path.read_text())
    times = 3_000_000 // max(1, len(json.dumps(trace["events"])))
    trace["events"] = trace["events"] * times
    path.write_text(json.dumps(trace))
shutil.rmtree("/out/losses-7", ignore_errors=True)
print("multiplied")
