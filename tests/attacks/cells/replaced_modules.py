"""Tries: put modules of its own in place of `course_utils` and what it needs, before the test cells import them.

Must hold: what such a module does not record is not there, and gives no point.
"""

import sys
from types import ModuleType

ALONE = True
SAYS = "^replaced$"


class Agreeable(ModuleType):
    def __getattr__(self, name):
        return lambda *_, **__: print("7 of 7 points")


for name in ("course_utils", "course_utils.check", "course_utils.gan.record", "coursekit.trace", "safetensors"):
    sys.modules[name] = Agreeable(name)
check = sys.modules["course_utils.check"]
print("replaced")
