"""Hidden checks of TODO 2: each loss alone, its type, its shape, then what its gradient says about it."""

from collections.abc import Sequence

import pytest
import torch

from autograder.checks.hw2.observed import LossRun, fail_on_errors
from autograder.checks.hw2.scale import fail_on_sum
from autograder.checks.outcome import cannot_judge, fail
from course_utils.attribution.parts import Part
from course_utils.trace import named_tensor

CELL = "check_losses"
ROOT_TOLERANCE = 0.01


def _fail_unless_scalar_with_graph(runs: Sequence[LossRun]) -> None:
    """Type first, then shape, then value, and stop at the first that fails."""
    name = f"{runs[0].loss}_loss"
    fail_on_errors(name, {run.name: run.data["error"] for run in runs})
    for run in runs:
        if not torch.equal(named_tensor(run.trace, run.data["x_real"]), run.x_real):
            fail(
                f"`{name}` changed the images `x_real` that it was given: later code works with others.",
                "Make a new tensor instead of changing `x_real` in place.",
                mistake="batch-changed-in-place",
            )
        loss = run.data["loss"]
        if loss["type"] != "Tensor":
            mistake = "loss-detached" if loss["type"] in ("float", "int") else "wrong-return-value"
            fail(
                f"`{name}` returned {loss['type']}, expected a tensor: without the graph behind it, nothing can be "
                "learnt from it.",
                "Return the loss itself, without `.item()`, `float(...)` or NumPy.",
                mistake=mistake,
            )
        if loss["shape"] != []:
            fail(
                f"`{name}` returned a tensor of shape {tuple(loss['shape'])} for a mini-batch of {len(run.x_real)}, "
                "expected the shape (): `backward()` needs one number.",
                'Average over the mini-batch: the default `reduction="mean"`, or `.mean()`.',
                mistake="loss-not-scalar",
            )
        if not isinstance(loss.get("value"), int | float):
            fail(
                f"`{name}` is {loss.get('value', 'complex')}, expected a finite number: it ruins all weights.",
                "Look for the logarithm of 0 or a division by 0.",
                mistake="loss-not-finite",
            )
        if not loss["requires_grad"]:
            _fail_detached(name, "any of the modules")


def _fail_detached(name: str, modules: str) -> None:
    fail(
        f"No gradient reaches {modules} from `{name}`, so nothing can be learnt from it.",
        "Look for `.detach()`, `torch.no_grad()`, `.item()`, `.data` or a new `torch.tensor(...)` on the way from "
        f"{modules} to the loss.",
        mistake="loss-detached",
    )


def _fail_unless_reached(run: LossRun, module: str) -> None:
    if run.parts(module) and run.reached(module):
        return
    if run.reached(module):
        cannot_judge(
            f"A gradient reaches the {module} from `{run.loss}_loss`, but not through a call of the {module} that was "
            "seen."
        )
    _fail_detached(f"{run.loss}_loss", f"the {module}")


def _fail_on_other_forms(name: str, parts: Sequence[Part], allowed: tuple[str, ...]) -> None:
    for part in parts:
        form = part.reading.form if part.reading else "unknown"
        if form == "double sigmoid":
            fail(
                f"In `{name}` a sigmoid is applied to D's output, which is a probability already: scores can then "
                "only lie between 0.5 and 0.73, and the gradient fades.",
                "Use the loss for probabilities, `binary_cross_entropy`, instead of the one for logits.",
                mistake="sigmoid-applied-twice",
            )
        if form not in (*allowed, "unknown"):
            fail(
                f"The gradient of `{name}` at D's scores is not that of a binary cross-entropy, which the homework "
                "asks for.",
                "Compare with the formula in the notebook; `torch.nn.functional.binary_cross_entropy` computes it.",
                mistake="not-binary-cross-entropy",
            )


def _fail_unless_given_z(run: LossRun) -> None:
    """The samples are made from the z that the function was given."""
    z = run.z.double()
    for call in run.attribution.evidence.calls:
        rows = run.attribution.rows[call.number]
        noise = [i for i, row in enumerate(rows) if row.kind == "noise"]
        if call.module != "generator" or not noise or call.inputs.shape[1] != z.shape[1]:
            continue
        nearest = (call.inputs[noise][:, None] - z[None]).abs().amax(dim=2).amin(dim=1)  # (noise rows,)
        if bool((nearest > 1e-5).all()):
            fail(
                f"`{run.loss}_loss` called G on other latent vectors than the `z` that it was given, so whoever calls "
                "it has no say in the samples.",
                "Use the argument `z`.",
                mistake="given-z-not-used",
            )


