"""Reads where the repositories of the class are.

Stands before everything else of a collection: a CSV of teams and addresses, the grades that GitHub Classroom
exports as CSV, or a folder of clones or of zip files.
"""

from pathlib import Path

from autograder.errors import UsageError
from autograder.roster import read_header, read_table

_COLUMNS = (("team", "repository"), ("student_repository_name", "student_repository_url"))


def read_sources(path: Path) -> dict[str, str]:
    """The address of each team's repository by the team's name in the list, or by the name of the clone or zip file.

    Args:
        path: a CSV with the columns `team` and `repository` (an address, or a path relative to the CSV); the
            grades of an assignment that GitHub Classroom exports (one line a student, so teams repeat); or a
            folder that holds clones or zip files.

    Raises:
        UsageError: it is none of these, or something in it is wrong.
    """
    if path.is_dir():
        found = sorted(p for p in path.iterdir() if (p / ".git").exists() or p.suffix == ".zip")
        return {entry.name: str(entry) for entry in found}
    if not path.exists():
        raise UsageError(f"There is no list of repositories {path}: name a CSV file or a folder of clones.")
    header = read_header(path)
    if "identifier" in header and not any(set(pair) <= header for pair in _COLUMNS):
        raise UsageError(
            f"{path} is the roster of GitHub Classroom, which names no repositories: name the file of its button "
            "Download > Download grades; the roster itself may be the `roster` of course.toml."
        )
    columns = next((pair for pair in _COLUMNS if set(pair) <= header), _COLUMNS[0])
    sources: dict[str, str] = {}
    for line, row in read_table(path, required=columns):
        name, address = (row[column] for column in columns)
        if not name or not address:
            raise UsageError(f"{path}, line {line}: the {columns[0] if not name else columns[1]} is missing.")
        if "://" not in address and "@" not in address:
            address = str(path.parent / address)
        if sources.setdefault(name, address) != address:
            raise UsageError(f"{path}, line {line}: {name} has another repository already, {sources[name]}.")
    return sources
