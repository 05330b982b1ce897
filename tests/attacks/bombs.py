"""Repositories and archives that are small to hand in and huge to read."""

import gzip
import hashlib
import io
import struct
import subprocess
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from tests.autograder.collect.classes import NOTEBOOK


class Forge:
    """Writes objects into a repository that no honest program would."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        subprocess.run(["git", "init", "-q", "-b", "main", str(folder)], check=True)
        self.required = self.entry("hw2.ipynb", self.write("blob", NOTEBOOK.encode()))
        self.required += self.entry("netid", self.write("blob", b"ada1\n"))

    def git(self, *arguments: str, given: bytes = b"") -> bytes:
        command = ["git", "-C", str(self.folder), *arguments]
        return subprocess.run(command, input=given, capture_output=True, check=True).stdout

    def write(self, kind: str, data: bytes) -> str:
        return self.git("hash-object", "-t", kind, "-w", "--literally", "--stdin", given=data).decode().strip()

    def entry(self, name: str, sha: str, mode: str = "100644") -> bytes:
        return f"{mode} {name}".encode() + b"\0" + bytes.fromhex(sha)

    def commit(self, tree: bytes, parent: str = "") -> str:
        who = b"a <a@b> 1677000000 +0000"
        after = f"parent {parent}\n".encode() if parent else b""
        text = b"tree %s\n%sauthor %s\ncommitter %s\n\nx\n" % (self.write("tree", tree).encode(), after, who, who)
        head = self.write("commit", text)
        (self.folder / ".git/refs/heads/main").write_text(head + "\n")
        return head


def one_file_under_twenty_names(forge: Forge) -> None:
    blob = forge.write("blob", bytes(32 * 2**20))
    forge.commit(b"".join(forge.entry(f"f{i:02}", blob) for i in range(20)) + forge.required)


def a_million_names_of_one_file(forge: Forge) -> None:
    tree = forge.write("tree", forge.entry("x", forge.write("blob", b"x")))
    for _ in range(6):
        tree = forge.write("tree", b"".join(forge.entry(f"d{i}", tree, "40000") for i in range(10)))
    forge.commit(forge.entry("a", tree, "40000") + forge.required)


def a_flat_tree(forge: Forge) -> None:
    blob = forge.write("blob", b"x")
    forge.commit(b"".join(forge.entry(f"a{i:06}", blob) for i in range(200_000)) + forge.required)


def a_delta_of_640_mebibytes(forge: Forge) -> None:
    base, times = bytes(0xFFFFFF), 40
    digest = hashlib.sha1(b"blob %d\0" % (times * len(base)))
    for _ in range(times):
        digest.update(base)
    small = hashlib.sha1(b"blob %d\0" % len(base) + base).digest()

    def number(value: int) -> bytes:
        return bytes([value & 127 | (128 if value > 127 else 0)]) + (number(value >> 7) if value > 127 else b"")

    def head(kind: int, size: int) -> bytes:
        return bytes([kind << 4 | size & 15 | 128]) + number(size >> 4)

    delta = number(len(base)) + number(times * len(base)) + b"\xf0\xff\xff\xff" * times
    pack = b"PACK" + struct.pack(">II", 2, 2) + head(3, len(base)) + zlib.compress(base)
    pack += head(7, len(delta)) + small + zlib.compress(delta)
    forge.git("index-pack", "--stdin", given=pack + hashlib.sha1(pack).digest())
    forge.commit(forge.entry("a.bin", small.hex()) + forge.entry("big.bin", digest.hexdigest()) + forge.required)


def a_delta_that_was_taken_back(forge: Forge) -> None:
    a_delta_of_640_mebibytes(forge)
    forge.commit(forge.required, parent=forge.git("rev-parse", "main").decode().strip())


def branches_without_end(forge: Forge) -> None:
    head = forge.commit(forge.required)
    lines = "".join(f"{head} refs/heads/b{i:06}\n" for i in range(100_000))
    (forge.folder / ".git/packed-refs").write_text(f"# pack-refs with: peeled fully-peeled sorted \n{lines}")


def settings_that_ask_for_memory(forge: Forge) -> None:
    forge.commit(forge.required)
    for name, value in (("pack.windowMemory", "0"), ("pack.threads", "64"), ("core.bigFileThreshold", "100g")):
        forge.git("config", name, value)


REPOSITORIES: dict[Callable[[Forge], None], bool] = {  # and whether the notebook in it is still graded
    one_file_under_twenty_names: True,
    a_million_names_of_one_file: True,
    a_flat_tree: True,
    a_delta_of_640_mebibytes: False,
    a_delta_that_was_taken_back: True,
    branches_without_end: True,
    settings_that_ask_for_memory: True,
}


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def overlapping() -> bytes:
    """A thousand members that are one and the same 16 MiB."""
    raw = zipped({"a": bytes(16 * 2**20)})
    start, count = raw.index(b"PK\1\2"), 1000
    directory = raw[start : raw.index(b"PK\5\6")] * count
    return raw[:start] + directory + struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, count, count, len(directory), start, 0)


def lying() -> bytes:
    """A member that says it has 100 bytes, and has 200 MiB."""
    raw = bytearray(zipped({"a": bytes(200 * 2**20)}))
    for sign, offset in ((b"PK\1\2", 24), (b"PK\3\4", 22)):
        place = raw.index(sign) + offset
        raw[place : place + 4] = struct.pack("<I", 100)
    return bytes(raw)


def nested() -> bytes:
    inner = zipped({"a": bytes(16 * 2**20)})
    for _ in range(4):
        inner = zipped({f"{i}.zip": inner for i in range(10)})
    return inner


def tarred(member: tarfile.TarInfo, mebibytes: int) -> bytes:
    """A member of that size in zeros."""
    member.size = mebibytes * 2**20
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", compresslevel=1) as packed:
        packed.write(member.tobuf())
        for _ in range(mebibytes // 16):
            packed.write(bytes(16 * 2**20))
    return buffer.getvalue()


def long_header() -> bytes:
    header = tarfile.TarInfo("pax")
    header.type = tarfile.XHDTYPE
    return tarred(header, 640)


ARCHIVES: dict[str, Callable[[], bytes]] = {
    "overlapping.zip": overlapping,
    "lying.zip": lying,
    "nested.zip": nested,
    "many.zip": lambda: zipped({f"{i:x}": b"" for i in range(30_000)}),
    "zeros.tar.gz": lambda: tarred(tarfile.TarInfo("a"), 320),
    "header.tar.gz": long_header,
}
