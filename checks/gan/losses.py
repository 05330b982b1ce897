"""Parts of the hidden checks of losses: each loss alone, its type, its shape, then what its gradient says about it.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* the `test_losses.py` of an
assignment puts its checks together from these. Each function ends the check if it finds what it is named for.
"""

from collections.abc import Sequence

import torch

from autograder.checks.outcome import cannot_judge, fail
from checks.gan.forms import has_wrong_sign, said_against, said_labels
from checks.gan.mistakes import Mistake
from checks.gan.observed import LossRun
from checks.gan.student_errors import fail_on_errors
from checks.gan.terms import REAL, SAMPLE, Term
from course_utils.gan.attribution.parts import Part
from coursekit.trace import named_tensor

_NUMBERS = ("float", "int", "float32", "float64", "ndarray")  # what `.item()`, `float(...)` and NumPy make
_RETURNED = {"NoneType": "nothing (None)", "tuple": "a tuple", "list": "a list", "dict": "a dict"}


def fail_unless_scalar_with_graph(runs: Sequence[LossRun]) -> None:
    """Type first, then shape, then value, and stop at the first that fails."""
    name = f"{runs[0].loss}_loss"
    fail_on_errors(name, [run.experiment for run in runs])
    for run in runs:
        _fail_on_changes(name, run)
        loss = run.data["loss"]
        if loss["type"] != "Tensor":
            mistake = Mistake.LOSS_DETACHED if loss["type"] in _NUMBERS else Mistake.WRONG_RETURN_VALUE
            several = " Where it has several terms, add them up." if loss["type"] in ("tuple", "list", "dict") else ""
            fail(
                f"`{name}` returned {_RETURNED.get(loss['type'], loss['type'])}, expected a tensor: without the graph "
                "behind it, nothing can be learnt from it.",
                f"End it with `return` and the loss, one tensor.{several}"
                if mistake == Mistake.WRONG_RETURN_VALUE
                else "Return the loss itself, without `.item()`, `float(...)` or NumPy.",
                mistake=mistake,
            )
        if loss["shape"] != []:
            fail(
                f"`{name}` returned a tensor of shape {tuple(loss['shape'])} for a mini-batch of {len(run.x_real)}, "
                "expected the shape (): `backward()` needs one number.",
                'Average over the mini-batch: the default `reduction="mean"`, or `.mean()`.',
                mistake=Mistake.LOSS_NOT_SCALAR,
            )
        if not is_finite(run) and not _is_of_one_image(run):
            fail(
                f"`{name}` is {loss.get('value', 'complex')}, expected a finite number: it ruins all weights.",
                "Look for the logarithm of 0 or a division by 0.",
                mistake=Mistake.LOSS_NOT_FINITE,
            )
        if not loss["requires_grad"]:
            _fail_detached(name, "any of the modules")


def judged_closely(runs: Sequence[LossRun]) -> list[LossRun]:
    """Those that say more than whether there is a loss: not of one image, whose gradients are not told apart."""
    return [run for run in runs if not _is_of_one_image(run)]


def fail_unless_finite_for_one_image(runs: Sequence[LossRun]) -> None:
    """The last look: a mean over no rows, as where half of the images are left out, has told its own mistake before."""
    for run in runs:
        if not is_finite(run):
            fail(
                f"`{run.loss}_loss` is {run.data['loss'].get('value', 'complex')} for a mini-batch of one image, "
                "expected a finite number: the last mini-batch of an epoch may be as small.",
                "Look for what is computed over several rows only, such as a standard deviation or a part of the rows.",
                mistake=Mistake.LOSS_NOT_FINITE,
            )


def is_finite(run: LossRun) -> bool:
    return isinstance(run.data["loss"].get("value"), int | float)


def _is_of_one_image(run: LossRun) -> bool:
    return len(run.x_real) == 1


def _fail_on_changes(name: str, run: LossRun) -> None:
    if not torch.equal(named_tensor(run.trace, run.data["x_real"]), run.x_real):
        fail(
            f"`{name}` changed the images `x_real` that it was given: later code works with others.",
            "Make a new tensor instead of changing `x_real` in place.",
            mistake=Mistake.BATCH_CHANGED_IN_PLACE,
        )
    for h in {"h", "h_wrong"} & set(run.given):
        if not torch.equal(named_tensor(run.trace, run.data.get(h)), run.given[h]):
            fail(
                f"`{name}` changed the labels `{h}` that it was given: later code works with others.",
                f"Make a new tensor instead of changing `{h}` in place.",
                mistake=Mistake.LABELS_CHANGED_IN_PLACE,
            )


def _fail_detached(name: str, modules: str) -> None:
    fail(
        f"No gradient reaches {modules} from `{name}`, so nothing can be learnt from it.",
        "Look for `.detach()`, `torch.no_grad()`, `.item()`, `.data` or a new `torch.tensor(...)` on the way from "
        f"{modules} to the loss.",
        mistake=Mistake.LOSS_DETACHED,
    )


def fail_unless_reached(run: LossRun, module: str) -> None:
    if any(part.loss == "unread" for part in run.parts(module)):
        cannot_judge(
            f"`{run.loss}_loss` does something else when it is called again with slightly other scores or images, or "
            "it computes too coarsely to be compared."
        )
    if run.parts(module) and run.reached(module):
        return
    evidence = run.attribution.evidence
    arrived = [arrival.gradient for arrival in evidence.arrivals if arrival.call.module == module]
    if run.reached(module) and arrived and not any(bool(gradient.any()) for gradient in arrived):
        fail(
            f"The gradient that the {module} gets from `{run.loss}_loss` is 0 for every image, so nothing can be "
            "learnt from it.",
            "Look for something that is the same whatever the scores are, such as a softmax over a single one, or for "
            "a clamp that cuts all of them off.",
            mistake=Mistake.LOSS_DETACHED,
        )
    if run.reached(module):
        cannot_judge(
            f"A gradient reaches the {module} from `{run.loss}_loss`, but not through a call of the {module} that was "
            "seen."
        )
    _fail_detached(f"{run.loss}_loss", f"the {module}")


