"""Puts the files of the state that counts into `submitted/`, and moves what was there before aside.

Stands at submission in the flow course material -> submission -> trace -> verdict -> gradebook -> report. Nothing is
ever overwritten: a folder that is replaced goes to `.autograder/replaced/`.
"""

import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from autograder.collect.mirror import Entry, is_content, store
from autograder.config import Course
from autograder.shown.printable import printable


def place(course: Course, folder: Path, mirror: Path, entries: Mapping[str, Entry]) -> list[str]:
    """Make `folder` hold just these files of the mirror, and return remarks on what cannot be stored."""
    old = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file() and not p.is_symlink()}
    if folder.exists() and old.keys() == entries.keys() and all(is_content(old[n], entries[n]) for n in old):
        return []
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    staged = course.state / "staging" / f"{folder.parent.name}-{stamp}"
    staged.mkdir(parents=True)
    refused = []
    for name, entry in entries.items():
        try:
            (staged / name).parent.mkdir(parents=True, exist_ok=True)
            store(mirror, entry, staged / name)
        except OSError:
            refused.append(f"{printable(name)} cannot be stored under this name and was left out.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    if folder.exists():
        kept = course.state / "replaced" / folder.name / f"{folder.parent.name}-{stamp}"
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(folder, kept)
    staged.rename(folder)
    return refused
