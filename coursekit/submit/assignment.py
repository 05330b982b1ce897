"""What the student kit says about its assignment, in the file `coursekit/assignment.json`.

`autograder release` writes it into the kit, so that a student's tools know the file names without being told. It
belongs to the submission in the flow course material -> submission -> trace -> verdict -> gradebook -> report.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from coursekit.text import unix_lines

KIT_FILE = Path(__file__).parents[1] / "assignment.json"


@dataclass(frozen=True)
class KitAssignment:
    """The assignment of a student kit.

    Attributes:
        name, title: for example "hw2", and what people read.
        notebook: file name of the notebook.
        required: the files to hand in.
        group_size: how many people may hand in together.
        given: digests of the code cells of the notebook that are not the students' to change.
    """

    name: str
    title: str
    notebook: str
    required: tuple[str, ...]
    group_size: int
    given: tuple[str, ...] = ()

    @property
    def pdf(self) -> str | None:
        """File name of the PDF to hand in, if there is one."""
        return next((name for name in self.required if name.endswith(".pdf")), None)

    def to_json(self) -> str:
        """The content of `assignment.json`."""
        return json.dumps(asdict(self), indent=2) + "\n"


def digest(source: str) -> str:
    """What tells whether the source of a cell is as it came with the kit, whatever system it was saved on."""
    return hashlib.sha256(unix_lines(source).strip().encode("utf-8", "replace")).hexdigest()[:16]


def read_assignment(path: Path = KIT_FILE) -> KitAssignment:
    """The assignment of this kit.

    Raises:
        ValueError: the file is missing or changed; the message is a sentence.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return KitAssignment(**(data | {name: tuple(data[name]) for name in ("required", "given")}))
    except (OSError, ValueError, TypeError, KeyError):
        raise ValueError(f"{path} is missing or was changed: unpack the course's kit again.") from None
