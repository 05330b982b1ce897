"""Tries: use that all forks of a template have the same addresses and the same `hash()`: publish them, and write to these addresses of every process that has a number.

Must hold: they are worth nothing: no other process can be written to, and what was published ends with the sandbox.
"""

import ctypes
import os

WARM = True
SAYS = "^0$"

libc = ctypes.CDLL(None, use_errno=True)


class Piece(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


known = {"none": id(None), "system": ctypes.cast(libc.system, ctypes.c_void_p).value, "hash": hash("a word")}
for place in ("/tmp", "/out", "/dev/shm", "/sockets", "/student"):
    with open(f"{place}/addresses", "w") as file:
        file.write(repr(known))
buffer = ctypes.create_string_buffer(8)
written = 0
for number in (0, 1, TEMPLATE_PROCESS, TEMPLATE_PROCESS - 1):
    for address in known.values():
        mine, theirs = Piece(ctypes.addressof(buffer), 8), Piece(address, 8)
        written += libc.process_vm_writev(number, ctypes.byref(mine), 1, ctypes.byref(theirs), 1, 0) > 0
    try:
        with open(f"/proc/{number}/mem", "r+b", buffering=0) as memory:
            memory.seek(known["none"])
            written += memory.write(b"\0")
    except OSError:
        pass
print(written)
