"""Claims about `run_notebook`, each seen in a real sandbox with a real kernel."""

import asyncio
import contextlib
import os
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from autograder import execute, one_run
from autograder.errors import GraderFault
from autograder.execute import run_notebook
from autograder.execution import Execution
from autograder.sandbox.limits import MIB, Limits
from autograder.sandbox.warm.pool import end_templates, hold_template, why_cold
from autograder.sandbox.warm.template import OWN
from autograder.sandbox.workspace import PREFIX

REPOSITORY = Path(execute.__file__).resolve().parent.parent
SMALL = Limits(
    cell_seconds=60,
    notebook_seconds=90,
    processes=64,
    outbox_size=2 * MIB,
    output_size=MIB,
    resident_memory=1024 * MIB,
)

SECONDS = str(20_000_000 + os.getpid())  # that what is left behind sleeps: of no other process that runs these tests
HELPERS = (Path(__file__).parents[2] / "course_utils",)
WARM = ("numpy",)  # what the template of these tests has imported
START: dict[str, Any] = {"helpers": HELPERS, "warm": WARM}


@pytest.fixture(scope="module", autouse=True)
def nothing_stays(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """After all runs of this module: no process and no workspace is left, and none but the template was in between."""
    before = tempfile.tempdir
    with tempfile.TemporaryDirectory() as inbox:
        run_notebook(
            new_notebook(), files={}, inbox=Path(inbox), limits=SMALL, helpers=HELPERS, warm=WARM
        )  # the template is there
    with hold_template(WARM, HELPERS) as template:
        assert template is not None
        tempfile.tempdir = str(tmp_path_factory.mktemp("temporary"))
        yield
        assert list(template.spool.iterdir()) == []
    assert why_cold() == ""
    end_templates()
    folder, tempfile.tempdir = Path(tempfile.tempdir), before
    assert not list(folder.glob(PREFIX + "*"))


def run(
    *sources: str,
    limits: Limits = SMALL,
    files: dict[str, bytes] | None = None,
    warm: tuple[str, ...] | None = WARM,
) -> Execution:
    others = set(psutil.Process().children(recursive=True))  # of tests that ran before in this process
    with tempfile.TemporaryDirectory() as inbox, tempfile.TemporaryDirectory() as outbox:
        (Path(inbox) / "probe.json").write_text('{"probe": 1}')
        notebook = new_notebook(cells=[new_code_cell(source) for source in sources])
        execution = run_notebook(
            notebook,
            files=files or {},
            inbox=Path(inbox),
            limits=limits,
            outbox=Path(outbox),
            helpers=HELPERS,
            warm=warm,
        )
        assert sorted(execution.outbox) == sorted(name for name, _ in left_in(Path(outbox)))
    assert set(psutil.Process().children(recursive=True)) <= others, "a process is left"
    assert not list(Path(tempfile.gettempdir()).glob(PREFIX + "*")), "a workspace is left"
    return execution


def left_in(outbox: Path) -> list[tuple[str, bytes]]:
    """The files in a folder, by their path relative to it."""
    return [(str(path.relative_to(outbox)), path.read_bytes()) for path in outbox.rglob("*") if path.is_file()]


def text(execution: Execution, index: int) -> str:
    """What a person would read below a cell."""
    parts = []
    for output in execution.notebook.cells[index].outputs:
        if output.output_type == "stream":
            parts.append(output.text)
        elif output.output_type == "error":
            parts.append(f"{output.ename}: {output.evalue}")
        else:
            parts.append(output.data.get("text/plain", ""))
    return "\n".join(parts).strip()


# ---- one notebook that does everything which does not end its kernel ----

TOUR = {
    "print": "print('hello')\n2 + 3",
    "error": "1 / 0",
    "after": "print('still here')",
    "loopback": """
import socket
try:
    socket.create_connection(('127.0.0.1', {port}), timeout=2); print('connected')
except OSError as error:
    print(type(error).__name__)""",
    "abstract": """
try:
    s = socket.socket(socket.AF_UNIX); s.connect('\\0{abstract}'); print('connected')
except OSError as error:
    print(type(error).__name__)""",
    "outside": """
try:
    socket.create_connection(('192.0.2.1', 80), timeout=2); print('connected')
except OSError as error:
    print(error.strerror)""",
    "vsock": """
try:
    socket.socket(40, socket.SOCK_STREAM); print('made')
except OSError as error:
    print(error.strerror)""",
    "host files": """
from pathlib import Path
def seen(path):
    try:
        return path.exists()
    except PermissionError:
        return False
print([p for p in {secrets} if seen(Path(p))])""",
    "own files": """
import os
print(os.getcwd(), sorted(os.listdir('/student/work')), open('netid').read(), open('/inbox/probe.json').read())""",
    "writable": """
import os, stat
places = []
for top, folders, _ in os.walk('/'):
    if top == '/proc' or top.startswith('/proc/'):
        folders.clear()
    elif os.access(top, os.W_OK):
        places.append(top); folders.clear()
print(sorted(places))""",
    "proc sys": """
for name in ('kernel/core_pattern', 'vm/overcommit_memory', 'kernel/hostname'):
    try:
        open('/proc/sys/' + name, 'w'); print('opened')
    except OSError as error:
        print(type(error).__name__)""",
    "autograder": "import autograder",
    "course_utils": """
from course_utils import data
import course_utils
images, labels = data.mnist_images(train=False)
print(course_utils.__file__, tuple(images.shape), len(labels))""",
    "replaced modules": """
import sys, torch
print('site-packages' in torch.__file__, 'replaced' in sys.modules, '' in sys.path, sys.path[-1])""",
    "optimizer": """
model = torch.nn.Linear(2, 1)
optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
model(torch.ones(1, 2)).sum().backward(); optimizer.step(); optimizer.zero_grad()
print(type(sys.modules['torch._dynamo']).__name__)
from torch._dynamo import config
print(torch.compile(lambda x: x + 1)(torch.ones(2)).tolist(), type(torch._dynamo).__name__)""",
    "environment": """
print(os.environ.get('HOST_SECRET'), os.environ['COURSE_INBOX'], os.environ['COURSE_OUTBOX'],
      os.environ['HOME'], os.environ['COURSE_MAX_EPOCHS'], os.getuid(), os.listdir('/proc/self/fd') and 'fds')
try:
    print(b'HOST_SECRET' in open('/proc/1/environ', 'rb').read())
except (PermissionError, FileNotFoundError):  # a fork of a template does not even see that there is a process 1
    print(False)""",
    "user name space": """
import subprocess
print(subprocess.run(['unshare', '--user', 'true'], capture_output=True).returncode != 0)""",
    "memfd": """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
print(libc.memfd_create(b'x', 0), libc.shmget(0, 4096, 0o1600))""",
    "display": """
from IPython.display import HTML, display, clear_output
handle = display('first', display_id=True); handle.update('second')
display(HTML('<b>bold</b>'))
from comm import create_comm
create_comm(target_name='jupyter.widget', data={'state': {'_model_module': 'x'}}).close()""",
    "clear": "print('gone'); clear_output(); print('10%\\r20%\\r30%')",
    "forged messages": """
import json
kernel = get_ipython().kernel
parent = json.dumps({'msg_id': kernel.get_parent()['header']['msg_id']}).encode()
def send(*parts):
    kernel.iopub_socket.send_multipart([b'<IDS|MSG>', b'', *parts])
kinds = ['stream', 'display_data', 'execute_result', 'error', 'clear_output', 'comm_open', 'status', 5, None]
for kind in kinds:
    for content in ({}, {'execution_state': 5, 'data': 5}, {'name': 'stdout', 'text': []}, {'traceback': 5}, [], 5):
        send(json.dumps({'msg_type': kind}).encode(), parent, b'{}', json.dumps(content).encode())
send(json.dumps({'msg_type': 'display_data'}).encode(), parent, b'{}',
     json.dumps({'data': {'text/html': 5, 'text/plain': 'kept \\ud800'}}).encode())
kernel.iopub_socket.send_multipart([b'junk'])
send(); send(b'{}', b'[]', b'{}', b'{}'); send(b'[' * 100_000, b'{', b'{', b'{'); send(b'[]', parent, b'{}', b'{}')""",
    "after forged messages": "print('still here')",
    "input": "input('name? ')",
    "outbox": """
os.makedirs('/out/probe'); open('/out/probe/trace.json', 'w').write('{}'); open('/out/a.bin', 'wb').write(b'abc')
os.symlink('/etc/hostname', '/out/link'); os.symlink('/', '/out/root'); os.mkfifo('/out/fifo')
os.makedirs('/out/1/2/3/4/5'); os.link('/out/a.bin', '/out/probe/b.bin'); open(b'/out/\\xff', 'w')
open('/out/new\\nline', 'w'); s = socket.socket(socket.AF_UNIX); s.bind('/out/socket')""",
    "left behind": """
subprocess.Popen('setsid nohup sleep {seconds} & setsid nohup sleep {seconds} &', shell=True)
import atexit, threading
atexit.register(lambda: open('/out/late', 'w'))
time = __import__('time'); time.sleep(1.0)""",
}


class Tour:
    """The run of all cells of `TOUR`, and what was seen of its processes from here."""

    def __init__(self, warm: tuple[str, ...] | None) -> None:
        began = "-m ipykernel" if warm is None else f"-c import sys; sys.path.insert(0, {OWN!r})"
        self.kernel = f"{sys.executable} -P -s {began}"
        listener = socket.create_server(("127.0.0.1", 0))
        abstract = f"autograder-test-{os.getpid()}"
        unix = socket.socket(socket.AF_UNIX)
        unix.bind("\0" + abstract)
        unix.listen()
        secret = Path(tempfile.gettempdir()) / "gradebook.db"
        secret.write_text("grades")
        secrets = ["/etc/shadow", "/etc/passwd", str(REPOSITORY / "pyproject.toml"), str(REPOSITORY / "autograder")]
        secrets += [str(secret), str(Path.home() / ".bashrc"), "/var", "/sys", "/boot", "/home", "/etc/hostname"]
        values = {
            "{port}": str(listener.getsockname()[1]),
            "{abstract}": abstract,
            "{secrets}": repr(secrets),
            "{seconds}": SECONDS,
        }
        sources = []
        for source in TOUR.values():
            for name, value in values.items():
                source = source.replace(name, value)
            sources.append(source)
        files = {"netid": b"abc1", "torch.py": b"raise SystemExit('mine')"}
        for name in ("sitecustomize.py", "usercustomize.py", "conftest.py", "ipython_config.py", "site.py"):
            files[name] = b"import sys; sys.modules['replaced'] = sys"
        os.environ["HOST_SECRET"] = "hidden"
        self.users: dict[str, set[int]] = {}  # by command
        done = threading.Event()
        watcher = threading.Thread(target=self.watch, args=(done,))
        watcher.start()
        try:
            self.execution = run(*sources, files=files, warm=warm)
        finally:
            done.set()
            watcher.join()
            del os.environ["HOST_SECRET"]
            listener.close()
            unix.close()

    def watch(self, done: threading.Event) -> None:
        while not done.wait(0.05):
            for process in psutil.Process().children(recursive=True):
                try:
                    command, users = " ".join(process.cmdline()), process.uids()
                except psutil.Error:
                    continue
                self.users.setdefault(command, set()).update(users)

    def __getitem__(self, name: str) -> str:
        return text(self.execution, list(TOUR).index(name))


@pytest.fixture(scope="module", params=[WARM, None], ids=["warm", "cold"])
def tour(nothing_stays: None, request: pytest.FixtureRequest) -> Tour:
    return Tour(request.param)


def test_outputs_arrive(tour: Tour) -> None:
    assert tour["print"] == "hello\n\n5"
    assert tour.execution.notebook.cells[0].execution_count == 1
    assert tour.execution.stopped is None
    assert 0 < tour.execution.start_seconds < tour.execution.seconds
    assert tour.execution.peak_memory > 100 * MIB


def test_an_error_does_not_stop_the_next_cell(tour: Tour) -> None:
    assert tour["error"] == "ZeroDivisionError: division by zero"
    assert tour["after"] == "still here"


@pytest.mark.parametrize("name", ["loopback", "abstract"])
def test_servers_of_the_host_are_out_of_reach(tour: Tour, name: str) -> None:
    assert tour[name] == "ConnectionRefusedError"


def test_there_is_no_network(tour: Tour) -> None:
    assert tour["outside"] == "Network is unreachable"
    assert tour["vsock"] == "Operation not permitted"


def test_files_of_the_host_cannot_be_seen(tour: Tour) -> None:
    assert tour["host files"] == "[]"


def test_the_submission_is_where_it_runs_and_the_probes_can_be_read(tour: Tour) -> None:
    assert tour["own files"].startswith("/student/work ['conftest.py', 'ipython_config.py', 'netid', 'notebook.ipynb',")
    assert tour["own files"].endswith('abc1 {"probe": 1}')


def test_only_sized_memory_folders_can_be_written(tour: Tour) -> None:
    assert tour["writable"] == "['/dev/shm', '/out', '/sockets', '/student', '/tmp']"


def test_settings_of_the_system_cannot_be_written(tour: Tour) -> None:
    assert set(tour["proc sys"].split()) <= {"PermissionError", "OSError"}


def test_the_autograder_cannot_be_imported(tour: Tour) -> None:
    assert tour["autograder"] == "ModuleNotFoundError: No module named 'autograder'"


def test_course_utils_is_there_with_its_data(tour: Tour) -> None:
    assert tour["course_utils"] == "/course/course_utils/__init__.py (10000, 28, 28) 10000"


def test_files_beside_the_notebook_replace_no_module(tour: Tour) -> None:
    assert tour["replaced modules"] == "True False False /student/work"


def test_an_optimizer_does_without_the_compiler_and_the_compiler_still_works(tour: Tour) -> None:
    assert tour["optimizer"] == "_Dynamo\n[2.0, 2.0] module"


def test_the_environment_is_the_courses_only(tour: Tour) -> None:
    assert tour["environment"] == "None /inbox /out /student 1 1000 fds\nFalse"


def test_no_further_name_space_and_no_uncounted_memory(tour: Tour) -> None:
    assert tour["user name space"] == "True"
    assert tour["memfd"] == "-1 -1"


def test_display_updates_and_widget_messages_are_dropped(tour: Tour) -> None:
    assert tour["display"].startswith("'first'\n<IPython.core.display.HTML object>")
    assert "second" not in tour["display"]
    assert "widgets" not in tour.execution.notebook.metadata


def test_cleared_and_rewritten_output_is_as_on_a_screen(tour: Tour) -> None:
    assert tour["clear"] == "30%"


def test_messages_that_no_kernel_sends_do_no_harm(tour: Tour) -> None:
    kept = tour.execution.notebook.cells[list(TOUR).index("forged messages")].outputs
    assert {"text/plain": "kept ?"} in [output.get("data") for output in kept]
    assert tour["after forged messages"] == "still here"


def test_asking_for_input_is_an_error(tour: Tour) -> None:
    assert tour["input"].startswith("StdinNotImplementedError")


def test_plain_files_of_the_outbox_arrive_and_all_else_is_refused_by_name(tour: Tour) -> None:
    assert tour.execution.outbox == ("probe/trace.json",)
    refused = {sentence.split(":")[0] for sentence in tour.execution.refused}
    # both names of a hard link are refused, since neither is the first
    assert refused == {
        *("link", "root", "fifo", "socket", "1/2/3/4", "a.bin", "probe/b.bin"),
        *("\\udcff", "new\\nline"),
    }


def test_no_process_of_the_sandbox_is_root_as_the_host_sees_it(tour: Tour) -> None:
    kernels = [command for command in tour.users if command.startswith(tour.kernel)]
    assert len(kernels) == 1 and f"sleep {SECONDS}" in tour.users
    assert 0 not in tour.users[kernels[0]] | tour.users[f"sleep {SECONDS}"]


def test_nothing_acts_after_the_last_cell(tour: Tour) -> None:
    assert not [p for p in psutil.process_iter(["cmdline"]) if p.info["cmdline"] == ["sleep", SECONDS]]
    assert "late" not in tour.execution.outbox


# ---- notebooks that end their kernel ----


def test_a_dead_kernel_costs_the_cells_that_did_not_run() -> None:
    execution = run("open('/out/first.json', 'w').write('1')", "import os; os._exit(3)", "print(1)", "")
    why = "the process ended itself, line 1: `import os; os._exit(3)`"
    sentence = f"The notebook was stopped in code cell 2: {why}."
    assert execution.stopped == sentence
    assert text(execution, 1) == f"Stopped: {sentence}"
    assert text(execution, 2) == f"NotRun: not run: {sentence}"
    assert execution.outbox == ("first.json",)


def test_a_crash_in_compiled_code_is_told() -> None:
    execution = run("import ctypes; ctypes.string_at(0)")
    assert execution.stopped is not None and "crashed inside compiled code" in execution.stopped


def below_this(words: str) -> list[psutil.Process]:
    found = []
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            found += [process] if words in " ".join(process.cmdline()) else []
    return found


@pytest.mark.parametrize("number", [1, execute.RUNS_BEGUN])
def test_a_relay_that_somebody_kills_costs_the_submission_nothing(number: int) -> None:
    ended = threading.Event()
    killed: set[psutil.Process] = set()

    def kill_relays() -> None:
        """Those of that many runs, each while its notebook runs."""
        while len(killed) < number and not ended.wait(0.05):
            for sleeper in set(below_this("time-of-a-notebook")) - killed:
                killed.add(sleeper)
                for process in below_this("relay.serve"):
                    with contextlib.suppress(psutil.NoSuchProcess):
                        process.kill()

    killer = threading.Thread(target=kill_relays)
    killer.start()
    cell = "import subprocess, sys\nsleep = 'import time; time.sleep(3)'\n"
    cell += "subprocess.run([sys.executable, '-c', sleep, 'time-of-a-notebook'])\nprint('done')"
    try:
        if number < execute.RUNS_BEGUN:
            execution = run(cell)
            assert execution.stopped is None and text(execution, 0) == "done"
        else:
            with pytest.raises(GraderFault, match="killed from outside"):
                run(cell)
    finally:
        ended.set()
        killer.join()
    assert len(killed) == number


def test_a_long_cell_is_interrupted_and_one_that_swallows_it_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_run, "INTERRUPT_SECONDS", 2)
    stubborn = "import signal\nsignal.signal(signal.SIGINT, lambda *_: None)\nwhile True: pass"
    execution = run("while True: pass", "print('next')", stubborn, limits=replace(SMALL, cell_seconds=1.5))
    assert "this cell was interrupted: it took longer than 1.5 seconds" in text(execution, 0)
    assert text(execution, 1) == "next"
    assert execution.stopped is not None and "did not stop when it was interrupted" in execution.stopped


