"""The terms of D's loss, with their names in the notation of the notebook and the names of what can be wrong with them.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* the checks of an assignment say
which of them its loss has.
"""

from dataclasses import dataclass

from checks.gan.mistakes import Mistake


@dataclass(frozen=True)
class Term:
    """A term of D's loss.

    Attributes:
        kind: of the rows that D is called on, as `course_utils.gan.attribution.origins` names them.
        name: of these images, in words.
        symbol, score: the images and their score in the notation of the notebook.
        label: 1 if the score is to be driven up, 0 if down.
        missing, flipped: the mistakes that the term is not there, or has the other label.
    """

    kind: str
    name: str
    symbol: str
    score: str
    label: int
    missing: Mistake
    flipped: Mistake


REAL = Term("real", "real images", "X", "D(X)", 1, Mistake.REAL_IMAGES_MISSING, Mistake.REALS_LABELED_FAKE)
SAMPLE = Term(
    "sample", "samples of the generator", "G(z)", "D(G(z))", 0, Mistake.FAKE_IMAGES_MISSING, Mistake.FAKES_LABELED_REAL
)
WRONG = Term(
    "wrong",
    "real images with wrong labels",
    "D(X, h') with a wrong label h'",
    "D(X, h')",
    0,
    Mistake.WRONG_LABELS_MISSING,
    Mistake.WRONG_LABELS_ACCEPTED,
)
SHARES = {REAL: 1.0, WRONG: 0.5, SAMPLE: 0.5}  # of the terms in the L_D of a conditional model
