"""Writes files that a reader sees whole or not at all, also where the writer is killed or the disk is full.

Beside the flow *course material -> submission -> trace -> verdict -> gradebook -> report*: notebooks, results, tables
and pages are made with this one function, on the student's machine and on the instructor's.
"""

import os
import secrets
from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Put `content` into the file at `path`, which holds either all of it or what it held before.

    It is on the disk when this returns. The file keeps its permissions; a new one has those that the user's mask gives.
    The draft stands beside it, under a name that begins with a dot and that nobody else writes to.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        with draft.open("xb") as file:
            if path.exists():
                draft.chmod(path.stat().st_mode & 0o7777)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