def test_the_time_of_the_whole_notebook_is_bounded() -> None:
    execution = run("import time", "time.sleep(60)", limits=replace(SMALL, notebook_seconds=2))
    assert execution.stopped is not None and "the whole notebook took longer than 2 seconds" in execution.stopped
    assert execution.seconds < 30


def test_processor_time_is_bounded() -> None:
    execution = run("while True: pass", limits=replace(SMALL, cpu_seconds=2))
    assert execution.stopped is not None and "2 seconds of processor time" in execution.stopped


def test_a_fork_bomb_stops_at_the_limit() -> None:
    bomb = "import os, time\nmade = 0\ntry:\n  while True:\n    if os.fork() == 0: time.sleep(1000)\n    made += 1\n"
    execution = run(bomb + "except OSError as error: print(made, error.strerror)", "print('next')")
    made, reason = text(execution, 0).split(maxsplit=1)
    assert 10 < int(made) <= 64 and "unavailable" in reason
    assert text(execution, 1) == "next"


@pytest.mark.parametrize(
    "source",
    [
        "kept = [bytearray(b'x' * 2**20) for _ in range(2000)]",
        "import os, time\nfor _ in range(20):\n  if os.fork() == 0: kept = b'x' * 40_000_000; time.sleep(60)\n"
        "time.sleep(60)",
    ],
    ids=["one", "many"],
)
def test_memory_by_one_or_many_processes_is_bounded(source: str) -> None:
    execution = run(source, limits=replace(SMALL, resident_memory=400 * MIB))
    assert execution.stopped is not None and "more than 400 MiB of memory" in execution.stopped
    assert execution.peak_memory < 1500 * MIB


