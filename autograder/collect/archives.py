"""Reads what was uploaded as data: archives, archives within archives, folders, single files; within one budget.

Runs in the limited process of `unpack.py` only. Nothing is ever extracted: members are read one by one, into a budget
of files and bytes that is counted before anything is unpacked and while it is read, whatever headers claim.
"""

import io
import lzma
import os
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO
from zoneinfo import ZoneInfo

from autograder.collect.disk import Refused, is_litter, open_plain, walk
from autograder.collect.kinds import COPIES, TAR, ZIP, archive_kind, true_kind
from autograder.collect.ledger import LAST_MOMENT
from autograder.collect.zip_times import universal_time
from autograder.shown.printable import printable

MAX_MEMBERS = 2000
MAX_DEPTH = 2  # an archive within an archive is read, one in that is not
_DAMAGED = (
    zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, struct.error, EOFError, RuntimeError,
    NotImplementedError, ValueError, OverflowError, OSError,
)  # fmt: skip  # what the readers of the standard library raise


@dataclass
class Contents:
    """What was read.

    Attributes:
        files: mode ("100644", or "120000" for a link) and content, by path.
        dated: the newest time of a member, seconds since 1970; in the course's time zone where none is told.
        earliest: the same, were it written in the zone that is furthest ahead.
        known: whether any time stood there at all.
        remarks: what was left out.
    """

    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    dated: int = 0
    earliest: int = 0
    known: bool = False
    remarks: list[str] = field(default_factory=list)


