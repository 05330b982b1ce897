"""Tries: find a lock that was held when the template was forked, so that whoever needs it waits for ever: those of imports, logging, output, memory, threads, zmq and torch.

Must hold: every one of them can be taken.
"""

import faulthandler
import importlib
import logging
import os
import subprocess
import threading

WARM = True
SAYS = "^none$"

held = []


def take():
    for name in ("sched", "colorsys", "wave", "fractions", "xml.dom.minidom"):
        importlib.import_module(name)
    logging.getLogger("x").handle(logging.makeLogRecord({"levelno": 10}))
    logging.shutdown()
    subprocess.run(["true"], check=True)
    [bytearray(2**20) for _ in range(20)]
    import torch
    import zmq

    torch.set_num_threads(2)
    (torch.ones(300, 300) @ torch.ones(300, 300)).sum().backward if False else None
    torch.set_num_threads(1)
    zmq.Context().term()
    if os.fork() == 0:
        os._exit(0)
    os.wait()


takers = [threading.Thread(target=take, daemon=True) for _ in range(3)]
for taker in takers:
    taker.start()
for taker in takers:
    taker.join(20)
    held += [taker.name] * taker.is_alive()
print(held or "none")
