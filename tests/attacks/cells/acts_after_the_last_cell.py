"""Tries: write a trace when everything seems over: `atexit`, `__del__`, a thread that waits, a signal, an import hook.

Must hold: after the last cell nothing of the submission runs any more.
"""

import atexit
import os
import signal
import sys
import threading
import time

SAYS = "prepared"


def write_late(*_):
    os.makedirs("/out/late", exist_ok=True)
    open("/out/late/LATE-TRACE", "w").close()


class Last:
    def __del__(self):
        write_late()


class Hook:
    def find_spec(self, name, path=None, target=None):
        if sys.is_finalizing():
            write_late()


last = Last()
sys.meta_path.insert(0, Hook())
atexit.register(write_late)
threading._register_atexit(write_late)
signal.signal(signal.SIGTERM, write_late)
threading.Thread(target=lambda: (threading.main_thread().join(), write_late()), daemon=False).start()
print("prepared")
