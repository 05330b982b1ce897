"""Looks at what grading needs of this machine: programs, packages, data, memory, disk and folders to write to."""

import importlib.metadata
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
import psutil

from autograder.config import Course
from autograder.doctor.finding import Finding
from autograder.errors import UsageError
from autograder.imports import code_of, needed_files
from autograder.nbgrader_settings import OWN_FILE, points_here
from autograder.roster import load_extensions, load_roster
from autograder.sandbox.cgroup import MemoryGroup
from autograder.sandbox.seccomp import compile_filter
from coursekit.submit.pdf import find_browser

GIB = 2**30
LITTLE_DISK, TOO_LITTLE_DISK = 5 * GIB, 0.5 * GIB  # bytes; a class of 200 leaves about 1 GiB
PACKAGES = ("torch", "nbgrader", "pytest", "dask", "safetensors")


def look_at_machine(course: Course) -> Iterator[Finding]:
    """Everything but the sandbox, in the order in which it is told."""
    yield _system()
    yield _packages()
    yield _nbgrader(course)
    yield _helpers(course)
    yield _people(course)
    yield _git()
    yield _browser()
    yield _memory(course)
    yield from _disk(course)
    yield _system_calls()
    yield _memory_group(course)


def _system() -> Finding:
    found = f"{platform.system()} {platform.release()}, {platform.machine()}, Python {platform.python_version()}"
    if sys.platform != "linux":
        return Finding("system", "bad", found, "Grade on Linux, or in a virtual machine that runs it.")
    return Finding("system", "good", found)


def _packages() -> Finding:
    found, missing = [], []
    for name in PACKAGES:
        try:
            found.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            missing.append(name)
    if missing:
        return Finding("packages", "bad", f"missing: {', '.join(missing)}", "Run `make setup`.")
    return Finding("packages", "good", ", ".join(found))


def _nbgrader(course: Course) -> Finding:
    """Whether nbgrader's own commands and the formgrader grade in the sandbox, too."""
    if points_here(course):
        return Finding("nbgrader", "good", "its own commands and the formgrader grade in the sandbox, too")
    found = f"{OWN_FILE} of the course does not call `configure` of autograder.nbgrader_settings"
    return Finding("nbgrader", "bad", found, f"Move {OWN_FILE} away; `autograder release` makes one that does.")


def _helpers(course: Course) -> Finding:
    """Whether what the notebooks import from the course's own helpers is there."""
    files: set[Path] = set()
    try:
        for assignment in course.assignments.values():
            if assignment.helpers and (assignment.source / assignment.notebook).is_file():
                notebook = nbformat.read(assignment.source / assignment.notebook, as_version=4)
                files |= set(needed_files(assignment.helpers, code_of(notebook)))
    except (UsageError, nbformat.ValidationError, nbformat.reader.NotJSONError, OSError) as error:
        return Finding("helpers", "bad", f"{error}", "Get the file back from the repository.")
    empty = sorted(path for path in files if path.suffix != ".py" and path.stat().st_size == 0)
    if empty:
        return Finding("helpers", "bad", f"{empty[0]} is empty", "Get the file back from the repository.")
    return Finding("helpers", "good", f"{len(files)} files that the notebooks import, with the data beside them")


def _people(course: Course) -> Finding:
    try:
        roster = load_roster(course)
        for name in course.assignments:
            load_extensions(course, name)
    except UsageError as error:
        return Finding("roster and extensions", "bad", str(error), "Correct the file; nothing is collected until then.")
    if roster is None:
        return Finding(
            "roster and extensions", "warning", "no roster", "Name one in course.toml, so that unknown ids are told."
        )
    return Finding("roster and extensions", "good", f"{len(roster)} people")


def _git() -> Finding:
    if shutil.which("git") is None:
        return Finding("Git", "bad", "not installed", "Run `sudo apt-get install git`.")
    said = subprocess.run(["git", "--version"], capture_output=True, text=True).stdout.split()
    return Finding("Git", "good", said[2] if len(said) > 2 else "installed")


def _browser() -> Finding:
    browser = find_browser()
    if browser is None:
        return Finding(
            "browser",
            "warning",
            "no Chromium or Chrome",
            "Only for PDFs and tests: run `sudo apt-get install chromium`.",
        )
    return Finding("browser", "good", browser)


def _memory(course: Course) -> Finding:
    available, at_once = psutil.virtual_memory().available, os.cpu_count() or 1
    needed = at_once * course.limits.resident_memory
    found = f"{available / GIB:.1f} GiB free for {at_once} submissions at once"
    if available < course.limits.resident_memory:
        return Finding("memory", "bad", found, "Close other programs, or lower resident_memory in course.toml.")
    if available < needed:
        return Finding(
            "memory", "warning", found, f"If all of them used their limit, {needed / GIB:.1f} GiB would be needed."
        )
    return Finding("memory", "good", found)


def _disk(course: Course) -> Iterator[Finding]:
    for what, folder in (("course folder", course.root), ("temporary folder", Path(tempfile.gettempdir()))):
        try:
            with tempfile.NamedTemporaryFile(dir=folder, prefix=".doctor-") as file:
                file.write(b"x" * 4096)
                file.flush()
        except OSError as error:
            yield Finding(what, "bad", f"{folder}: {error.strerror}", "Make it a folder that can be written to.")
            continue
        free = shutil.disk_usage(folder).free
        found = f"{folder}: {free / GIB:.1f} GiB free"
        if free < LITTLE_DISK:
            yield Finding(what, "bad" if free < TOO_LITTLE_DISK else "warning", found, "Free some room on this disk.")
        else:
            yield Finding(what, "good", found)


def _system_calls() -> Finding:
    if compile_filter(platform.machine()) is None:
        return Finding(
            "filter of system calls",
            "warning",
            f"none for {platform.machine()}",
            "Prefer an x86_64 or aarch64 machine; all other bounds hold here too.",
        )
    return Finding("filter of system calls", "good", "on")


def _memory_group(course: Course) -> Finding:
    group = MemoryGroup.create(course.limits)
    group.remove()
    kernel = f"and by the kernel ({group.bounds})" if group.bounds else "alone: no control group can be written here"
    return Finding("memory bound", "good", f"by a watchdog {kernel}")
