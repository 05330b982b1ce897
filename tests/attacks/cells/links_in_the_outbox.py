"""Tries: have the grader follow links out of the outbox, hang on a fifo, or read a file twice.

Must hold: each of them is refused by name; the plain files beside them count.
"""

import os
import socket

ALONE = True
SAYS = "^linked$"
TOLD = "Left out of what the notebook recorded: .*it is not a plain file"
os.symlink("COURSE_ROOT/gradebook.db", "/out/gradebook.db")
os.symlink("/inbox", "/out/losses-16")
os.makedirs("/out/optimizers")
os.symlink("/etc/passwd", "/out/optimizers/trace.json")
os.mkfifo("/out/optimizers/tensors.safetensors")
os.symlink("/proc/self/mem", "/out/mem")
socket.socket(socket.AF_UNIX).bind("/out/socket")
open("/out/one", "w").close()
os.link("/out/one", "/out/two")
os.symlink("/out", "/out/loop")
open("/out/..hidden\nname", "w").close()
os.makedirs("/out/" + "/".join("d" * 40))
print("linked")
