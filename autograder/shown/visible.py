"""Makes text of strangers show what is in it: in a terminal, in a table, and inside of a Markdown text of ours.

Stands at the report in the flow course material -> submission -> trace -> verdict -> gradebook -> report. Names of
files and repositories, messages of errors and printed lines may hold escape sequences that repaint a terminal, marks
that turn the direction of writing, and characters that cannot be seen.
"""

import re
import unicodedata

from rich.markup import escape

_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_HIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")  # controls, formats, surrogates, private, unassigned, separators
_KEPT = "\n\t"
# What is markup wherever it stands; an address; emphasis; and what begins a list at the start of a line.
_MARKUP = re.compile(r"[#$&*<>@\[\\\]^`{|}~]|:(?=/)|(?<![^\W_])_|_(?![^\W_])|^[-+=]|(?<=^\d)[.)]|(?<=^\d\d)[.)]")
SHOWN = "\ufffd"  # the replacement character


def visible(text: str) -> str:
    """`text` with every character that cannot be seen replaced by one that can; lines and tabs stay."""
    return "".join(c if c in _KEPT or unicodedata.category(c) not in _HIDDEN else SHOWN for c in text)


def in_terminal(text: str) -> str:
    """`text` for Rich to print: no markup of Rich's, and no escape sequence."""
    return escape(visible(text))


def in_one_direction(text: str) -> str:
    """`text` without marks of direction, and otherwise as written: letters of many languages need joiners."""
    return _DIRECTION.sub(SHOWN, text)


def as_markdown(text: str) -> str:
    """Markdown that shows `text` as it is, on one line: no markup, no link, no formula."""
    return _MARKUP.sub(_entity, " ".join(visible(text).split()))


def _entity(found: re.Match[str]) -> str:
    entities = "".join(f"&#{ord(character)};" for character in found[0])
    return f"<span>{entities}</span>" if found[0] in "\\$" else entities
