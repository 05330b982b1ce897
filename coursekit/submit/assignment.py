"""What the student kit says about its assignment, in the file `coursekit/assignment.json`.

`autograder release` writes it into the kit, so that a student's tools know the file names without being told. It
belongs to the submission in the flow course material -> submission -> trace -> verdict -> gradebook -> report.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from coursekit.handin.handed_out import HandedOut

KIT_FILE = Path(__file__).parents[1] / "assignment.json"


@dataclass(frozen=True)
class KitAssignment:
    """The assignment of a student kit.

    Attributes:
        name, title: for example "hw2", and what people read.
        notebook: file name of the notebook.
        required: the files to hand in.
        group_size: how many people may hand in together.
        given, shown: as in `HandedOut`.
    """

    name: str
    title: str
    notebook: str
    required: tuple[str, ...]
    group_size: int
    given: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()

    @property
    def handed_out(self) -> HandedOut:
        return HandedOut(frozenset(self.given), frozenset(self.shown))

    @property
    def pdf(self) -> str | None:
        """File name of the PDF to hand in, if there is one."""
        return next((name for name in self.required if name.endswith(".pdf")), None)

    def to_json(self) -> str:
        """The content of `assignment.json`."""
        return json.dumps(asdict(self), indent=2) + "\n"


def read_assignment(path: Path = KIT_FILE) -> KitAssignment:
    """The assignment of this kit.

    Raises:
        ValueError: the file is missing or changed; the message is a sentence.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return KitAssignment(**(data | {name: tuple(data[name]) for name in ("required", "given", "shown")}))
    except (OSError, ValueError, TypeError, KeyError):
        raise ValueError(f"{path} is missing or was changed: unpack the course's kit again.") from None
