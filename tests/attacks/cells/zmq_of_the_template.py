"""Tries: find sockets, contexts and loops that were made before the fork, and talk through them.

Must hold: there are none; what is there was made by this kernel.
"""

import asyncio
import gc
import os

import zmq

WARM = True
SAYS = "^\\[\\] through$"

open_ones = {int(name) for name in os.listdir("/proc/self/fd")}
sockets = [thing for thing in gc.get_objects() if isinstance(thing, zmq.Socket) and not thing.closed]
odd = [repr(thing) for thing in sockets if thing.getsockopt(zmq.FD) not in open_ones]
odd += [repr(loop) for loop in gc.get_objects() if isinstance(loop, asyncio.AbstractEventLoop) and loop.is_closed()]
with zmq.Context() as context, context.socket(zmq.PAIR) as one, context.socket(zmq.PAIR) as other:
    one.bind("inproc://here")
    other.connect("inproc://here")
    other.send(b"through")
    print(odd, one.recv().decode() if one.poll(5000) else "nothing")
