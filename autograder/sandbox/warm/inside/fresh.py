"""Makes a fork's state its own: no two sandboxes of one template draw the same numbers, or look for modules as it did.

Between submission and trace. Python seeds `random` anew in every fork. What else was drawn when the template imported
is drawn again here, as it would be in a process that is started cold.
"""

import importlib
import os
import sys
from typing import Any


def forget_places() -> None:
    """Modules are looked for anew: the working folder, which is looked at last, was not there in the template."""
    importlib.invalidate_caches()


def renew_random_state() -> None:
    if numpy := _imported("numpy.random"):
        numpy.seed()
    if torch := _imported("torch"):
        torch.default_generator.seed()
    if tempfile := _imported("tempfile"):
        tempfile._name_sequence = None
    if uuid := _imported("uuid"):
        uuid._node = uuid._last_timestamp = None
    if process := _imported("multiprocessing.process"):
        process.current_process().authkey = os.urandom(32)
    if synchronize := _imported("multiprocessing.synchronize"):
        synchronize.SemLock._rand = synchronize.tempfile._RandomNameSequence()
    if ssl := _imported("ssl"):
        ssl.RAND_add(os.urandom(32), 32.0)  # it looks for another number of the process, and there is none here


def _imported(name: str) -> Any:
    return sys.modules.get(name)
