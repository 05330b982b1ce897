"""Writes a new course, and a new assignment into a course; no file that is there is overwritten.

Stands before everything in the flow course material -> submission -> trace -> verdict -> gradebook -> report.
"""

import json
import tempfile
import tomllib
from dataclasses import fields
from pathlib import Path
from zoneinfo import available_timezones

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from autograder.config import COURSE_FILE, Course, is_assignment_name
from autograder.errors import UsageError
from autograder.sandbox.limits import Limits
from coursekit.whole_file import write_whole

TEMPLATES = Path(__file__).parent / "templates"
SUFFIX = ".j2"
LOCAL_TIME = Path("/etc/localtime")  # a link to the file of the time zone


def make_course(folder: Path, title: str, time_zone: str) -> list[Path]:
    """Make a course without assignments; return the files that were written, and not those that were there.

    Raises:
        UsageError: there is a course already, or the folder cannot be written to.
    """
    if (folder / COURSE_FILE).exists():
        raise UsageError(f"{folder / COURSE_FILE} is there already: `autograder new NAME` adds an assignment to it.")
    defaults = Limits()
    limits = [(field.name, getattr(defaults, field.name)) for field in fields(Limits)]
    texts = _render("course", title=title, time_zone=time_zone, limits=limits)
    made = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in sorted(texts, key=lambda name: name == COURSE_FILE):  # the one that makes it a course comes last
            if not (folder / name).exists():
                (folder / name).parent.mkdir(exist_ok=True)
                (folder / name).write_text(texts[name], encoding="utf-8")
                made.append(folder / name)
    except OSError as error:
        raise UsageError(f"{folder} cannot be made a course ({error.strerror}): name another folder.") from None
    return made


def add_assignment(course: Course, name: str, title: str) -> list[Path]:
    """Add a working assignment to a course; return the folders and files that were made.

    Raises:
        UsageError: the name cannot be, is taken, or something of that name is there. Nothing is changed then.
    """
    if not is_assignment_name(name):
        raise UsageError(f"{name!r} is no name for an assignment; use letters, digits, _ and -.")
    root = course.root
    taken = [other for other in course.assignments if other.lower() == name.lower()]
    if taken:
        raise UsageError(f"There is an assignment {taken[0]!r} in {root / COURSE_FILE} already: choose another name.")
    places = {part: root / part / name for part in ("source", "solutions")} | {"checks": root / "checks" / f"{name}.py"}
    for place in (*places.values(), root / "checks" / name):
        if place.exists():
            raise UsageError(f"{place} is there already: choose another name, or move it away.")
    settings = (root / COURSE_FILE).read_text(encoding="utf-8-sig")
    texts = _render("assignment", name=name, title=title)
    grown = settings.rstrip("\n") + "\n" + texts[COURSE_FILE]
    try:
        tomllib.loads(grown)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"Nothing can be added at the end of {root / COURSE_FILE} ({error}).") from None
    course.state.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=course.state, prefix="staging-") as folder:
        _write_assignment(Path(folder), name, texts)
        for part, place in places.items():
            place.parent.mkdir(exist_ok=True)
            (Path(folder) / part).rename(place)
    write_whole(root / COURSE_FILE, grown.encode())
    return [places["source"], places["checks"], places["solutions"]]


def local_time_zone() -> str:
    """The name of this machine's time zone, or UTC where it does not say."""
    name = "/".join(LOCAL_TIME.resolve().parts[-2:])
    return name if name in available_timezones() else "UTC"


def _write_assignment(folder: Path, name: str, texts: dict[str, str]) -> None:
    (folder / "checks").write_text(texts["checks.py"], encoding="utf-8")
    for file, text in texts.items():
        if file.startswith(("source/", "solutions/")):
            path = folder / file.replace("notebook.ipynb", f"{name}.ipynb")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")


def _render(kind: str, **values: object) -> dict[str, str]:
    """The files of a template by their path in it."""
    root = TEMPLATES / kind
    environment = Environment(loader=FileSystemLoader(root), undefined=StrictUndefined, keep_trailing_newline=True)
    environment.filters["json"] = lambda text: json.dumps(text, ensure_ascii=False)  # a string of TOML, too
    names = sorted(path.relative_to(root).as_posix() for path in root.rglob(f"*{SUFFIX}"))
    return {name.removesuffix(SUFFIX): environment.get_template(name).render(values) for name in names}
