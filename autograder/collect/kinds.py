"""Which files are archives, and of which kind; and which are litter that nobody hands in.

Used where a learning management system's folder is sorted, and where archives are read.
"""

from typing import IO

ZIP, TAR = "zip", "tar"
_ENDINGS = {
    ZIP: (".zip",),
    TAR: (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz", ".tbz2", ".tar.xz", ".txz"),
    "a RAR archive": (".rar",),
    "a 7-Zip archive": (".7z",),
    "an archive": (".gz", ".bz2", ".xz", ".zst", ".tar.zst", ".zipx", ".lzh", ".arj", ".cab", ".ace", ".sit", ".z"),
    "an image of a disk": (".dmg", ".iso"),
}
_SIGNS = {
    b"PK\x03\x04": ZIP,
    b"PK\x05\x06": ZIP,
    b"\x1f\x8b": TAR,
    b"BZh": TAR,
    b"\xfd7zXZ": TAR,
    b"Rar!": "a RAR archive",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"%PDF": "a PDF",
    b"<!DO": "a web page",
    b"<htm": "a web page",
}
LITTER = {"__macosx", ".git", "git~1", ".ds_store", "thumbs.db", "desktop.ini"}  # of operating systems, and of Git
CACHES = {".ipynb_checkpoints", "__pycache__", "node_modules", ".venv", "venv", "site-packages"}  # made by tools
COPIES = {".ipynb_checkpoints"}  # of those, what holds the work where nothing else does
IGNORED = LITTER | CACHES


def archive_kind(name: str) -> str | None:
    """ZIP, TAR, or what kind of an archive that is not read it is by its ending; None where it is none."""
    lower = name.casefold().rstrip(". ")
    found = [(len(end), kind) for kind, ends in _ENDINGS.items() for end in ends if lower.endswith(end)]
    return max(found)[1] if found else None


def without_ending(name: str) -> str:
    """The name of an archive without what says its kind."""
    lower = name.casefold().rstrip(". ")
    ends = [end for ends in _ENDINGS.values() for end in ends if lower.endswith(end)]
    return name[: len(lower) - len(max(ends, key=len))] if ends else name


def true_kind(opened: IO[bytes]) -> str | None:
    """What a file is by its first bytes, whatever it is called; None where they do not say."""
    start = opened.read(8)
    opened.seek(0)
    return next((kind for sign, kind in _SIGNS.items() if start.startswith(sign)), None)