@pytest.mark.check(cell=CELL, points=1)
def test_discriminator_loss_is_right(discriminator_runs: tuple[LossRun, ...]) -> None:
    """The discriminator's loss is the cross-entropy of D(X) towards real and of D(G(z)) towards fake."""
    _fail_unless_scalar_with_graph(discriminator_runs)
    readable = [run for run in discriminator_runs if len(run.x_real) > 1]
    for run in readable:
        _fail_unless_reached(run, "discriminator")
        parts = run.parts("discriminator")
        _fail_on_other_forms("discriminator_loss", parts, ("bce", "saturating"))
        losses = {part.loss for part in parts}
        real, sample = ({s.split()[1] for s in losses if s.startswith(kind)} for kind in ("real", "sample"))
        if not real or not sample:
            _fail_on_missing_images(run, real_is_missing=not real)
        _fail_on_wrong_labels(real, sample)
        _fail_on_other_forms("discriminator_loss", parts, ("bce",))
        _fail_on_altered_images(run, parts)
        _fail_unless_given_z(run)
    weights = [(run, [part.reading.weight for part in run.parts("discriminator") if part.reading]) for run in readable]
    fail_on_sum("discriminator_loss", [(run, sum(values)) for run, values in weights])


def _fail_on_missing_images(run: LossRun, real_is_missing: bool) -> None:
    kinds = {row.kind for rows in run.attribution.rows.values() for row in rows}
    if "other" in kinds:
        cannot_judge("D was called on images that are neither real nor samples of G.")
    name, symbol = ("real images", "X") if real_is_missing else ("samples of the generator", "G(z)")
    fail(
        f"`discriminator_loss` drives no scores of {name}, but D has to tell both kinds apart.",
        f"Add the term for {symbol}; both terms are in the formula in the notebook.",
        mistake="real-images-missing" if real_is_missing else "fake-images-missing",
    )


def _fail_on_altered_images(run: LossRun, parts: Sequence[Part]) -> None:
    """All real images are used, and as they are; noise is welcome."""
    used = set()
    for part in parts:
        rows = run.attribution.rows[part.call.number]
        for i, row in enumerate(rows):
            if row.kind == "real" and bool(part.gradient[i].any()):
                used.add(row.index)
                if not row.exact and _is_rescaled(part.call.inputs[i], run.x_real[row.index].double()):
                    fail(
                        "`discriminator_loss` shows D real images in another range of values than [0, 1], but G's "
                        "images as they are: D then tells them apart by that alone.",
                        "Give D the images of `x_real` as they are, or treat G's images in the same way.",
                        mistake="real-images-altered",
                    )
    if len(used) <= len(run.x_real) / 2:
        fail(
            f"Only {len(used)} of the {len(run.x_real)} real images have a say in `discriminator_loss`.",
            "Average over the whole mini-batch.",
            mistake="real-images-missing",
        )


def _is_rescaled(seen: torch.Tensor, original: torch.Tensor) -> bool:
    design = torch.stack([original, torch.ones_like(original)], dim=1)
    solution = torch.linalg.lstsq(design, seen[:, None]).solution
    return float((design @ solution - seen[:, None]).norm()) < 1e-3 * float(seen.norm())


def _fail_on_wrong_labels(real: set[str], sample: set[str]) -> None:
    if real == {"down"} and sample == {"up"}:
        fail(
            "`discriminator_loss` drives D(X) towards 0 and D(G(z)) towards 1, expected the other way round: "
            "its labels are swapped, or its sign is.",
            "Real images have the label 1, samples the label 0, and the optimizer minimizes.",
            mistake="labels-swapped",
        )
    for name, got, expected, label, mistake in (
        ("D(X)", real, "up", 1, "reals-labeled-fake"),
        ("D(G(z))", sample, "down", 0, "fakes-labeled-real"),
    ):
        if got != {expected}:
            towards = "both ways at once" if len(got) > 1 or "mixed" in got else f"towards {1 - label}"
            fail(
                f"`discriminator_loss` drives {name} {towards}, expected towards {label}.",
                "Check the label of each of the two terms, and its sign.",
                mistake=mistake,
            )


