"""Reads where the work of the class is.

Stands before everything else of a collection: a CSV of teams and addresses, the grades that GitHub Classroom
exports as CSV, or a folder of clones, or of what a learning management system exports.
"""

from collections.abc import Mapping
from pathlib import Path

from autograder.collect.gradescope import METADATA
from autograder.collect.kinds import LITTER, archive_kind
from autograder.collect.lms import is_export, is_exported, sort_uploads
from autograder.collect.uploads import Upload, upload_of
from autograder.errors import UsageError
from autograder.tables import read_header, read_table

_COLUMNS = (("team", "repository"), ("student_repository_name", "student_repository_url"))


def read_sources(path: Path) -> Mapping[str, str | Upload]:
    """The address of each team's repository, or its uploads, by the team's name in the list or in the folder.

    Args:
        path: a CSV with the columns `team` and `repository` (an address, or a path relative to the CSV); the
            grades of an assignment that GitHub Classroom exports (one line a student, so teams repeat); or a
            folder that holds clones, archives, or what a learning management system exports.

    Raises:
        UsageError: it is none of these, or something in it is wrong.
    """
    if path.is_dir():
        return _read_folder(path)
    if not path.exists():
        raise UsageError(f"There is no list of repositories {path}: name a CSV file or a folder of clones.")
    if archive_kind(path.name):
        raise UsageError(f"{path} is an archive: unpack it, and name the folder that it makes.")
    header = read_header(path)
    if "identifier" in header and not any(set(pair) <= header for pair in _COLUMNS):
        raise UsageError(
            f"{path} is the roster of GitHub Classroom, which names no repositories: name the file of its button "
            "Download > Download grades; the roster itself may be the `roster` of course.toml."
        )
    columns = next((pair for pair in _COLUMNS if set(pair) <= header), _COLUMNS[0])
    addresses: dict[str, str] = {}
    sources: dict[str, str | Upload] = {}
    for line, row in read_table(path, required=columns):
        name, address = (row[column] for column in columns)
        if not name or not address:
            raise UsageError(f"{path}, line {line}: the {columns[0] if not name else columns[1]} is missing.")
        if "://" not in address and "@" not in address:
            address = str(path.parent / address)
        if addresses.setdefault(name, address) != address:
            raise UsageError(f"{path}, line {line}: {name} has another repository already, {addresses[name]}.")
        sources[name] = address
    return sources


def located(source: str | Upload) -> str | Upload:
    """The uploads of a source that is named by an address but is an archive or a folder of files."""
    if isinstance(source, Upload) or "://" in source or "::" in source or source.startswith("-"):
        return source
    path = Path(source)
    if path.is_file() or (path.is_dir() and not is_repository(path)):
        return upload_of(path)
    return source


def is_repository(folder: Path) -> bool:
    """Whether a folder is a clone, or a bare repository."""
    if (folder / ".git").exists() or (folder / ".git").is_symlink():
        return True
    return (folder / "HEAD").is_file() and (folder / "objects").is_dir() and (folder / "refs").is_dir()


def _read_folder(folder: Path) -> dict[str, str | Upload]:
    entries = sorted(folder.iterdir())
    inner = [entry for entry in entries if entry.name.casefold() not in LITTER]
    if len(inner) == 1 and inner[0].is_dir() and not inner[0].is_symlink() and not is_repository(inner[0]):
        below = [entry for entry in inner[0].iterdir() if entry.is_dir()]
        if is_export(inner[0]) or any(is_repository(entry) for entry in below):  # an export, unpacked into a folder
            return _read_folder(inner[0])
    repositories: dict[str, str | Upload] = {  # of a folder that was uploaded with its .git, what lies there counts
        entry.name: str(entry)
        for entry in entries
        if entry.is_dir() and is_repository(entry) and not is_exported(entry)
    }
    others = [entry for entry in entries if entry.name not in repositories]
    metadata = folder / METADATA
    return repositories | sort_uploads(others, metadata if metadata.is_file() else None)
