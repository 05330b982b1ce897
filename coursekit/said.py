"""What a test cell says: sentences with a sign, and a last line that sums up; the one look of all visible checks.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this stands before it, on the
student's own machine. A notebook shows colours, and lines where a terminal breaks them; a terminal gets plain text.
What is only measured has a sign of its own, so that a tick never stands at what nobody has checked.
"""

import html
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum


class Sign(Enum):
    """What a sentence is: checked to be right, wrong, or only seen."""

    RIGHT = "✓"
    WRONG = "✗"
    SEEN = "·"


@dataclass(frozen=True)
class Said:
    """One sentence or more on one thing; code in it stands between backticks.

    Attributes:
        sign: what it is.
        text: the sentence.
        unwritten: it is about something that is still to be written, which needs work without being wrong.
    """

    sign: Sign
    text: str
    unwritten: bool = False

    @property
    def needs_work(self) -> bool:
        return self.unwritten or self.sign is Sign.WRONG

    def __str__(self) -> str:
        return f"{self.sign.value} {self.text}"


def right(text: str) -> Said:
    """Something that was checked and is right."""
    return Said(Sign.RIGHT, text)


def wrong(text: str) -> Said:
    """Something that is not as the notebook asks for."""
    return Said(Sign.WRONG, text)


def seen(text: str) -> Said:
    """A measurement: neither right nor wrong."""
    return Said(Sign.SEEN, text)


def unwritten(text: str) -> Said:
    """Something that is still to be written."""
    return Said(Sign.SEEN, text, unwritten=True)


def sum_up(said: Sequence[Said]) -> str:
    """How many things look right, and how many need work; measurements are none of them."""
    good, bad = sum(one.sign is Sign.RIGHT for one in said), sum(one.needs_work for one in said)
    return (
        f"{good} {'thing looks' if good == 1 else 'things look'} right, {bad} {'needs' if bad == 1 else 'need'} work."
    )


def as_text(said: Sequence[Said]) -> str:
    """All of it, a line each."""
    return "\n".join([*map(str, said), sum_up(said)])


# Readable on the light and on the dark themes of Jupyter and Colab: the words keep the notebook's own colour, the
# signs have at least three times the brightness of a black, and a third of that of a white background.
_COLORS = {Sign.RIGHT: "#1a8a3c", Sign.WRONG: "#d93040", Sign.SEEN: "#808080"}
_ITEM = (
    '<div style="display: flex; gap: .6em; padding: .15em 0 .15em .6em; border-left: 3px solid {color}; '
    'margin-bottom: .25em"><span style="color: {color}; font-weight: bold">{sign}</span> <span>{text}</span></div>'
)


def as_html(said: Sequence[Said]) -> str:
    """The same for a notebook: safe to show, whatever a student's own text in it holds."""
    items = [_ITEM.format(color=_COLORS[one.sign], sign=one.sign.value, text=_with_code(one.text)) for one in said]
    return f'<div style="line-height: 1.5">{"".join(items)}<div><b>{sum_up(said)}</b></div></div>'


def tell(said: Sequence[Said]) -> None:
    """Show it where it is read: with colours in a notebook, as plain text elsewhere."""
    if not _in_notebook():
        encoding = sys.stdout.encoding or "utf-8"  # some terminals of Windows have no ticks
        print(as_text(said).encode(encoding, "replace").decode(encoding))
        return
    from IPython.display import display

    display({"text/plain": as_text(said), "text/html": as_html(said)}, raw=True)


def _with_code(text: str) -> str:
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text)).replace("\n", "<br>")


def _in_notebook() -> bool:
    """Whether what is displayed reaches a notebook: only then is IPython there, with a kernel."""
    module = sys.modules.get("IPython")
    shell = module.get_ipython() if module is not None else None
    return hasattr(shell, "kernel")