@pytest.mark.check(cell=CELL, points=1)
def test_generator_loss_is_right(generator_runs: tuple[LossRun, ...]) -> None:
    """The generator's loss is the cross-entropy that makes D take its samples for real."""
    _fail_unless_scalar_with_graph(generator_runs)
    readable = [run for run in generator_runs if len(run.x_real) > 1]
    for run in readable:
        _fail_unless_reached(run, "generator")
        _fail_on_other_forms("generator_loss", run.parts("discriminator"), ("bce", "saturating"))
        losses = {part.loss for part in run.parts("generator")}
        if losses & {"sample down", "sample mixed"} or not losses & {"sample up"}:
            if "unknown" in losses or any(loss.startswith("other") for loss in losses):
                cannot_judge("The gradient that reaches G from `generator_loss` does not come through D's score alone.")
            fail(
                "`generator_loss` drives D(G(z)) towards 0, expected towards 1: the generator learns to be caught.",
                "The generator wants its samples to be taken for real: label 1, or minimize log(1 - D(G(z))).",
                mistake="generator-trained-towards-fake",
            )
        _fail_unless_given_z(run)
    weights = [(run, sum(p.reading.weight for p in run.parts("discriminator") if p.reading)) for run in readable]
    fail_on_sum("generator_loss", weights)


@pytest.mark.check(cell=CELL, points=1)
def test_autoencoder_loss_is_right(autoencoder_runs: tuple[LossRun, ...]) -> None:
    """The autoencoder's loss is the mean squared error between G(E(X)) and X, and reaches E and G."""
    _fail_unless_scalar_with_graph(autoencoder_runs)
    for run in autoencoder_runs:
        _fail_unless_reached(run, "generator")
        losses = {part.loss for part in run.parts("generator")}
        if "unknown" in losses or "error" not in losses:
            _fail_on_other_reconstruction_loss(run)
        _fail_unless_reached(run, "encoder")
    weights = [(run, sum(part.weight for part in run.parts("generator"))) for run in autoencoder_runs]
    fail_on_sum("autoencoder_loss", weights)
    _fail_on_root(weights)


def _fail_on_root(weights: list[tuple[LossRun, float]]) -> None:
    """The root of the mean squared error has the gradient of one with half the weight that its value shows."""
    shown = []
    for run, weight in weights:
        calls = [part.call for part in run.parts("generator") if part.loss == "error"]
        if not calls or calls[0].outputs.shape != run.x_real.shape or weight == 0:
            return  # G made other images in the same call: the value says nothing of the error alone
        error = float((calls[0].outputs.sigmoid() - run.x_real).square().mean())
        shown.append(run.data["loss"]["value"] / (weight * max(error, 1e-12)))
    if len({part.call.number for part in weights[0][0].parts("generator")}) == 1 and all(
        abs(ratio - 2) < ROOT_TOLERANCE for ratio in shown
    ):
        fail(
            "`autoencoder_loss` is the root of the mean squared error, expected the mean squared error itself, so "
            "that losses can be compared.",
            "Leave out the square root.",
            mistake="not-mean-squared-error",
        )


def _fail_on_other_reconstruction_loss(run: LossRun) -> None:
    parts = run.parts("generator")
    if any(
        row.kind == "reconstruction" for part in run.parts("encoder") for row in run.attribution.rows[part.call.number]
    ):
        fail(
            "`autoencoder_loss` encodes the reconstruction again and compares codes, expected a comparison of images.",
            "Compare G(E(X)) with X.",
            mistake="wrong-reconstruction-target",
        )
    note = next((part.note for part in parts if part.note), "")
    if any(part.loss == "error up" for part in parts):
        fail(
            "`autoencoder_loss` is the smaller, the larger the reconstruction error is.",
            "Check its sign: the optimizer minimizes.",
            mistake="reconstruction-maximized",
        )
    if note == "wrong target":
        fail(
            "`autoencoder_loss` compares G(E(X)), or another image of G, with something else than the image X that was "
            "encoded.",
            "The target is `x_real` itself, in the same order and scale.",
            mistake="wrong-reconstruction-target",
        )
    if note == "second sigmoid":
        fail(
            "In `autoencoder_loss` a sigmoid is applied to G's output, which lies in [0, 1] already: reconstructions "
            "can then only lie between 0.5 and 0.73.",
            "Compare G(E(X)) with X as it is.",
            mistake="sigmoid-applied-twice",
        )
    if note:
        fail(
            f"`autoencoder_loss` is the {note}, expected the mean squared error, so that losses can be compared.",
            "`torch.nn.functional.mse_loss` computes it.",
            mistake="not-mean-squared-error",
        )
    cannot_judge("The gradient of `autoencoder_loss` is not that of a mean squared error between G(E(X)) and X.")
