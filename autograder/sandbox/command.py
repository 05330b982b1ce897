"""Builds the bubblewrap command around a program: a submission sees and changes nothing of this machine.

Stands between submission and trace. An ordinary user needs one stage: bubblewrap makes a user name space and
everything else inside it. Root needs two: the first, still root, lays out the file system (the interpreter
may lie in folders that only root can enter) and unshares everything but the users; the second runs as an
unused user and makes the user name space. The program is never kernel user 0, whoever starts it.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import coursekit
from autograder.sandbox.limits import Limits
from coursekit import budget

HOME = "/student"
SUBMISSION = f"{HOME}/work"
GIVEN = "/given"
INBOX = "/inbox"
OUTBOX = "/out"
SOCKETS = "/sockets"
CONNECTION_FILE = "/run/kernel.json"
COURSE = "/course"
FONTS = "/tmp/.matplotlib"

UNUSED_USER = 60_999  # a number that neither accounts, containers nor services get; used when started as root
SOCKETS_SIZE = 64 * 1024

ENVIRONMENT = {
    "COURSE_INBOX": INBOX,
    "COURSE_OUTBOX": OUTBOX,
    **budget.SHORT,
    "HOME": HOME,
    "IPYTHONDIR": "/tmp/.ipython",
    "LANG": "C.UTF-8",
    "LOGNAME": "student",
    "MPLCONFIGDIR": FONTS,
    "OMP_NUM_THREADS": "1",
    "PATH": f"{sys.prefix}/bin:/usr/bin:/bin",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONHASHSEED": "0",
    "PYTHONNOUSERSITE": "1",
    "PYTHONPATH": COURSE,
    "PYTHONSAFEPATH": "1",
    "TMPDIR": "/tmp",
    "TORCHDYNAMO_DISABLE": "1",
    "USER": "student",
}
"""The whole environment of the program: nothing of the grader's own goes in."""

