"""A folder or a zip file for each person, to upload to a learning management system, or to share."""

import hashlib
import io
import re
import zipfile
from collections.abc import Iterable
from pathlib import Path

from autograder.handback.choose import Feedback
from coursekit.whole_file import write_whole

_UNUSUAL = re.compile(r"[^\w.@+-]|^\.+")


def write_folders(given: Iterable[Feedback], folder: Path) -> list[Path]:
    """Write `PERSON/` with the page and the grade for each person, and return what was written."""
    written = []
    for feedback in given:
        for name in file_names(feedback):
            place = folder / name
            place.mkdir(parents=True, exist_ok=True)
            for file, content in feedback.files.items():
                write_whole(place / file, content)
            written.append(place)
    return written


def write_zips(given: Iterable[Feedback], folder: Path) -> list[Path]:
    """Write `PERSON.zip` with the page and the grade for each person, and return what was written."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for feedback in given:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for file, content in feedback.files.items():
                archive.writestr(file, content)
        for name in file_names(feedback):
            write_whole(folder / f"{name}.zip", buffer.getvalue())
            written.append(folder / f"{name}.zip")
    return written


def file_names(feedback: Feedback) -> list[str]:
    """For each person a name that is no path; students may have written their ids themselves."""
    return [_file_name(person.id) for person in feedback.people] or [_file_name(feedback.team)]


def _file_name(who: str) -> str:
    plain = _UNUSUAL.sub("_", who)[:100]
    digest = hashlib.sha256(who.encode("utf-8", "surrogateescape")).hexdigest()
    return plain if plain == who else f"{plain}-{digest[:8]}"
