"""What goes into a kit runs on Linux, macOS and Windows: nothing there needs what only some of them have."""

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = sorted(path for package in ("coursekit", "course_utils") for path in (ROOT / package).rglob("*.py"))
POSIX_MODULES = {"fcntl", "grp", "posix", "pty", "pwd", "resource", "syslog", "termios", "tty"}
POSIX_NAMES = {
    "os": {"fork", "forkpty", "geteuid", "getuid", "killpg", "mkfifo", "setsid", "sysconf", "uname", "wait", "waitpid"},
    "signal": {"ITIMER_PROF", "ITIMER_REAL", "SIGALRM", "SIGKILL", "SIGPROF", "setitimer"},
}
GUARDED = {  # where they stand behind a question for what there is
    "coursekit/aside.py": "nobody calls it unless `can_fork()`",
    "coursekit/plans/limit.py": "`limited` looks for `setitimer` first",
    "coursekit/submit/pdf.py": "on Linux only",
}
TEXT_FILES = {"read_text", "write_text", "open"}

# The modules that a system has for itself are loaded under their own platform; then all of ours under another one.
ON_WINDOWS = """
import sys, importlib, os, signal
import torch, torchvision, numpy, matplotlib.pyplot, nbconvert, nbclient, tqdm, pypdf, safetensors.torch
from IPython.display import Image
for name in ("fcntl", "grp", "pwd", "resource", "termios"):
    sys.modules[name] = None
for name in ("fork", "geteuid", "getuid", "waitpid", "setsid"):
    delattr(os, name)
for name in ("setitimer", "SIGALRM", "SIGPROF", "SIGKILL", "ITIMER_REAL", "ITIMER_PROF"):
    delattr(signal, name)
sys.platform = "win32"
for name in sys.argv[1:]:
    importlib.import_module(name)
import runpy
from course_utils import check
solution = runpy.run_path("solutions/hw2/right/three_adams.py")
functions = [solution[name] for name in ("discriminator_loss", "generator_loss", "autoencoder_loss")]
check.losses(*functions)
from coursekit.plans.limit import limited
with limited(1.0):
    pass
from coursekit.submit.__main__ import main
sys.exit(main(["--folder", "no-such-folder"]))
"""


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def posix_only(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in POSIX_MODULES)
        elif isinstance(node, ast.ImportFrom) and node.module in (POSIX_MODULES | set(POSIX_NAMES)):
            hidden = POSIX_NAMES.get(node.module or "", set())
            yield from (a.name for a in node.names if a.name in hidden or node.module in POSIX_MODULES)
        elif isinstance(node, ast.Attribute) and node.attr in POSIX_NAMES.get(ast.unparse(node.value), set()):
            yield ast.unparse(node)


def without_encoding(module: ast.Module) -> Iterator[int]:
    """Lines that read or write text in whatever encoding a system has."""
    for node in ast.walk(module):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        words = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
        of_other_kind = any("b" in word for word in words) or ast.unparse(node.func) in ("os.open", "PIL.Image.open")
        told = "utf-8" in words or any(keyword.arg == "encoding" for keyword in node.keywords)
        if name in TEXT_FILES and not told and not of_other_kind and not ast.unparse(node.func).startswith("gzip"):
            yield node.lineno


def test_what_only_posix_has_stands_behind_a_question_for_it() -> None:
    found = {path.relative_to(ROOT).as_posix(): sorted(set(posix_only(tree(path)))) for path in FILES}
    assert {path for path, names in found.items() if names} == set(GUARDED), found


def test_text_files_have_the_same_encoding_on_every_system() -> None:
    assert [(path.name, line) for path in FILES for line in without_encoding(tree(path))] == []


@pytest.mark.parametrize("text", ["/tmp/", "/dev/null", "/proc/"])
def test_no_path_is_that_of_one_system(text: str) -> None:
    strings = [
        (path.name, node.value)
        for path in FILES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith(text)
    ]
    assert strings == []


def test_all_of_a_kit_can_be_imported_and_tried_where_posix_is_not() -> None:
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in FILES if path.stem != "__main__"]
    modules = [name.removesuffix(".__init__") for name in names]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "cp1252", "OMP_NUM_THREADS": "1"}
    environment = {name: value for name, value in environment.items() if not name.startswith("COURSE_")}
    run = subprocess.run(
        [sys.executable, "-c", ON_WINDOWS, *modules], cwd=ROOT, env=environment, capture_output=True, encoding="cp1252"
    )
    assert run.returncode == 2, run.stderr  # there is no assignment in this folder, which is told in a sentence
    assert "0 need work." in run.stdout and "unpack the course's kit again" in run.stderr
