"""What a student's code raised, as a record: the error, and the line and function of the student's own it came from.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this becomes part of the trace.
Most errors are raised deep inside of torch, or where an experiment goes backward from a loss; what helps is the last
line that the student wrote.
"""

import traceback
from pathlib import Path
from types import TracebackType

import torch

MAX_MESSAGE, MAX_LINE, MAX_NAME = 500, 200, 80  # characters
# Code that is not the student's: Python's own, what is installed, and the packages that stand beside this one, in a kit
# as in a sandbox. A student's functions stand in the notebook, or in modules.
_OTHERS = (Path(traceback.__file__).parent, Path(torch.__file__).parents[1])
_KIT = Path(__file__).parents[1]
_ASKED, _NOBODY = "StdinNotImplementedError", "input() waits for an answer, and nobody is there to give one"
_NOTEBOOK_CELL = "<ipython-input"  # how some notebooks call a cell; ipykernel calls it by a file of its own


def describe_error(error: BaseException) -> dict[str, str]:
    """The type and message of an error, and the last line and function of the student's that it passed through.

    Both are empty where it passed through none: the function was not called with success, or what it returned failed.
    """
    frame = _last_of_student(error.__traceback__)
    return {
        "type": type(error).__name__,
        "message": _NOBODY if type(error).__name__ == _ASKED else str(error)[:MAX_MESSAGE],
        "line": (frame.line or "")[:MAX_LINE] if frame else "",
        "function": frame.name[:MAX_NAME] if frame else "",
    }


def _last_of_student(trace: TracebackType | None) -> traceback.FrameSummary | None:
    last = None
    for frame, line in traceback.walk_tb(trace):
        if _is_of_student(frame.f_code.co_filename):
            last = frame, line
    return traceback.StackSummary.extract([last])[0] if last else None


def _is_of_student(name: str) -> bool:
    if name.startswith("<"):  # generated code, such as a dataclass's own methods
        return name.startswith(_NOTEBOOK_CELL)
    path = Path(name)
    if any(path.is_relative_to(folder) for folder in _OTHERS):
        return False
    return not (path.is_relative_to(_KIT) and (_KIT / path.relative_to(_KIT).parts[0] / "__init__.py").is_file())