LAUNCHER_ENVIRONMENT = {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin:/usr/local/bin"}
"""The environment given to bubblewrap itself, which `/proc/1/environ` shows to the program."""


def build_command(
    program: Sequence[str],
    limits: Limits,
    binds: Sequence[tuple[Path, str]] = (),
    bubblewrap_options: Sequence[str] = (),
    seccomp: int | None = None,
    as_root: bool | None = None,
    copies: str | None = None,
) -> list[str]:
    """The command that runs `program` in a sandbox.

    Args:
        program: command to run inside, with absolute paths as seen inside.
        limits: its bounds; wall time and total memory are not part of the command.
        binds: (path here, path inside), each bound read-only.
        bubblewrap_options: further options of the first stage, for example `--info-fd 5`.
        seccomp: open file with a compiled filter of system calls, or None.
        as_root: whether to use two stages; None: when this process is root.
        copies: a folder inside, of which the program gets a copy that it may change, as its working folder.
    """
    two_stages = os.geteuid() == 0 if as_root is None else as_root
    identity = ["--unshare-user", "--uid", "1000", "--gid", "1000", "--disable-userns", "--cap-drop", "ALL"]
    filter_option = [] if seccomp is None else ["--seccomp", str(seccomp)]
    bounded = [*_prlimit(limits), *_at_work(copies), *program]
    first = _first_stage(limits, binds, bubblewrap_options)
    if not two_stages:
        return [*first, *identity, *filter_option, "--new-session", "--", *bounded]
    return [*first, "--", *_DROP, *_second_stage([*identity, *filter_option]), *bounded]


def build_template_command(
    program: Sequence[str], limits: Limits, binds: Sequence[tuple[Path, str]], as_root: bool | None = None
) -> list[str]:
    """The command that runs a template (`autograder.sandbox.warm`), in the file system of a sandbox.

    Its user is as unprivileged on this machine as that of any sandbox; but in its own user name space it may mount,
    which it needs to give each fork a file system of its own. As root, a second `/proc` lies over bubblewrap's,
    of which parts are covered: no user name space below would get one of its own else.
    """
    two_stages = os.geteuid() == 0 if as_root is None else as_root
    identity = ["--unshare-user", "--uid", "0", "--gid", "0", "--cap-drop", "ALL"]
    identity += [word for capability in _TEMPLATE_RIGHTS for word in ("--cap-add", capability)]
    first = _first_stage(limits, binds, [])
    if not two_stages:
        return [*first, *identity, "--new-session", "--", *program]
    new_processes = ["/bin/sh", "-c", 'mount -t proc -o nosuid,nodev,noexec proc /proc && exec "$@"', "sh"]
    return [*first, "--", *new_processes, *_DROP, *_second_stage(identity), *program]


# to mount; for the loopback; to give up rights for good; to let a user name space below have this user
_TEMPLATE_RIGHTS = ("CAP_SYS_ADMIN", "CAP_NET_ADMIN", "CAP_SETPCAP", "CAP_SETFCAP")
_DROP = [
    *("setpriv", f"--reuid={UNUSED_USER}", f"--regid={UNUSED_USER}", "--clear-groups"),
    *("--bounding-set=-all", "--inh-caps=-all", "--no-new-privs", "--"),
]


def _first_stage(limits: Limits, binds: Sequence[tuple[Path, str]], options: Sequence[str]) -> list[str]:
    return [
        *(
            "bwrap",
            "--unshare-pid",
            "--unshare-net",
            "--unshare-ipc",
            "--unshare-uts",
            "--unshare-cgroup-try",
        ),
        *("--hostname", "sandbox", "--die-with-parent", "--clearenv"),
        *(word for name, value in ENVIRONMENT.items() for word in ("--setenv", name, value)),
        *_file_system(limits, binds),
        *options,
    ]


def _second_stage(identity: Sequence[str]) -> list[str]:
    return [
        *("bwrap", *identity, "--new-session", "--die-with-parent"),
        *("--bind", "/", "/", "--dev-bind", "/dev", "/dev", "--remount-ro", "/", "--chdir", HOME, "--"),
    ]


def _prlimit(limits: Limits) -> list[str]:
    return [
        "prlimit",
        f"--as={limits.address_space}",
        f"--nproc={limits.processes}",
        f"--fsize={limits.file_size}",
        f"--cpu={limits.cpu_seconds}:{limits.cpu_seconds + 5}",  # a signal that tells why, then one that kills
        f"--nofile={limits.open_files}",
        "--core=0",
        "--msgqueue=0",
        "--",
    ]


def _at_work(copies: str | None) -> list[str]:
    """What makes the working folder before the program runs in it; what does not fit is left out."""
    make = f"mkdir -p {SUBMISSION}" if copies is None else f"cp -R {copies} {SUBMISSION}"
    return ["/bin/sh", "-c", f'{make}; cd {SUBMISSION} && exec "$@"', "sh"]


def _file_system(limits: Limits, binds: Sequence[tuple[Path, str]]) -> list[str]:
    """The options that lay out the file system: everything read-only but sized memory file systems."""
    options = [
        *("--perms", "0755", "--dir", "/usr", "--ro-bind", "/usr", "/usr"),
        *(word for link in _usr_links() for word in link),
        *("--perms", "0755", "--dir", "/etc"),
        *(word for name in _etc_files() for word in ("--ro-bind", name, name)),
        *("--proc", "/proc", "--dev", "/dev"),
        *_memory_folder("/dev/shm", limits.outbox_size),
        *_memory_folder("/tmp", limits.outbox_size),
        *_memory_folder(OUTBOX, limits.outbox_size),
        *_memory_folder(HOME, limits.outbox_size),
        *_memory_folder(SOCKETS, SOCKETS_SIZE),
    ]
    options += ["--perms", "1777", "--dir", FONTS]
    made = {"/", "/usr", "/etc", "/tmp", "/proc", "/dev", FONTS, HOME}
    # after the memory file systems: an interpreter or a virtual environment may lie under /tmp
    for source, destination in [*_python_folders(), *_course(), *_font_lists(), *binds]:
        for parent in reversed(Path(destination).parents):
            if str(parent) not in made and not str(parent).startswith("/usr/"):
                options += ["--perms", "0755", "--dir", str(parent)]
                made.add(str(parent))
        options += ["--ro-bind", str(source), destination]
    for hidden in _trusted_packages():
        options += ["--perms", "0000", "--size", "4096", "--tmpfs", hidden, "--remount-ro", hidden]
    return [*options, "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", HOME]


def _memory_folder(path: str, size: int) -> list[str]:
    return ["--perms", "1777", "--size", str(size), "--tmpfs", path]


def _usr_links() -> list[list[str]]:
    """`/bin`, `/lib` and so on: links into `/usr` as on this machine, or bound where real folders."""
    links = []
    for name in ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"):
        path = Path(name)
        if path.is_symlink():
            links.append(["--symlink", str(path.readlink()), name])
        elif path.is_dir():
            links.append(["--ro-bind", name, name])
    return links


def _etc_files() -> list[str]:
    return [name for name in ("/etc/ld.so.cache", "/etc/fonts", "/etc/alternatives") if Path(name).exists()]


def shown_below(folders: Sequence[str]) -> list[str]:
    """What a sandbox shows of this machine below some folders, by the paths inside."""
    inside = [path for _, path in [*_python_folders(), *_course(), *_font_lists()]]
    return [path for path in inside if any(path.startswith(folder + "/") for folder in folders)]


def _python_folders() -> list[tuple[Path, str]]:
    """The virtual environment and the base interpreter, under their names and under their real paths."""
    names = {sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix}
    names |= {os.path.realpath(name) for name in names}
    names.add(str(Path(os.path.realpath(sys.executable)).parent.parent))
    outside = sorted(name for name in names if name != "/usr" and not name.startswith("/usr/"))
    # a folder inside another of them comes with it
    tops = [name for name in outside if not any(name.startswith(other + "/") for other in outside)]
    return [(Path(name).resolve(), name) for name in tops]


def _course() -> list[tuple[Path, str]]:
    """What the sandbox's programs import besides the environment, and our start-up file."""
    kit = Path(str(coursekit.__file__)).resolve().parent
    start_up = Path(__file__).resolve().with_name("inside.py")
    return [(kit, f"{COURSE}/coursekit"), (start_up, f"{COURSE}/sitecustomize.py")]


def _font_lists() -> list[tuple[Path, str]]:
    """matplotlib's lists of this machine's fonts, which it would else make in every sandbox (0.25 s)."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser() / "matplotlib"
    return [(file, f"{FONTS}/{file.name}") for file in sorted(cache.glob("fontlist-v*.json"))]


def _trusted_packages() -> list[str]:
    """Where a bound folder would show this package (an install that is not editable), as seen inside."""
    own = Path(__file__).resolve().parent.parent
    bound = [*_python_folders(), (Path("/usr"), "/usr")]
    return [f"{name}/{own.relative_to(folder)}" for folder, name in bound if own.is_relative_to(folder)]
