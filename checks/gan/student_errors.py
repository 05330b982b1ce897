"""What a student's function raised, in the words of a check: how it failed, where in the student's code, what to try.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* each check of a function begins
with `fail_on_errors`. Sizes in a message come from the probes, so that a student can repeat what was seen.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from autograder.checks.outcome import fail
from checks.gan.mistakes import Mistake
from checks.gan.probes import HOMEWORK_SIZES
from course_utils.gan.advice import Advice, advise, first_sentence, needs_other_device
from coursekit.trace import Trace

MAX_QUOTED = 300  # characters of a message or a line; torch's own first sentences are below 200


@dataclass(frozen=True)
class Error:
    """An error as the trace holds it: its type and message, and the student's line and function that it came from."""

    type: str
    message: str
    line: str
    function: str

    @staticmethod
    def of(record: dict[str, Any] | None) -> "Error | None":
        """Of the record in a trace, whose form has been checked."""
        if record is None:
            return None
        return Error(**{key: record[key][:MAX_QUOTED] for key in ("type", "message", "line", "function")})

    @property
    def said(self) -> str:
        return f"{self.type}: {first_sentence(self.message)}".rstrip(": ")

    @property
    def where(self) -> str:
        return f" at `{self.line}`" if self.line else ""


@dataclass(frozen=True)
class Experiment:
    """What a function was tried on, and how that ended.

    Attributes:
        on: the sizes in words, as in "7 images with latent vectors of 3 numbers".
        error: what it raised; None where it ran.
        images: in the mini-batch; 0 where it is given none.
        usual: the sizes are the homework's own, with which students try their code.
        began: where it is done several times in a row, the first time went well.
    """

    on: str
    error: Error | None
    images: int = 0
    usual: bool = False
    began: bool = False


def experiment(probe: Trace, images: int, error: dict[str, Any] | None, *, began: bool = False) -> Experiment:
    """The experiment with a mini-batch of so many images that `probe` asked for."""
    sizes = probe.data["model"]
    count = "1 image" if images == 1 else f"{images} images"
    pixels = "" if sizes["input_size"] == HOMEWORK_SIZES["input_size"] else f" of {sizes['input_size']} pixels"
    on = f"{count}{pixels} with latent vectors of {sizes['latent_size']} numbers"
    return Experiment(on, Error.of(error), images, usual=HOMEWORK_SIZES.items() <= sizes.items(), began=began)


def fail_on_errors(function: str, experiments: Sequence[Experiment]) -> None:
    """Fail if the function raised in any of the experiments."""
    raised = [(tried, tried.error) for tried in experiments if tried.error]
    if not raised:
        return
    error = raised[0][1]
    _fail_on_missing(function, error)
    _fail_on_unwritten(function, error)
    if needs_other_device(error.type, error.message):
        fail(
            f"`{function}` needs tensors on another device than it was given, such as a GPU, which not every machine "
            f"has: {error.said}{error.where}.",
            "Make new tensors where the others are: `device=x_real.device`, or `torch.ones_like(...)`.",
            mistake=Mistake.DEVICE_HARD_CODED,
        )
    ran = [tried for tried in experiments if not tried.error]
    if all(tried.images == 1 for tried, _ in raised) and any(tried.images > 1 for tried in ran):
        fail(
            f"`{function}` stopped with an error for a mini-batch of a single image: {error.said}{error.where}. The "
            "last mini-batch of an epoch may be as small as that.",
            _help_for_single(error),
            mistake=Mistake.FUNCTION_RAISES,
        )
    if any(tried.usual for tried in ran) and not all(tried.began for tried, _ in raised):
        failed = "; ".join(tried.on for tried, _ in raised)
        of_images = any(tried.images for tried, _ in raised)
        fail(
            f"`{function}` runs with the homework's own sizes, but not with others (it failed for {failed}): "
            f"{error.said}{error.where}." + (" The last mini-batch of an epoch is smaller, too." if of_images else ""),
            "Take sizes from what you are given, "
            + ("such as `x_real.shape[0]` and `model.latent_size`, " if of_images else "such as the arguments, ")
            + "instead of writing numbers.",
            mistake=Mistake.SIZES_HARD_CODED,
        )
    _fail_with(function, error)


def _fail_on_missing(function: str, error: Error) -> None:
    name = re.search(r"name '(\w+)'", error.message)
    if error.type == "NameError" and name and name[1] == function:
        fail(
            f"`{function}` is not defined.",
            "Write it under exactly this name; the notebook shows its arguments.",
            mistake=Mistake.FUNCTION_MISSING,
        )


def _fail_on_unwritten(function: str, error: Error) -> None:
    """The placeholder raises NotImplementedError; torch does too, with words of its own."""
    if error.type != "NotImplementedError" or (error.message and not error.line.startswith("raise NotImplemented")):
        return
    inner = error.function if error.function not in ("", function, "<module>") else ""
    fail(
        f"`{function}` calls `{inner}`, which is not written yet: it raised NotImplementedError."
        if inner
        else f"`{function}` is not written yet: it raised NotImplementedError.",
        "Replace the placeholder by your own code and run the cell again.",
        mistake=Mistake.NOT_IMPLEMENTED,
    )


def _help_for_single(error: Error) -> str:
    known = advise(error.type, error.message, error.line)
    if known and known.for_single:
        return known.help
    return "Keep the shape of what D returns, `(batch, 1)`; a `squeeze()` also removes a batch of one."


def _fail_with(function: str, error: Error) -> NoReturn:
    known = advise(error.type, error.message, error.line) or Advice(
        "",
        "Run the cell on your machine: the message names the line. Restarting the kernel and running all cells "
        "from the top also shows names that only exist by accident.",
    )
    stopped = f"stopped with an error: {error.said}{error.where}."
    if known.mistake == Mistake.WRONG_RETURN_VALUE:  # the error is our loop's, not the student's
        stopped = "does not fit into the training loop."
    fail(
        f"`{function}` {stopped} {known.means}".strip(),
        known.help,
        mistake=known.mistake,
    )
