"""Reads `course.toml` into frozen records: the first thing that every command does.

Stands before everything in the flow course material -> submission -> trace -> verdict -> gradebook -> report.
Each mistake in the file is told in one sentence that names the key and, where it is known, the line.
"""

import re
import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from autograder.config.records import COURSE_FILE, Assignment, Course
from autograder.deadlines import LatePolicy, parse_moment
from autograder.errors import UsageError
from autograder.sandbox.limits import Limits

_SIZES = {"address_space", "resident_memory", "file_size", "outbox_size", "output_size"}
_OURS = {"autograder", "coursekit", "checks", "solutions"}  # no names for helpers
_SECONDS = {"cell_seconds", "notebook_seconds"}
_UNITS = {"B": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}


def load_course(root: Path) -> Course:
    """Read `course.toml` in the folder `root`.

    Raises:
        UsageError: the file is missing or something in it is wrong; says what, and where.
    """
    path = root / COURSE_FILE
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise UsageError(
            f"There is no {COURSE_FILE} in {root.resolve()}: go to the course folder or use --course."
        ) from None
    except UnicodeDecodeError:
        raise UsageError(f"{path} is no text in UTF-8: save it as UTF-8.") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}).") from None
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path} is not valid TOML: {error}.") from None
    return _Reader(path, text).course(data)


