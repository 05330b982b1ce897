"""Whether a repository on this machine is all its own, so that reading it reads nothing else of this machine.

Stands at submission in the flow course material -> submission -> trace -> verdict -> gradebook -> report. A folder that
was unpacked may hold links, by which Git would read what another team has, or wait for ever.
"""

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

_HISTORY = ("objects", "refs", "reftable")  # folders that Git reads, with all that is in them
_FILES = ("HEAD", "packed-refs", "config", "shallow")
_INCLUDED = re.compile(rb"\[\s*include", re.IGNORECASE)
_LARGEST = 2**20  # bytes of the settings of a repository; they are some hundred
_MOST = 200_000  # names that are looked at; Git packs what is more than some thousand


def own_folder(folder: Path) -> Path:
    """Where Git finds the repository that is a clone, or bare, at `folder`.

    Raises:
        ValueError: it is none, or borrows from other places on this machine; the message is a sentence.
    """
    for git in (folder / ".git", folder):
        if (git / "HEAD").is_file() or git.is_symlink() or (git.name == ".git" and git.is_file()):
            if git.is_symlink() or git.is_file() or (git / "objects/info/alternates").exists() or _borrows(git):
                raise ValueError(f"{folder} takes its history from somewhere else on this machine, so it was not read.")
            if (git / "commondir").exists():
                raise ValueError(f"{folder} is part of another repository, so it was not read.")
            return git.resolve()
    raise ValueError(f"{folder} is no Git repository.")


def _borrows(git: Path) -> bool:
    """Whether anything that Git reads is a link or no plain file, or its settings take in those of another file."""
    if any(number >= _MOST or not _is_plain(path) for number, path in enumerate(_read_by_git(git))):
        return True
    config = git / "config"
    if not config.exists():
        return False
    return config.stat().st_size > _LARGEST or _INCLUDED.search(config.read_bytes()) is not None


def _read_by_git(git: Path) -> Iterator[Path]:
    yield from (git / name for name in (*_FILES, *_HISTORY) if os.path.lexists(git / name))
    for name in _HISTORY:
        for where, folders, files in os.walk(git / name):
            yield from (Path(where, name) for name in (*folders, *files))


def _is_plain(path: Path) -> bool:
    mode = path.lstat().st_mode
    return stat.S_ISREG(mode) or stat.S_ISDIR(mode)
