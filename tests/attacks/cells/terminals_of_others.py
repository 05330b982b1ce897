"""Tries: use terminals: those of other sandboxes, and the one from which the grader was started.

Must hold: it has terminals of its own, and no others are there.
"""

import fcntl
import os
import termios

WARM = True
SAYS = "^\\['0', 'ptmx'\\] 0$"

master, slave = os.openpty()
pushed = 0
for path in ("/dev/tty", "/dev/console", "/dev/tty0", "/dev/pts/1", "/dev/pts/2", "/proc/1/fd/0"):
    try:
        terminal = os.open(path, os.O_RDWR | os.O_NOCTTY)
        fcntl.ioctl(terminal, termios.TIOCSTI, b"x")
        pushed += 1
    except OSError:
        pass
print(sorted(os.listdir("/dev/pts")), pushed)
os.close(master)
os.close(slave)
