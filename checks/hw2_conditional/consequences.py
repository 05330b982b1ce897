"""Which mistakes of the extra credit show up as others: those of all assignments, and those with labels."""

from dataclasses import replace

from checks.gan import consequences

_NOT_WRONG = ("wrong-labels-not-even", "wrong-labels-missing", "given-labels-not-used")
CONSEQUENCES = {
    **consequences.CONSEQUENCES,
    "labels-out-of-range": ("function-raises", "sizes-hard-coded"),
    "wrong-labels-not-wrong": _NOT_WRONG,
    "wrong-return-value": (*consequences.CONSEQUENCES["wrong-return-value"], "function-raises"),
    "labels-changed-in-place": (
        "wrong-labels-not-wrong",
        "wrong-labels-accepted",
        "labels-not-used",
        "reconstruction-under-another-label",
        *_NOT_WRONG,
    ),
}
FOUND_IN = {"wrong-return-value": ("check_optimizers", "check_wrong_labels")}
WORDS = {
    **consequences.WORDS,
    ("labels-out-of-range", "function-raises"): "(?i)class|index|range|bound",
    ("labels-out-of-range", "sizes-hard-coded"): "(?i)class|index|range|bound",
    (
        "wrong-return-value",
        "function-raises",
    ): "(?i)type|argument|attribute|list|tuple|none|shape|index",
}

KNOWN = replace(consequences.KNOWN, consequences=CONSEQUENCES, found_in=FOUND_IN, words=WORDS)
