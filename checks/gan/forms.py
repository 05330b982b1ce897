"""Parts of the hidden checks of losses and steps: is a loss what the homework asks for, and with which labels?

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this puts into words what the
experiments say of a loss. Each function named `fail_...` ends the check if it finds what it is named for.
"""

from collections.abc import Sequence
from typing import NoReturn

import torch

from autograder.checks.outcome import cannot_judge, fail
from checks.gan.mistakes import Mistake
from checks.gan.terms import Term
from course_utils.gan.attribution.parts import Part


def said_labels(parts: Sequence[Part]) -> str:
    """The labels that some images have, in words: one number, or from one to another."""
    read = [part.reading.labels[part.reading.labels.isfinite()] for part in parts if part.reading]
    labels = torch.cat([torch.zeros(0), *read])
    if not len(labels):
        return "others"
    low, high = f"{float(labels.min()) + 0.0:.2f}", f"{float(labels.max()) + 0.0:.2f}"
    low, high = (number.replace("-0.00", "0.00") for number in (low, high))
    return low if low == high else f"{low} to {high}"


def has_wrong_sign(parts: Sequence[Part]) -> bool:
    """Whether a term that drives scores the wrong way is a logarithm of the right score, without its minus."""
    return any(part.reading and part.reading.form == "saturating" for part in parts)


def said_against(term: Term, parts: Sequence[Part]) -> str:
    """What is wrong about a term of D's loss that drives its scores the wrong way."""
    own = [part for part in parts if part.loss.startswith(f"{term.kind} ")]
    if has_wrong_sign(own):
        return f"the term for {term.name} has the wrong sign, so that it drives {term.score} towards {1 - term.label}"
    return f"the labels of {term.name} are {said_labels(own)}, expected {term.label}"


def fail_on_function_of_scores(what: str, parts: Sequence[Part]) -> None:
    """A loss is a function of the cross-entropy, such as its root or logarithm, and not the cross-entropy itself."""
    if any(part.reading and not part.reading.steady for part in parts):
        fail(
            f"{what} is a function of the binary cross-entropy, such as its root, square or logarithm, expected the "
            "cross-entropy itself: its gradient then has another size, which changes with the loss.",
            "Return the sum of the terms as it is, perhaps times a number.",
            mistake=Mistake.NOT_BINARY_CROSS_ENTROPY,
        )


def fail_on_other_scores(what: str, parts: Sequence[Part], form: str = "") -> None:
    """A loss of D's scores is no binary cross-entropy.

    Args:
        what: drives the scores, in words at the beginning of a sentence.
        parts: of gradients that come from scores.
        form: one of cross-entropy that is not allowed, such as `"saturating"`.
    """
    forms = [(part.loss.split()[0], part.reading.form if part.reading else "unread") for part in parts]
    for kind, found in forms:
        if found == "double sigmoid":
            fail(
                f"{what} applies a sigmoid to D's output, which is a probability already: scores can then only lie "
                "between 0.5 and 0.73, and the gradient fades.",
                "Use the loss for probabilities, `binary_cross_entropy`, instead of the one for logits.",
                mistake=Mistake.SIGMOID_APPLIED_TWICE,
            )
        is_alone = found == "penalty" and (kind, "bce") not in forms
        if found in ("other", form) or is_alone:
            fail(
                f"{what} is not a binary cross-entropy of D's scores, which the homework asks for: as the scores "
                "change, its gradient does not change as that of a cross-entropy.",
                "Compare with the formula in the notebook; `torch.nn.functional.binary_cross_entropy` computes it.",
                mistake=Mistake.NOT_BINARY_CROSS_ENTROPY,
            )
    if any(found in ("penalized", "penalty") for _, found in forms):
        cannot_judge(
            f"{what} is the binary cross-entropy of D's scores and, beside it, a penalty on scores that are too sure. "
            "The notebook neither asks for such a term nor rules it out; a person will look at it."
        )


def fail_on_altered_codes(what: str) -> NoReturn:
    """A reconstruction loss is one of images that G makes of other codes than E's."""
    fail(
        f"{what} is that of images which G makes of something else than the codes E(X): they were changed on the way, "
        "such as squashed, scaled or dropped in part.",
        "Give G the code as E returns it: `model.generator(model.encoder(x_real))`.",
        mistake=Mistake.CODE_ALTERED,
    )


def fail_on_other_error(what: str, part: Part) -> None:
    """A reconstruction loss is none, or has another target; says nothing of a part that draws no images."""
    form = part.error.form if part.error else "none"
    if form == "altered code":
        fail_on_altered_codes(what)
    if form == "other target":
        fail(
            f"{what} compares G(E(X)), or another image of G, with something else than the image X that was encoded.",
            "The target is `x_real` itself, in the same order and scale.",
            mistake=Mistake.WRONG_RECONSTRUCTION_TARGET,
        )
    if form == "second sigmoid":
        fail(
            f"{what} applies a sigmoid to G's output, which lies in [0, 1] already: reconstructions can then only lie "
            "between 0.5 and 0.73.",
            "Compare G(E(X)) with X as it is.",
            mistake=Mistake.SIGMOID_APPLIED_TWICE,
        )
    if form in ("absolute error", "cross-entropy", "other"):
        seen = f"is the {form}" if form != "other" else "does not change with the pixels of G(E(X)) as a squared error"
        fail(
            f"{what} {seen}, expected the mean squared error, so that losses can be compared.",
            "`torch.nn.functional.mse_loss` computes it.",
            mistake=Mistake.NOT_MEAN_SQUARED_ERROR,
        )