def test_what_can_be_written_is_bounded_and_a_flood_of_output_is_cut_then_killed() -> None:
    fill = """
written = 0
try:
    with open('{}/big', 'wb', buffering=0) as file:
        while True: written += file.write(b'x' * 65536)
except OSError as error: print(written <= 2 * 2**20, error.strerror)
"""
    execution = run(
        *(fill.replace("{}", place) for place in ("/out", "/tmp", "/dev/shm", "/sockets", "..")),
        "print('a' * 3 * 2**20)",
        "print('b')",
        "import time\nwhile True: print('c' * 2**20); time.sleep(0.02)",
    )
    for index in range(5):
        assert text(execution, index) == "True No space left on device"
    assert len(text(execution, 5)) < 1.1 * MIB and "the rest was left out" in text(execution, 5)
    assert text(execution, 6) == ""
    assert execution.stopped is not None and "printed more than 16 MiB" in execution.stopped


def test_many_small_outputs_and_many_files_are_bounded() -> None:
    many = "import os\nfor i in range(21_000): open(f'/tmp/{i}', 'w').close()\nimport time; time.sleep(60)"
    execution = run("for i in range(8_000): display(i)", many)
    assert len(execution.notebook.cells[0].outputs) < 6000
    assert execution.stopped is not None and "more than 20000 files" in execution.stopped


