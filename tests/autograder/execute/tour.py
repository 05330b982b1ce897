"""One notebook that does everything which does not end its kernel, and what was seen of its run."""

import os
import socket
import sys
import tempfile
import threading
from pathlib import Path

from autograder import execute
from autograder.sandbox.warm.template import OWN
from tests.autograder.execute.running import SECONDS, run, text
from tests.processes import ask_below, command_line

REPOSITORY = Path(execute.__file__).resolve().parent.parent
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
            for command, users in ask_below(lambda process: (command_line(process), process.uids())).values():
                self.users.setdefault(command, set()).update(users)

    def __getitem__(self, name: str) -> str:
        return text(self.execution, list(TOUR).index(name))
