"""The course's secret: what makes the seeds of its experiments hard to guess.

Beside the flow course material -> submission -> trace -> verdict -> gradebook -> report; it is made at first use, and
never leaves the folder of the course.
"""

import os
import re
import secrets
from pathlib import Path

from autograder.errors import UsageError


def read_or_make_secret(path: Path) -> str:
    """The secret in the file at `path`, 64 hexadecimal digits; where there is no file, a new one.

    Raises:
        UsageError: something else is in the file.
    """
    for _ in range(2):
        try:
            secret = path.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            path.parent.mkdir(parents=True, exist_ok=True)
            draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(secrets.token_hex(32) + "\n")
            try:
                os.link(draft, path)  # keeps the first one if two processes come here at once
            except FileExistsError:
                pass
            finally:
                draft.unlink()
            continue
        if re.fullmatch(r"[0-9a-f]{64}", secret):
            return secret
        break
    raise UsageError(
        f"{path} does not hold the 64 hexadecimal digits of the course's secret: restore it, or remove it."
    )