class _Reader:
    """Checks the tables of one `course.toml`, and knows where its keys stand."""

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self.root = path.parent.resolve()
        self.lines = text.splitlines()

    def course(self, data: dict[str, Any]) -> Course:
        self.known((), data, {"name", "time_zone", "roster", "extensions", "helpers", "assignments", "limits"})
        zone = self.value((), data, "time_zone", str)
        try:
            ZoneInfo(zone)
        except (KeyError, ValueError, OSError):
            raise self.wrong(
                ("time_zone",), f'is {zone!r}, which is no time zone; write one as in "America/Chicago"'
            ) from None
        tables = self.value((), data, "assignments", dict) if data.get("assignments", {}) != {} else {}
        helpers = self.helpers(data.get("helpers", []))
        assignments = {name: self.assignment(name, table, zone, helpers) for name, table in tables.items()}
        self.distinct(assignments)
        return Course(
            root=self.root,
            name=self.value((), data, "name", str),
            time_zone=zone,
            assignments=assignments,
            limits=self.limits(self.value((), data, "limits", dict) if "limits" in data else {}),
            roster=self.root / self.value((), data, "roster", str) if "roster" in data else None,
            extensions=self.root / self.value((), data, "extensions", str) if "extensions" in data else None,
        )

    def helpers(self, names: Any) -> tuple[Path, ...]:
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise self.wrong(("helpers",), 'must be a list of names, as in ["helpers"]')
        found = []
        for name in names:
            path = self.root / name
            known = path if path.is_dir() else path.with_suffix(".py")
            if not name.isidentifier() or name in _OURS or not known.exists():
                raise self.wrong(
                    ("helpers",), f"names {name!r}, but must name packages or modules that stand beside {COURSE_FILE}"
                )
            found.append(known)
        return tuple(found)

    def assignment(self, name: str, table: Any, zone: str, helpers: tuple[Path, ...]) -> Assignment:
        where = ("assignments", name)
        if not is_assignment_name(name):
            raise self.wrong(where, "is no name for a folder; use letters, digits, _ and -")
        if not isinstance(table, dict):
            raise self.wrong(where, "must be a table, as in [assignments.hw2]")
        self.known(where, table, {"title", "due", "notebook", "required", "group_size", "late"})
        notebook = self.value(where, table, "notebook", str)
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9 ._-]*\.ipynb", notebook):
            raise self.wrong(
                (*where, "notebook"), f"is {notebook!r}, but must be a plain file name that ends in .ipynb"
            )
        due = None
        if "due" in table:
            try:
                due = parse_moment(self.value(where, table, "due", str), zone)
            except ValueError as error:
                raise self.wrong((*where, "due"), str(error)) from None
        group_size = table.get("group_size", 1)
        if not _is_number(group_size, int) or group_size < 1:
            raise self.wrong((*where, "group_size"), f"is {group_size!r}, but must be a whole number above 0")
        return Assignment(
            name=name,
            title=self.value(where, table, "title", str),
            due=due,
            notebook=notebook,
            required=self.required((*where, "required"), table.get("required", {notebook: 0}), notebook),
            group_size=group_size,
            late=self.late((*where, "late"), table.get("late", "none")),
            root=self.root,
            helpers=helpers,
        )

    def distinct(self, assignments: dict[str, Assignment]) -> None:
        """No two assignments may be taken for each other: by their folders, or by what arrives from students."""
        names: dict[str, str] = {}
        notebooks: dict[str, str] = {}
        for name, assignment in assignments.items():
            where = ("assignments", name)
            if other := names.get(name.lower()):
                raise self.wrong(where, f"and `assignments.{other}` are one name to some computers; rename one")
            if other := notebooks.get(assignment.notebook.lower()):
                raise self.wrong(
                    (*where, "notebook"),
                    f"is {assignment.notebook!r}, as that of {other} is, and what arrives could be either; rename one",
                )
            if (folder := self.root / "checks" / name).is_dir() and folder.with_suffix(".py").exists():
                raise self.wrong(where, f"has checks in {folder} and in {folder}.py; keep one of them")
            names[name.lower()] = notebooks[assignment.notebook.lower()] = name

    def required(self, where: tuple[str, ...], table: Any, notebook: str) -> dict[str, float]:
        if not isinstance(table, dict):
            raise self.wrong(where, 'must be a table of files and points, as in { netid = 1, "hw2.pdf" = 1 }')
        for file, points in table.items():
            if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9 ._-]*", file):
                raise self.wrong(where, f"names {file!r}, which is no plain file name")
            if not _is_number(points) or points < 0:
                raise self.wrong(where, f"gives {points!r} for {file}, but must give the points lost, 0 or more")
        if notebook not in table:
            raise self.wrong(where, f"does not name the notebook, {notebook}")
        return {file: float(points) for file, points in table.items()}

    def late(self, where: tuple[str, ...], value: Any) -> LatePolicy:
        match value:
            case "none":
                return LatePolicy()
            case {"points_per_day": points, "days": days} if len(value) == 2:
                if _is_number(points) and points >= 0 and _is_number(days, int) and 0 < days <= 366:
                    return LatePolicy(tuple((day, day * float(points)) for day in range(1, days + 1)))
            case {"table": [_, *_] as rows} if len(value) == 1:
                pairs = [tuple(row) for row in rows if isinstance(row, list) and len(row) == 2]
                numbers = all(
                    _is_number(day, int) and day > 0 and _is_number(lost) and lost >= 0 for day, lost in pairs
                )
                if len(pairs) == len(rows) and numbers:
                    days, losses = zip(*pairs, strict=True)
                    if list(days) == sorted(set(days)) and list(losses) == sorted(losses):
                        return LatePolicy(tuple((day, float(lost)) for day, lost in pairs))
        raise self.wrong(
            where,
            f'is {value!r}, but must be "none", {{ points_per_day = 2, days = 3 }}, '
            "or { table = [[1, 2], [7, 10]] } with rising days and points",
        )

    def limits(self, table: dict[str, Any]) -> Limits:
        self.known(("limits",), table, {field.name for field in fields(Limits)})
        return Limits(**{name: self.limit(table, name) for name in table})

    def limit(self, table: dict[str, Any], name: str) -> Any:
        where = ("limits", name)
        value = table[name]
        if name in _SIZES and isinstance(value, str):
            match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(B|KiB|MiB|GiB)", value.strip())
            if match is None:
                raise self.wrong(where, f'is {value!r}, but must be a number of bytes or text such as "64 MiB"')
            value = int(float(match[1]) * _UNITS[match[2]])
        kind: Any = (int, float) if name in _SECONDS else int
        if isinstance(value, bool) or not isinstance(value, kind) or not 0 < value < 2**62:
            raise self.wrong(
                where,
                f"is {table[name]!r}, but must be a {'' if name in _SECONDS else 'whole '}number above 0",
            )
        return float(value) if name in _SECONDS else value

    def value(self, where: tuple[str, ...], table: dict[str, Any], key: str, kind: type) -> Any:
        if key not in table:
            raise self.wrong((*where, key), "is missing")
        if not isinstance(table[key], kind) or not table[key]:
            wanted = {"str": "text in quotes", "dict": "a table with something in it"}[kind.__name__]
            raise self.wrong((*where, key), f"is {table[key]!r}, but must be {wanted}")
        return table[key]

    def known(self, where: tuple[str, ...], table: dict[str, Any], keys: set[str]) -> None:
        for key in table:
            if key not in keys:
                raise self.wrong((*where, key), f"is not known; known here: {', '.join(sorted(keys))}")

    def wrong(self, where: tuple[str, ...], problem: str) -> UsageError:
        line = self.line_of(where)
        place = f"{self.path}, line {line}" if line else f"{self.path}"
        return UsageError(f"{place}: `{'.'.join(where)}` {problem}.")

    def line_of(self, where: tuple[str, ...]) -> int | None:
        """The line of a key written in the plain way, or else of the table that holds it."""
        table: tuple[str, ...] = ()
        found = None
        for number, line in enumerate(self.lines, start=1):
            if header := re.match(r"\s*\[([^\[\]]+)\]", line):
                table = tuple(part.strip().strip("\"'") for part in header[1].split("."))
                if table == where:
                    return number
                if table == where[:-1]:
                    found = number
            elif table == where[:-1] and re.match(rf"\s*[\"']?{re.escape(where[-1])}[\"']?\s*[=.]", line):
                return number
        return found


def is_assignment_name(name: str) -> bool:
    """Whether an assignment may be called so: it names folders and files."""
    return re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", name) is not None


def _is_number(value: Any, kind: type | tuple[type, ...] = (int, float)) -> bool:
    """Whether it is a finite number of that kind; in TOML, true and nan are values, too."""
    return isinstance(value, kind) and not isinstance(value, bool) and abs(value) < 1e9  # type: ignore[arg-type]
