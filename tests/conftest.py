"""Settings for all tests: no time limit on one example, and in continuous integration the same examples each time."""

import os

from hypothesis import settings

settings.register_profile("course", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("course")
