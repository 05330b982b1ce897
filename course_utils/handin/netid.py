"""Reads the file `netid`, which says who hands in, as people really write it.

Stands before everything else that happens to a submission in the flow course material -> submission -> trace ->
verdict -> gradebook -> report. Students and the collector read the file with this one function; only the collector
knows the roster.
"""

import codecs
import re
from dataclasses import dataclass

PLACEHOLDER = "your-netid-here"  # the content of the released file
MAX_BYTES = 4096  # a file of two short lines; what is longer is something else

_LABEL = re.compile(r"^\s*(net[\s_-]*)?ids?\s*\d*\s*[:=]", re.IGNORECASE)
_LIST_MARK = re.compile(r"^\s*(?:[-*•]|\d+[.)])\s+")
_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")


@dataclass(frozen=True)
class NetidFile:
    """What a file `netid` says.

    Attributes:
        ids: the ids in the order of the file, lower-case, each once; more than a group may have are all kept.
        remarks: what was repaired or is wrong, one sentence each.
    """

    ids: tuple[str, ...]
    remarks: tuple[str, ...]


def parse_netid(content: bytes, group_size: int = 2) -> NetidFile:
    """The ids in `content`, one a line, read tolerantly: what was repaired is a remark, never an error.

    Repaired are byte-order marks and UTF-16, line ends, spaces, empty lines, capitals, e-mail addresses, several
    ids on one line, labels such as "netid:", list marks, comments, and ids that are given twice.
    """
    if len(content) > MAX_BYTES:
        return NetidFile((), (f"netid has {len(content)} bytes: write one id a line, and nothing else.",))
    text, repairs = _decode(content)
    if text is None:
        return NetidFile((), ("netid is not a text file: write one id a line, and nothing else.",))
    ids: list[str] = []
    complaints: list[str] = []
    placeholder = False
    for line in text.splitlines():
        for word in _words(line, repairs):
            if word.casefold() == PLACEHOLDER:
                placeholder = True
                continue
            found = _clean(word, repairs)
            if not _ID.fullmatch(found):
                complaints.append(f"netid: “{_show(word)}” is not an id.")
            elif found in ids:
                complaints.append(f"netid names {found} twice.")
            else:
                ids.append(found)
    remarks = [f"netid was repaired: {', '.join(repairs)}."] if repairs else []
    remarks += dict.fromkeys(complaints)
    if placeholder:
        remarks.append(f"netid still holds “{PLACEHOLDER}”: replace it by your own id.")
    elif not ids:
        remarks.append("netid holds no id: write one id a line.")
    if len(ids) > group_size:
        most = "only one is allowed" if group_size == 1 else f"a group has at most {group_size}"
        remarks.append(f"netid names {len(ids)} people, and {most}.")
    return NetidFile(tuple(ids), tuple(remarks))


def _decode(content: bytes) -> tuple[str | None, list[str]]:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return content.decode("utf-16"), ["text in UTF-16"]
        except UnicodeDecodeError:
            return None, []
    repairs = ["a byte-order mark"] if content.startswith(codecs.BOM_UTF8) else []
    if b"\0" in content:
        return None, []
    try:
        return content.decode("utf-8-sig"), repairs
    except UnicodeDecodeError:
        return content.decode("latin-1"), repairs  # never fails; what is no id is told below


def _words(line: str, repairs: list[str]) -> list[str]:
    """The words of a line that may be ids."""
    line, mark, _ = line.partition("#")
    if mark:
        _note(repairs, "a comment")
    for pattern, what in ((_LIST_MARK, "a list mark"), (_LABEL, "a label before the id")):
        line, count = pattern.subn("", line, count=1)
        if count:
            _note(repairs, what)
    words = re.split(r"[\s,;/&]+", line)
    words = [word for word in words if word]
    if len(words) > 1:
        _note(repairs, "several ids on one line")
    return words


def _clean(word: str, repairs: list[str]) -> str:
    bare = word.strip("<>()[]{}\"'“”‘’`,.:")
    if bare != word:
        _note(repairs, "marks around an id")
    if re.fullmatch(r"(mailto:)?[^@]+@[^@]+", bare):
        bare = bare.removeprefix("mailto:").partition("@")[0]
        _note(repairs, "an e-mail address instead of an id")
    if bare != bare.lower():
        _note(repairs, "capital letters")
    return bare.lower()


def _note(repairs: list[str], what: str) -> None:
    if what not in repairs:
        repairs.append(what)


def _show(word: str) -> str:
    """At most 40 characters of `word`, none of which can disturb a terminal."""
    return "".join(letter if letter.isprintable() else "?" for letter in word[:40])