def fail_unless_given_z(run: LossRun) -> None:
    """The samples are made from the z that the function was given."""
    z = run.z.double()
    for call in run.attribution.evidence.calls:
        rows = run.attribution.rows[call.number]
        noise = [i for i, row in enumerate(rows) if row.kind == "noise"]
        if call.module != "generator" or not noise or call.content.shape[1] != z.shape[1]:
            continue
        nearest = (call.content[noise][:, None] - z[None]).abs().amax(dim=2).amin(dim=1)  # (noise rows,)
        if bool((nearest > 1e-5).all()):
            fail(
                f"`{run.loss}_loss` called G on other latent vectors than the `z` that it was given, so whoever calls "
                "it has no say in the samples.",
                "Use the argument `z`.",
                mistake=Mistake.GIVEN_Z_NOT_USED,
            )


def fail_on_terms(name: str, run: LossRun, parts: Sequence[Part], terms: Sequence[Term]) -> None:
    """Every term of D's loss is there and drives its scores in its direction."""
    losses = {part.loss for part in parts}
    directions = {term: {loss.split()[1] for loss in losses if loss.startswith(term.kind)} for term in terms}
    every = "both" if len(terms) == 2 else "all"
    for term in terms:
        if not directions[term]:
            if any(loss.startswith("other") for loss in losses):
                fail(
                    f"`{name}` is to have a term for {term.name}, but what D is called on changes neither with the "
                    "real images nor with G.",
                    f"Add the term for {term.symbol}; {every} terms are in the formula in the notebook.",
                    mistake=term.missing,
                )
            fail(
                f"`{name}` drives no scores of {term.name}, but D has to tell {every} kinds apart.",
                f"Add the term for {term.symbol}; {every} terms are in the formula in the notebook.",
                mistake=term.missing,
            )
    wanted = {term: {"up" if term.label else "down"} for term in terms}
    if directions.get(REAL) == {"down"} and directions.get(SAMPLE) == {"up"}:
        fail(
            f"`{name}` drives D(X) towards 0 and D(G(z)) towards 1, expected the other way round: "
            "its labels are swapped, or its sign is.",
            "Real images have the label 1, samples the label 0, and the optimizer minimizes.",
            mistake=Mistake.LABELS_SWAPPED,
        )
    for term in terms:
        if directions[term] != wanted[term]:
            fail(
                f"In `{name}` {said_against(term, parts)}.",
                f"Check the label of each of the {'two' if len(terms) == 2 else len(terms)} terms, and its sign.",
                mistake=term.flipped,
            )


def _draws_samples(run: LossRun, part: Part) -> bool:
    """Whether a part acts on images that G makes of noise, and not by way of D."""
    rows = run.attribution.rows[part.call.number]
    drawn = [row for row, own in zip(rows, part.gradient, strict=True) if bool(own.any())]
    return part.loss == "unknown" and part.error is not None and all(row.kind == "noise" for row in drawn)


def fail_unless_samples_driven_up(run: LossRun) -> None:
    """G's loss drives D's score of its samples towards real."""
    losses = {part.loss for part in run.parts("generator")}
    judged = {loss.partition(" ")[0] for loss in losses}
    if "reconstruction" in judged and judged <= {"reconstruction", "error"}:
        fail(
            "In `generator_loss` D judges reconstructions, images that G makes of codes, and no samples G(z): what G "
            "draws from `z` is not trained by it.",
            "L_G is the binary cross-entropy of D(G(z)), with the `z` that the function is given.",
            mistake=Mistake.GIVEN_Z_NOT_USED,
        )
    others = [part for part in run.parts("generator") if part.loss == "features" or _draws_samples(run, part)]
    if others and not any(part.loss.startswith("sample") for part in run.parts("generator")):
        what = "what D's hidden layers make of its samples" if "features" in losses else "the samples themselves"
        fail(
            f"`generator_loss` depends on {what}, and not on D's scores of them.",
            "L_G is the binary cross-entropy that is low when D takes the samples for real.",
            mistake=Mistake.NOT_BINARY_CROSS_ENTROPY,
        )
    if others and "sample up" in losses:
        cannot_judge(
            "`generator_loss` is the cross-entropy of D's scores and something beside it, such as feature matching or "
            "penalties. The notebook neither asks for such a term nor rules it out; a person will look at it."
        )
    if losses & {"sample down", "sample mixed"} or not losses & {"sample up"}:
        if "unknown" in losses or any(loss.startswith("other") for loss in losses):
            cannot_judge("The gradient that reaches G from `generator_loss` does not come through D's score alone.")
        own = [p for p in run.parts("generator") if p.loss.startswith("sample") and p.loss != "sample up"]
        labels = f"the labels of samples are {said_labels(own)}, expected 1"
        sign = "the logarithm has the wrong sign, so that it drives D(G(z)) towards 0"
        fail(
            f"In `generator_loss` {sign if has_wrong_sign(own) else labels}: the generator learns to be caught.",
            "The generator wants its samples to be taken for real: label 1, or minimize log(1 - D(G(z))).",
            mistake=Mistake.GENERATOR_TRAINED_TOWARDS_FAKE,
        )
