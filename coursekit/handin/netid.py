"""Reads the file `netid`, which says who hands in, as people really write it.

Stands before everything else that happens to a submission in the flow course material -> submission -> trace ->
verdict -> gradebook -> report. Students and the collector read the file with this one function; only the collector
knows the roster.
"""

import codecs
import re
import unicodedata
from dataclasses import dataclass

PLACEHOLDER = "your-netid-here"  # the content of the released file
MAX_BYTES = 4096  # a file of two short lines; what is longer is something else

_LABEL = re.compile(r"^\s*(?:(?:net[\s_-]*)?ids?|e-?mail|name|login|user(?:name)?)\s*\d*\s*[:=]", re.IGNORECASE)
_LIST_MARK = re.compile(r"^\s*(?:[-*•]|\d+[.)])\s+")
_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")
_ADDRESS = re.compile(r"[^\s<>()\[\]{}\"'“”‘’`,;:|]+@[^\s<>()\[\]{}\"'“”‘’`,;:|@]+")
BETWEEN = re.compile(r"[,;/&|]|\+(?![^\s,;/&|]*@)")  # people; ada1+homework@uni.edu is one of them
_RICH_TEXT = b"{\\rtf"
ADDRESS_REPAIR = "an e-mail address instead of an id"


@dataclass(frozen=True)
class NetidFile:
    """What a file `netid` says.

    Attributes:
        ids: the ids in the order of the file, lower-case, each once; more than a group may have are all kept.
        remarks: what was repaired or is wrong, one sentence each.
        lines: what its lines say in full, without labels, list marks and comments; a roster may know it by that.
        repairs: what was repaired, as it stands in the remarks.
    """

    ids: tuple[str, ...]
    remarks: tuple[str, ...]
    lines: tuple[str, ...] = ()
    repairs: tuple[str, ...] = ()


def parse_netid(content: bytes, group_size: int = 2) -> NetidFile:
    """The ids in `content`, one a line, read tolerantly: what was repaired is a remark, never an error.

    Repaired are byte-order marks and UTF-16, line ends, spaces, empty lines, capitals, e-mail addresses (also as in
    "Ada <ada1@uni.edu>"), several ids on one line, labels such as "netid:", list marks, comments, and ids that are
    given twice.
    """
    if len(content) > MAX_BYTES:
        return NetidFile((), (f"netid has more than {MAX_BYTES} bytes: write one id a line, and nothing else.",))
    if content.lstrip().startswith(_RICH_TEXT):
        return NetidFile((), ("netid is a document with formats (RTF): save it as plain text, with one id a line.",))
    text, repairs = _decode(content)
    visible = "".join(letter for letter in text or "" if unicodedata.category(letter) != "Cf")
    if text is not None and visible != text:
        _note(repairs, "invisible characters")
        text = visible
    if text is None:
        return NetidFile((), ("netid is not a text file: write one id a line, and nothing else.",))
    ids: list[str] = []
    complaints: list[str] = []
    lines: list[str] = []
    placeholder = False
    for line in (_bare(line, repairs) for line in text.splitlines()):
        for word in split_words(line):
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
        if len(split_words(line)) > 1:
            _note(repairs, "several ids on one line")
        if line.strip() and line.strip().casefold() != PLACEHOLDER:
            lines.append(line.strip())
    remarks = [f"netid was repaired: {', '.join(repairs)}."] if repairs else []
    remarks += dict.fromkeys(complaints)
    if placeholder:
        remarks.append(f"netid still holds “{PLACEHOLDER}”: replace it by your own id.")
    elif not ids:
        remarks.append("netid holds no id: write one id a line.")
    if len(ids) > group_size:
        most = "only one is allowed" if group_size == 1 else f"a group has at most {group_size}"
        remarks.append(f"netid names {len(ids)} people, and {most}.")
    return NetidFile(tuple(ids), tuple(remarks), tuple(lines), tuple(repairs))


def split_words(line: str) -> list[str]:
    """What may be ids in a line of `NetidFile.lines`: the address in "Ada <ada1@uni.edu>", and otherwise each word.

    Beside an address a word with a digit in it is an id of its own, and others are a name.
    """
    words: list[str] = []
    for piece in BETWEEN.split(line):
        addresses = _ADDRESS.findall(piece)
        words += addresses
        words += [word for word in _ADDRESS.sub(" ", piece).split() if not addresses or re.search(r"\d", word)]
    return words


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


def _bare(line: str, repairs: list[str]) -> str:
    """A line without its comment, label and list mark."""
    line, mark, _ = line.partition("#")
    if mark:
        _note(repairs, "a comment")
    for pattern, what in ((_LIST_MARK, "a list mark"), (_LABEL, "a label before the id")):
        line, count = pattern.subn("", line, count=1)
        if count:
            _note(repairs, what)
    return line


def _clean(word: str, repairs: list[str]) -> str:
    bare = word.strip("<>()[]{}\"'“”‘’`,.:")
    if bare != word:
        _note(repairs, "marks around an id")
    if re.fullmatch(r"[^@]+@[^@]+", bare):
        bare = re.sub(r"^mailto:", "", bare, flags=re.IGNORECASE).partition("@")[0].partition("+")[0]
        _note(repairs, ADDRESS_REPAIR)
    if bare != bare.lower():
        _note(repairs, "capital letters")
    return bare.lower()


def _note(repairs: list[str], what: str) -> None:
    if what not in repairs:
        repairs.append(what)


def _show(word: str) -> str:
    """At most 40 characters of `word`, none of which can disturb a terminal."""
    return "".join(letter if letter.isprintable() else "?" for letter in word[:40])
