"""Authoring: mistakes in course material are told to the instructor, each in one sentence, before a student meets them.

The first step of the flow course material -> submission -> trace -> verdict -> gradebook -> report. `cells` looks at
the notebook alone, `agreement` compares it with the checks, `trial` runs it as a submission, with its solution and
without, and `packages` warns of what students could not install.
"""

from autograder.authoring.agreement import require_agreement
from autograder.authoring.cells import require_sound
from autograder.authoring.packages import warn_of_packages
from autograder.authoring.trial import require_full_marks, warn_of_gifts

__all__ = ["require_agreement", "require_full_marks", "require_sound", "warn_of_gifts", "warn_of_packages"]
