"""Tries: find the template in its own memory: go up the frames of the interpreter, look at every object, and use its socket, its requests and what it knows of other submissions.

Must hold: the sockets are closed, and nothing that it knows is of anybody else.
"""

import gc
import json
import re
import socket
import sys
import threading

WARM = True
SAYS = "^\\[\\] \\[\\]$"

frames = [frame for frame in sys._current_frames().values()]
for thread_frame in list(frames):
    while thread_frame is not None:
        frames.append(thread_frame)
        thread_frame = thread_frame.f_back
objects = gc.get_objects() + [value for frame in frames for value in frame.f_locals.values()]
reached = []
for thing in objects:
    if type(thing) is socket.socket and thing.family == socket.AF_UNIX and thing.type == socket.SOCK_SEQPACKET:
        try:
            thing.send(json.dumps({"limits": {}}).encode())
            reached.append(repr(thing))
        except OSError:
            pass
texts = {text for frame in frames for text in map(str, frame.f_locals.values()) if len(text) < 100_000}
others = {name for text in texts for name in re.findall(r"/run/submissions/([\w-]+)", text)}
print(reached, sorted(others)[1:])
