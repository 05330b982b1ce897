"""Tries: signal the template, its wardens and other sandboxes: by number, by group, all at once, by a descriptor.

Must hold: no process answers but this sandbox's own, and its first one takes no harm.
"""

import os
import signal

WARM = True
SAYS = "^\\[1\\] alive$"

outside = (TEMPLATE_PROCESS, TEMPLATE_PROCESS - 1, TEMPLATE_PROCESS - 2)  # as the host numbers it, bubblewrap and the worker
answered = set()
for number in (1, *outside):
    for send in (lambda: os.kill(number, 0), lambda: os.killpg(number, 0), lambda: os.close(os.pidfd_open(number))):
        try:
            send()
            answered.add(number)
        except OSError:
            pass
for number, harm in ((1, signal.SIGKILL), (1, signal.SIGSTOP), (1, signal.SIGTERM), (-1, signal.SIGCONT)):
    try:
        os.kill(number, harm)
    except ProcessLookupError:
        pass
os.kill(1, 0)
print(sorted(answered), "alive")
