"""Claims about the command itself, and about the one that ordinary users get."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

import autograder
from autograder.sandbox import command
from autograder.sandbox.limits import Limits
from autograder.sandbox.process import SandboxProcess
from autograder.sandbox.seccomp import ARCHITECTURES, compile_filter

OTHER_USER = 61_500

# hides nothing from that user: in a mount name space of its own, the folder that only root can enter is
# replaced by one that holds the interpreter alone
AS_ORDINARY_USER = """
set -e
mkdir -p "$1/python"
mount --bind "$2" "$1/python"
for closed in $(python3 -c 'import os, sys
p = sys.argv[1]
while p != "/":
    p = os.path.dirname(p)
    if p != "/" and not os.stat(p).st_mode & 1: print(p)' "$2" | tail -1); do
    mount -t tmpfs -o mode=0755 tmpfs "$closed"
    mkdir -p "$2"
    mount --bind "$1/python" "$2"
done
exec setpriv --reuid="$3" --regid="$3" --clear-groups "$4" "$5" "$1" "$6"
"""

GRADER = """
import json, os, sys, tempfile
from pathlib import Path
import psutil
from nbformat.v4 import new_code_cell, new_notebook
from autograder.execute import run_notebook
from autograder.sandbox.limits import Limits
from autograder.sandbox.warm.pool import end_templates, why_cold
sources = [
    "print(open('/proc/self/uid_map').read().split())",
    "open('/proc/sys/kernel/core_pattern', 'w')",
    "print(sorted(p for p in ('/etc/shadow', '/root', '/home', '/var') if __import__('os').path.exists(p)))",
    "open('/out/a.json', 'w').write('{}')",
    "import os, time\\nn = 0\\ntry:\\n  while True:\\n    n += 1\\n    if os.fork() == 0: time.sleep(999)\\n"
    "except OSError: print(n)",
    "while True: pass",
    "print('next')",
    "kept = []\\nfor _ in range(1000): kept.append(bytearray(b'x' * 2**20))",
    "import time; time.sleep(1.5)",  # until the watch has seen it
]
tempfile.tempdir = sys.argv[1]
inbox, outbox = (Path(tempfile.mkdtemp()) for _ in range(2))
limits = Limits(cell_seconds=2, processes=20, resident_memory=300 * 2**20)  # a fork comes to hold 10 MiB
notebook = new_notebook(cells=[new_code_cell(source) for source in sources])
warm = ("json",) if sys.argv[2] == "warm" else None
execution = run_notebook(notebook, files={}, inbox=inbox, limits=limits, outbox=outbox, warm=warm)
why = why_cold()
end_templates()
outputs = [[dict(o) for o in cell.outputs] for cell in execution.notebook.cells]
json.dump(
    {
        "uid": os.getuid(),
        "outputs": outputs,
        "outbox": list(execution.outbox),
        "why cold": why,
        "stopped": execution.stopped,
        "left": [str(p) for p in psutil.Process().children(recursive=True)] + os.listdir(sys.argv[1]),
    },
    sys.stdout,
)
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="as an ordinary user all other tests are this one")
@pytest.mark.parametrize("start", ["warm", "cold"])
def test_an_ordinary_user_gets_the_same_protection_in_one_stage(start: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        place.chmod(0o755)
        (place / "tmp").mkdir()
        (place / "tmp").chmod(0o777)
        script = place / "grader.py"
        script.write_text(GRADER.replace("sys.argv[1]", "sys.argv[1] + '/tmp'"))
        words = [str(place), sys.base_prefix, str(OTHER_USER), sys.executable, str(script), start]
        done = subprocess.run(
            ["unshare", "--mount", "bash", "-c", AS_ORDINARY_USER, "bash", *words],
            capture_output=True,
            text=True,
            env={"PATH": os.environ["PATH"], "HOME": str(place)},
            cwd="/",
        )
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    texts = [
        " ".join(o.get("text", "") or o.get("ename", "") for o in outputs).strip() for outputs in result["outputs"]
    ]
    assert (result["uid"], result["why cold"]) == (OTHER_USER, "")
    assert texts[0].startswith("['1000', ")
    assert texts[1] in ("PermissionError", "OSError")
    assert texts[2] == "[]" or texts[2] == "['/root']"  # an empty parent of the interpreter
    assert 5 < int(texts[4]) <= 20
    assert texts[5].endswith("TimeLimit") and texts[6] == "next"
    assert "more than 300 MiB of memory" in result["stopped"]
    assert result["outbox"] == ["a.json"]
    assert len(result["left"]) == 2  # its own inbox and outbox


def test_one_stage_makes_a_user_name_space_and_two_stages_drop_root_first() -> None:
    one = command.build_command(["true"], Limits(), as_root=False)
    two = command.build_command(["true"], Limits(), as_root=True)
    assert one.count("bwrap") == 1 and "setpriv" not in one
    assert two.count("bwrap") == 2 and two.index("setpriv") < two.index("--unshare-user")
    for words in (one, two):
        assert {"--unshare-net", "--unshare-pid", "--clearenv", "--disable-userns"} <= set(words)


def test_this_package_is_hidden_where_it_is_installed_among_the_libraries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.chmod(0o755)
    installed = tmp_path / "lib" / "autograder"
    shutil.copytree(Path(autograder.__file__).parent, installed)
    (tmp_path / "lib" / "other.py").touch()
    monkeypatch.setattr(command, "__file__", str(installed / "sandbox" / "command.py"))
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    script = f"ls {tmp_path}/lib; ls {installed}; ls {installed}/sandbox; ls {installed}/sandbox/command.py"
    process = SandboxProcess(["/bin/sh", "-c", f"({script}) >&2"], Limits(), [(tmp_path / "lib", command.SUBMISSION)])
    try:
        process.wait()
        said = process.stderr()
    finally:
        process.close()
    assert said.startswith("autograder\nother.py\n") and said.count("cannot") == 3


def test_an_editable_install_binds_coursekit_alone() -> None:
    words = command.build_command(["true"], Limits())
    package = Path(autograder.__file__).resolve().parent
    bound = [words[index + 1] for index, word in enumerate(words) if word == "--ro-bind"]
    assert str(package.parent / "coursekit") in bound
    assert not [path for path in bound if package.is_relative_to(path)]


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_every_jump_of_the_filter_stays_inside_it(machine: str) -> None:
    program = compile_filter(machine)
    assert program is not None and len(program) % 8 == 0
    count = len(program) // 8
    for index in range(count):
        code, if_true, if_false = program[index * 8], program[index * 8 + 2], program[index * 8 + 3]
        if code & 7 == 5:
            assert index + 1 + max(if_true, if_false) < count


def test_a_machine_that_the_filter_does_not_know_gets_none() -> None:
    assert compile_filter("riscv64") is None
