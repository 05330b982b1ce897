"""The visible checks: what the test cells of the notebook call.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this stands where the
submission turns into a trace. On a student's machine each function runs a few public experiments at once and says
what was seen and what to try. When the autograder runs the notebook, it provides an inbox of probes and an outbox,
and the same call records its traces there. Nothing here knows how they will be judged.

With `conditional=True` the experiments of a student's own machine are made with a `ConditionalModel`.
"""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from course_utils.gan.described import Functions
from course_utils.gan.gradient_map import draw_gradient_map
from course_utils.gan.practice import practice_probes
from course_utils.gan.probe import run_probe
from course_utils.gan.sight import see_convergence, see_losses, see_optimizers, see_train_step, see_wrong_labels
from coursekit.boxes import find_boxes
from coursekit.said import Said, tell
from coursekit.threads import one_thread
from coursekit.trace import Trace, read_trace


def optimizers(configure_optimizers: Callable[..., Any], *, conditional: bool = False) -> None:
    """Show which parameters the optimizers hold, and at which learning rate."""
    _check("optimizers", {"configure_optimizers": configure_optimizers}, see_optimizers, conditional)


def wrong_labels(draw_wrong_labels: Callable[..., Any]) -> None:
    """Show whether drawn labels are in range and differ from the true ones."""
    _check("wrong_labels", {"draw_wrong_labels": draw_wrong_labels}, see_wrong_labels, conditional=True)


def losses(
    discriminator_loss: Callable[..., Any],
    generator_loss: Callable[..., Any],
    autoencoder_loss: Callable[..., Any],
    *,
    conditional: bool = False,
) -> None:
    """Show the type, shape and value of each loss, and which modules its gradient reaches."""
    functions = {
        "discriminator_loss": discriminator_loss,
        "generator_loss": generator_loss,
        "autoencoder_loss": autoencoder_loss,
    }
    _check("losses", functions, see_losses, conditional)


def train_step(
    train_step: Callable[..., Any], configure_optimizers: Callable[..., Any], *, conditional: bool = False
) -> None:
    """Show what a training step returns and which modules it updates."""
    functions = {"train_step": train_step, "configure_optimizers": configure_optimizers}
    _check("train_step", functions, see_train_step, conditional)


def convergence(
    train_step: Callable[..., Any], configure_optimizers: Callable[..., Any], *, conditional: bool = False
) -> None:
    """Show how the losses develop in a short training run with a small model."""
    functions = {"train_step": train_step, "configure_optimizers": configure_optimizers}
    _check("convergence", functions, see_convergence, conditional)


def gradient_map(
    train_step: Callable[..., Any], configure_optimizers: Callable[..., Any], *, conditional: bool = False
) -> Figure | None:
    """Draw which loss drove which module in one training step; None if the step did not run."""
    functions = {"train_step": train_step, "configure_optimizers": configure_optimizers}
    with one_thread(), _practice("train_step", functions, conditional) as recorded:
        probe, folder = recorded[0]
        trace = read_trace(folder)
    errors = [trace.data["error"], *(step["error"] for step in trace.data["steps"])]
    if any(error is not None for error in errors):
        print("There is no gradient map yet: the training step stops with an error.")
        return None
    return draw_gradient_map(probe, trace)


def _check(
    kind: str, functions: Functions, see: Callable[[list[tuple[Trace, Path]]], list[Said]], conditional: bool
) -> None:
    if boxes := find_boxes():
        record(kind, functions, *boxes)
        return
    with one_thread(), _practice(kind, functions, conditional) as recorded:
        said = see(recorded)
    tell(said)


def record(kind: str, functions: Functions, inbox: Path, outbox: Path) -> None:
    """Carry out the probes of a kind that lie in `inbox`, in the order of their names, and record them in `outbox`."""
    for folder in sorted(inbox.iterdir()):
        probe = read_trace(folder)
        if probe.data["kind"] == kind:
            run_probe(probe, functions, outbox / folder.name)


@contextmanager
def _practice(kind: str, functions: Functions, conditional: bool) -> Iterator[list[tuple[Trace, Path]]]:
    """Run the practice probes of a kind; each with the folder of what was recorded, which is removed at the end."""
    with tempfile.TemporaryDirectory(prefix="course-practice-") as name:
        probes = practice_probes(kind, conditional)
        recorded = [(probe, Path(name) / str(number)) for number, probe in enumerate(probes)]
        for probe, folder in recorded:
            run_probe(probe, functions, folder)
        yield recorded
