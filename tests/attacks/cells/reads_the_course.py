"""Tries: read the gradebook, the course's secret, the roster, the source notebook and another team's work.

Must hold: none of them exists in the sandbox, under their own path or through any open file or process.
"""

import os

SAYS = "^read: nothing$"
names = ["gradebook.db", ".autograder/secret", "roster.csv", "source/hw2/hw2.ipynb", "submitted/other/hw2/hw2.ipynb"]
roots = ["COURSE_ROOT", "/proc/1/rootCOURSE_ROOT", "/proc/1/cwd", f"/proc/{os.getppid()}/rootCOURSE_ROOT", "/student/work/.."]
roots += [f"/proc/self/fd/{number}" for number in range(64)]
seen = []
for root in roots:
    for name in names:
        try:
            with open(f"{root}/{name}", "rb") as file:
                seen.append(f"{root}/{name}: {file.read(200)!r}")
        except OSError:
            pass
print("read:", " ".join(seen) or "nothing")