@dataclass
class Reader:
    """Reads into one budget.

    Attributes:
        zone: the time zone of the course.
        total: bytes of all files together.
        largest: bytes of one file; of a larger one, one byte more is kept, so that it is told later.
    """

    zone: str
    total: int
    largest: int
    members: int = MAX_MEMBERS

    def read(self, path: Path, name: str) -> Contents:
        """A folder, an archive, or one file that is called `name`.

        Raises:
            Refused: it cannot be read, or is too large.
        """
        contents = Contents()
        if path.is_dir() and not path.is_symlink():
            for file in walk(path):
                status = file.lstat()
                if not stat.S_ISREG(status.st_mode):
                    contents.remarks.append(f"{printable(file.name)} is no plain file and was left out.")
                    continue
                self._keep(contents, file.relative_to(path).as_posix(), partial(open_plain, file), status.st_size)
                contents.dated = max(contents.dated, int(status.st_mtime))
            return self._opened(contents, path.name, depth=1)
        with open_plain(path) as opened:
            if archive_kind(name):
                self._archive(contents, opened, name, printable(path.name))
            else:
                self._keep(contents, name, partial(open_plain, path), os.fstat(opened.fileno()).st_size)
            contents = self._opened(contents, path.name, depth=2)
            if not contents.known:
                contents.dated = int(os.fstat(opened.fileno()).st_mtime)
        return contents

    def _opened(self, contents: Contents, name: str, depth: int) -> Contents:
        """The contents, with what is in the archives among them where there is no notebook beside them."""
        archives = [path for path, (mode, _) in contents.files.items() if archive_kind(path) and mode == "100644"]
        own = [path.lower() for path in contents.files if not COPIES & set(path.casefold().split("/"))]
        if not archives or any(".ipynb" in path for path in own):
            return contents
        for path in archives:
            shown = printable(PurePosixPath(path).name)
            if depth > MAX_DEPTH:
                contents.remarks.append(f"{printable(name)} holds an archive in an archive, {shown}: unpack it.")
                continue
            _, data = contents.files[path]
            if len(data) > self.largest:
                contents.remarks.append(f"{shown} is larger than {self.largest // 2**20} MiB and was not unpacked.")
                continue
            inner = Contents()
            try:
                self._archive(inner, io.BytesIO(data), path, shown)
            except Refused as refused:
                contents.remarks.append(str(refused))
                continue
            del contents.files[path]
            inner = self._opened(inner, PurePosixPath(path).name, depth + 1)
            if depth > 1:
                told = f"{printable(name)} holds another archive, {shown}, which was unpacked as well."
                contents.remarks.append(told)
            contents.files |= inner.files
            contents.remarks += inner.remarks
            if inner.known and not contents.known:
                contents.dated, contents.earliest, contents.known = inner.dated, inner.earliest, True
        return contents

    def _archive(self, contents: Contents, opened: IO[bytes], name: str, shown: str) -> None:
        kind = true_kind(opened) or archive_kind(name)
        try:
            if kind == ZIP:
                self._zip(contents, opened, shown)
            elif kind == TAR:
                self._tar(contents, opened, shown)
            else:
                raise Refused(f"{shown} is {kind}, which is not read: unpack it into a folder, or ask for a zip file.")
        except _DAMAGED:
            raise Refused(f"{shown} is no {kind} file that can be read; it may be damaged or encrypted.") from None

    def _zip(self, contents: Contents, opened: IO[bytes], shown: str) -> None:
        with zipfile.ZipFile(opened) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            members = [member for member in members if not is_litter(member.filename)]
            if len(members) > self.members or sum(member.file_size for member in members) > self.total:
                raise Refused(f"{shown} holds too many files, or too much.")
            for member in members:
                mode = "120000" if stat.S_ISLNK(member.external_attr >> 16) else "100644"
                self._keep(contents, member.filename, partial(archive.open, member), member.file_size, shown, mode)
                self._date(contents, universal_time(member.extra), member.date_time)

    def _tar(self, contents: Contents, opened: IO[bytes], shown: str) -> None:
        count, claimed = 0, 0
        with tarfile.open(fileobj=opened, mode="r:*") as archive:
            for member in archive:
                count, claimed = count + 1, claimed + max(0, member.size)
                if count > 2 * MAX_MEMBERS or claimed > self.total:
                    raise Refused(f"{shown} holds too many files, or too much.")
                if member.isdir() or is_litter(member.name):
                    continue
                if member.issym():
                    target = partial(io.BytesIO, member.linkname.encode("utf-8", "replace"))
                    self._keep(contents, member.name, target, 0, shown, "120000")
                elif member.isfile():
                    self._keep(contents, member.name, partial(_member, archive, member), member.size, shown)
                    self._date(contents, int(member.mtime), None)
                else:
                    contents.remarks.append(f"{printable(member.name)} is no plain file and was left out.")

    def _keep(
        self,
        contents: Contents,
        name: str,
        opened: Callable[[], IO[bytes]],
        size: int,
        archive: str = "",
        mode: str = "100644",
    ) -> None:
        shown = archive or printable(name)
        parts = [part for part in name.replace("\\", "/").split("/") if part != "."]
        if any(part in ("", "..") for part in parts) or not parts:
            raise Refused(f"{shown} holds names that lead outside of it.")
        if self.members <= 0 or size > self.total:
            raise Refused(f"{shown} holds too many files, or too much.")
        with opened() as file:  # a header may lie about the size
            data = file.read(min(self.largest, self.total) + 1)
        self.members -= 1
        self.total -= len(data)
        if self.total < 0:
            raise Refused(f"{shown} holds too much.")
        contents.files["/".join(parts)] = (mode, data)

    def _date(self, contents: Contents, universal: int | None, wall: tuple[int, ...] | None) -> None:
        """Take account of the time of one member: in universal time, or on a clock of an unknown zone."""
        if universal is not None and _SENSIBLE < universal < LAST_MOMENT:
            dated = earliest = universal
        elif wall is not None and wall[0] > 1980:
            try:
                naive = datetime(*wall[:6])  # type: ignore[arg-type]
            except ValueError:
                return
            dated = int(naive.replace(tzinfo=ZoneInfo(self.zone)).timestamp())
            earliest = int(naive.replace(tzinfo=ZoneInfo(_FURTHEST)).timestamp())
        else:
            return
        contents.dated, contents.earliest = max(contents.dated, dated), max(contents.earliest, earliest)
        contents.known = True


_SENSIBLE = 315_619_200  # the second of January 1980: earlier ones are what tools write who know no time
_FURTHEST = "Pacific/Kiritimati"  # 14 hours ahead of universal time


def _member(archive: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    return archive.extractfile(member) or io.BytesIO()
