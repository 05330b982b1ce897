"""Reads a Python file of the instructor's: parsed here, to say where a mistake is, and executed only in the sandbox.

Stands at the submission in the flow course material -> submission -> trace -> verdict -> gradebook -> report, where the
file takes the way of a submission.
"""

import ast
from pathlib import Path

from autograder.errors import UsageError


def read_python(path: Path) -> str:
    """The text of a Python file.

    Raises:
        UsageError: it is missing, or is no Python; says in which line.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not text in UTF-8.") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}).") from None
    try:
        ast.parse(text)
    except SyntaxError as error:
        place = f"{path}, line {error.lineno}" if error.lineno else f"{path}"
        raise UsageError(f"{place}: this is no valid Python ({error.msg}).") from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise UsageError(f"{path}: this is no valid Python ({error}).") from None
    return text
