"""Takes a zip file, as a learning management system exports it, into the same kind of mirror as a repository.

Each state of the file becomes one commit, dated by its newest member. From there on, nothing differs from work
that arrives by Git.
"""

import hashlib
import io
import stat
import zipfile
import zlib
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from autograder.collect.git import GitError, import_commit
from autograder.intake import MAX_FILE

MAX_ZIP = 256 * 2**20  # bytes, packed; and unpacked, all together
MAX_MEMBERS = 2000
_IGNORED = {"__MACOSX", ".git", ".DS_Store"}


def take(path: Path, mirror: Path, zone: str) -> str:
    """Store the content of the zip file `path` as a commit in `mirror`, and return the commit.

    Args:
        zone: the time zone in which the members' times are meant; a zip file does not say.

    Raises:
        GitError: it is no zip file that can be read, is too large, or has names that lead outside.
    """
    try:
        content = path.read_bytes() if path.stat().st_size <= MAX_ZIP else None
    except OSError as error:
        raise GitError(f"{path.name} cannot be read ({error.strerror}).") from None
    if content is None:
        raise GitError(f"{path.name} is larger than {MAX_ZIP // 2**20} MiB.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            members = [member for member in members if not _IGNORED & set(_parts(member))]
            if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_ZIP:
                raise GitError(f"{path.name} holds too many files, or too much.")
            if any(part in ("", ".", "..") for member in members for part in _parts(member)):
                raise GitError(f"{path.name} holds names that lead outside of it.")
            files = {"/".join(_parts(member)): (_mode(member), _read(archive, member)) for member in members}
            dated = max((_time(member, zone) for member in members), default=0)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, ValueError):
        raise GitError(f"{path.name} is no zip file that can be read; it may be damaged or encrypted.") from None
    return import_commit(mirror, hashlib.sha256(content).hexdigest(), dated, files)


def _parts(member: zipfile.ZipInfo) -> list[str]:
    return member.filename.replace("\\", "/").split("/")


def _mode(member: zipfile.ZipInfo) -> str:
    return "120000" if stat.S_ISLNK(member.external_attr >> 16) else "100644"


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """The content of a member; a few bytes more than can be graded if it is larger than that."""
    with archive.open(member) as file:  # its header may lie about the size
        return file.read(MAX_FILE + 1)


def _time(member: zipfile.ZipInfo, zone: str) -> int:
    """Seconds since 1970; 0 for a time that does not exist."""
    try:
        return max(0, int(datetime(*member.date_time, tzinfo=ZoneInfo(zone)).timestamp()))
    except ValueError:
        return 0
