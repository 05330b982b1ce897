"""Runs a program that reads a stranger's bytes, with limits on its time, memory, files, and what it may print.

Used throughout the collection. What a program prints is counted before it is held: too much of it ends the program.
"""

import contextlib
import os
import subprocess
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from autograder.processes import kill_group

_ERRORS = 16 * 2**10  # bytes of the error stream that are kept, the last ones
_PIECE = 64 * 2**10


@dataclass(frozen=True)
class Limits:
    """What one program may use, and each program that it starts.

    Attributes:
        seconds: until it is ended, and of processor time.
        memory: bytes of address space.
        file: bytes of one file that it writes.
        printed: bytes on its standard output.
    """

    seconds: float
    memory: int
    file: int
    printed: int


@dataclass(frozen=True)
class Done:
    """How a program ended.

    Attributes:
        status: its exit status; negative where a signal ended it.
        printed: what it printed, as far as allowed.
        errors: the last lines of its error stream.
        cut: whether it printed more than it may.
        late: whether its time was over.
    """

    status: int
    printed: bytes
    errors: str
    cut: bool
    late: bool


def run_limited(
    command: Sequence[str],
    limits: Limits,
    given: Iterable[bytes] = (),
    environment: Mapping[str, str] | None = None,
    into: Path | None = None,
) -> Done:
    """Run `command` and wait for it.

    Args:
        command: the program and its arguments.
        limits: what it may use.
        given: written to its standard input.
        environment: its environment, or None for that of this process.
        into: a new file for what it prints, instead of memory.
    """
    blocks, kibibytes = -(-limits.file // 512), limits.memory // 1024  # in the units of sh
    script = f'ulimit -c 0; ulimit -f {blocks}; ulimit -v {kibibytes}; ulimit -t {int(limits.seconds) + 1}; exec "$@"'
    with contextlib.ExitStack() as stack:
        output = stack.enter_context(into.open("xb")) if into else subprocess.PIPE
        process = subprocess.Popen(
            ["sh", "-c", script, "sh", *command],
            env={**(os.environ if environment is None else environment), "MALLOC_ARENA_MAX": "1"},  # or threads reserve
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        stack.enter_context(process)
        ended = threading.Event()

        def end() -> None:
            ended.set()
            kill_group(process)

        timer = threading.Timer(limits.seconds, end)
        timer.daemon = True
        timer.start()
        errors = bytearray()
        assert process.stdin is not None and process.stderr is not None
        helpers = [
            threading.Thread(target=_feed, args=(process.stdin, given), daemon=True),
            threading.Thread(target=_keep_last, args=(process.stderr, errors), daemon=True),
        ]
        for helper in helpers:
            helper.start()
        printed, cut = _read(process, limits.printed) if process.stdout is not None else (b"", False)
        for helper in helpers:
            helper.join()
        timer.cancel()
        status = process.wait()
    return Done(status, printed, errors.decode("utf-8", "replace"), cut, ended.is_set())


def _read(process: subprocess.Popen[bytes], most: int) -> tuple[bytes, bool]:
    """What the process prints, and whether that was more than allowed, which ends it."""
    assert process.stdout is not None
    printed = bytearray()
    while piece := process.stdout.read1(_PIECE):  # type: ignore[attr-defined]
        printed += piece
        if len(printed) > most:
            kill_group(process)
            return bytes(printed[:most]), True
    return bytes(printed), False


def _feed(pipe: IO[bytes], pieces: Iterable[bytes]) -> None:
    with contextlib.suppress(OSError), pipe:  # it may have ended before it read everything
        for piece in pieces:
            pipe.write(piece)


def _keep_last(pipe: IO[bytes], kept: bytearray) -> None:
    while piece := pipe.read1(_PIECE):  # type: ignore[attr-defined]
        kept += piece
        del kept[:-_ERRORS]
