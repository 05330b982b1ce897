"""Tries: start threads until the machine has no more room for them.

Must hold: they count like processes and stop at the limit; the kernel still answers afterwards.
"""

import threading
import time

LIMITS = {"processes": 64}
SAYS = "stopped below 65"
number = 0
try:
    for number in range(10_000):
        threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
except RuntimeError:
    print("stopped below 65" if number < 65 else f"made {number}")
