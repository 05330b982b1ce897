"""The two folders between the autograder and a notebook that is graded: what is asked, and where answers are recorded.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* their being there is what turns
a test cell's feedback into a trace. On a student's own machine there are none.
"""

import os
from pathlib import Path

INBOX, OUTBOX = "COURSE_INBOX", "COURSE_OUTBOX"  # environment variables that the autograder sets to folders


def find_boxes() -> tuple[Path, Path] | None:
    """The inbox and the outbox; None where the notebook is not graded."""
    inbox, outbox = os.environ.get(INBOX), os.environ.get(OUTBOX)
    return (Path(inbox), Path(outbox)) if inbox and outbox else None
