"""Which mistakes of the extra credit show up as others: those of all assignments, and those with labels."""

from dataclasses import replace

from checks.gan import consequences
from checks.gan.mistakes import Mistake

_NOT_WRONG = (Mistake.WRONG_LABELS_NOT_EVEN, Mistake.WRONG_LABELS_MISSING, Mistake.GIVEN_LABELS_NOT_USED)
CONSEQUENCES = {
    **consequences.CONSEQUENCES,
    Mistake.LABELS_OUT_OF_RANGE: (Mistake.FUNCTION_RAISES, Mistake.SIZES_HARD_CODED),
    Mistake.WRONG_LABELS_NOT_WRONG: _NOT_WRONG,
    Mistake.WRONG_LABELS_NOT_EVEN: (Mistake.WRONG_LABELS_NOT_FRESH, Mistake.SIZES_HARD_CODED),
    Mistake.WRONG_RETURN_VALUE: (*consequences.CONSEQUENCES[Mistake.WRONG_RETURN_VALUE], Mistake.FUNCTION_RAISES),
    Mistake.LABELS_CHANGED_IN_PLACE: (
        Mistake.WRONG_LABELS_NOT_WRONG,
        Mistake.WRONG_LABELS_ACCEPTED,
        Mistake.LABELS_NOT_USED,
        Mistake.RECONSTRUCTION_UNDER_ANOTHER_LABEL,
        *_NOT_WRONG,
    ),
}
FOUND_IN: dict[str, tuple[str, ...]] = {Mistake.WRONG_RETURN_VALUE: ("check_optimizers", "check_wrong_labels")}
WORDS = {
    **consequences.WORDS,
    (Mistake.LABELS_OUT_OF_RANGE, Mistake.FUNCTION_RAISES): "(?i)class|index|range|bound",
    (Mistake.LABELS_OUT_OF_RANGE, Mistake.SIZES_HARD_CODED): "(?i)class|index|range|bound",
    (Mistake.WRONG_LABELS_NOT_EVEN, Mistake.SIZES_HARD_CODED): "wrong labels of training steps",
    (
        Mistake.WRONG_RETURN_VALUE,
        Mistake.FUNCTION_RAISES,
    ): "(?i)type|argument|attribute|list|tuple|none|shape|index",
}

KNOWN = replace(consequences.KNOWN, consequences=CONSEQUENCES, found_in=FOUND_IN, words=WORDS)
