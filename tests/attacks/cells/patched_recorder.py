"""Tries: replace the recorder, so that functions that are not written are recorded as if they had run.

Must hold: what is recorded is recomputed, and missing evidence is no evidence.
"""

import contextlib

from course_utils import check
from course_utils.gan import probe, record

ALONE = True
SAYS = "^patched$"


@contextlib.contextmanager
def no_errors(data):
    data["error"] = None
    with contextlib.suppress(Exception):
        yield


for name in [name for name in vars(probe) if "error" in name.lower()]:
    setattr(probe, name, no_errors)
record.Recorder.__exit__ = lambda self, *_: True
check.see_losses = check.see_train_step = lambda practice: ["all right"]
print("patched")
