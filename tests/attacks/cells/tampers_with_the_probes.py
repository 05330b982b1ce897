"""Tries: change the probes, the course's package, the interpreter and what was handed in.

Must hold: all of them are read-only.
"""

import os
import sys

SAYS = "^changed: nothing$"
changed = []
for place in ("/inbox", "/given", "/course/course_utils", sys.prefix, os.path.dirname(os.__file__), "/usr/lib", "/etc", "/"):
    for attempt in (
        lambda place=place: open(f"{place}/planted", "w").close(),
        lambda place=place: os.rename(place, place + "-old"),
        lambda place=place: os.chmod(place, 0o777),
        lambda place=place: [os.unlink(f"{place}/{name}") for name in sorted(os.listdir(place))[:1]],
    ):
        try:
            attempt()
            changed.append(place)
        except OSError:
            pass
print("changed:", " ".join(changed) or "nothing")