def test_cells_and_outputs_of_the_submission_are_taken_as_source_only() -> None:
    """Old outputs go, tags that skip a cell have no effect, Markdown stays, the given notebook is not changed."""
    skipped = new_code_cell("print('ran')", metadata={"tags": ["skip-execution"]})
    empty = new_code_cell("  ", outputs=[new_output("stream", text="forged")], execution_count=7)
    notebook = new_notebook(cells=[new_markdown_cell("text"), skipped, empty])
    files = {"../outside": b"", "/etc/x": b"", "a/b.txt": b"", "a": b"", "": b""}

    async def inside_a_loop() -> Execution:
        return run_notebook(
            notebook, files=files, inbox=Path(tempfile.mkdtemp()), limits=SMALL, helpers=HELPERS, warm=WARM
        )

    execution = asyncio.run(inside_a_loop())
    assert text(execution, 1) == "ran"
    assert execution.notebook.cells[2].outputs == [] and execution.notebook.cells[2].execution_count is None
    assert notebook.cells[2].outputs != []
    assert {sentence.split(":")[0] for sentence in execution.refused} == {"../outside", "/etc/x", "a", ""}


def test_two_runs_at_once_do_not_meet() -> None:
    results: list[Execution] = []
    source = "import os, time; time.sleep(1); print(os.listdir('/out'), os.listdir('/tmp')); open('/out/mine', 'w')"
    notebook = new_notebook(cells=[new_code_cell(source)])
    inbox = Path(tempfile.mkdtemp())

    def one() -> None:
        outbox = Path(tempfile.mkdtemp())
        results.append(
            run_notebook(notebook, files={}, inbox=inbox, limits=SMALL, outbox=outbox, helpers=HELPERS, warm=WARM)
        )

    threads = [threading.Thread(target=one) for _ in range(2)]
    begin = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert time.monotonic() - begin < 60
    assert [list(result.outbox) for result in results] == [["mine"], ["mine"]]
    assert all(text(result, 0).startswith("[] ") for result in results)
