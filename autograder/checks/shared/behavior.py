"""How a training step behaves towards its surroundings: what it returns, changes, draws and steps.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* these are the parts of the
check `step_is_well_behaved`, each for one family of mistakes.
"""

import re
from collections.abc import Sequence

import torch
from torch import Tensor

from autograder.checks.outcome import fail
from autograder.checks.shared.observed import StepRun
from autograder.checks.shared.probes import HOMEWORK_SIZES
from course_utils.probe import LOSSES
from course_utils.trace import named_tensor

# Kolmogorov-Smirnov: P(sqrt(n) D > x) is about 2 exp(-2 x^2), here 3e-8 (Massey 1951, J. Am. Stat. Assoc. 46:68-78).
KS_LIMIT = 3.0


def fail_on_returned_values(runs: Sequence[StepRun]) -> None:
    for run in runs:
        for step in run.data["steps"]:
            if not step["is_mapping"] or not set(LOSSES) <= set(step["losses"]):
                got = sorted(step["losses"]) if step["is_mapping"] else step["returned"]
                fail(
                    f"`train_step` returned {got}, expected a dict with the losses of this step under "
                    f"{', '.join(repr(name) for name in LOSSES)}: the curves are drawn from them.",
                    'Return `{"discriminator": ..., "generator": ..., "autoencoder": ...}`.',
                    mistake="wrong-return-value",
                )
            for name in LOSSES:
                loss = step["losses"][name]
                if "value" not in loss:
                    shape = f"{loss['type']} of shape {tuple(loss['shape'])}" if "shape" in loss else loss["type"]
                    fail(
                        f"`train_step` returned {shape} under {name!r}, expected one number.",
                        "Return the loss itself, a scalar tensor.",
                        mistake="loss-not-scalar" if "shape" in loss else "wrong-return-value",
                    )
                if not isinstance(loss["value"], int | float):
                    fail(
                        f"The loss under {name!r} is {loss['value']} after one step, expected a finite number.",
                        "Look for the logarithm of 0 or a division by 0.",
                        mistake="loss-not-finite",
                    )


def fail_on_changed_batch(runs: Sequence[StepRun]) -> None:
    for run in runs:
        for batch, step in zip(run.batches, run.data["steps"], strict=True):
            after = named_tensor(run.trace, step["x_real"])
            if after.shape != batch.shape or not torch.equal(after, batch):
                fail(
                    "`train_step` changed the mini-batch `x_real` that it was given: whoever uses it afterwards works "
                    "with other images.",
                    "Make a new tensor, such as `x_real + noise`, instead of changing `x_real` in place.",
                    mistake="batch-changed-in-place",
                )
        for h, step in zip(run.labels, run.data["steps"], strict=False):
            if not torch.equal(named_tensor(run.trace, step.get("h")), h):
                fail(
                    "`train_step` changed the labels `h` that it was given: whoever uses them afterwards works with "
                    "others.",
                    "Make a new tensor for the wrong labels instead of changing `h` in place.",
                    mistake="labels-changed-in-place",
                )


def fail_on_other_optimizers(runs: Sequence[StepRun]) -> None:
    for run in runs:
        updates = run.evidence.updates
        strangers = [u for u in updates if u.optimizer is None]
        if strangers:
            fail(
                f"`train_step` stepped an optimizer ({strangers[0].kind}) that is not among the `optimizers` it was "
                "given. An optimizer that is made anew forgets its momentum at every step.",
                "Make all optimizers in `configure_optimizers` and use those of the argument `optimizers`.",
                mistake="optimizers-remade",
            )
        changed = [
            module
            for module in run.evidence.weights[0]
            if not torch.equal(run.evidence.weights[0][module], run.evidence.weights[-1][module])
        ]
        if not updates and changed:
            fail(
                f"The weights of the {' and the '.join(changed)} changed, but no optimizer stepped.",
                "Let the optimizers of the argument `optimizers` update the weights: call their `.step()`.",
                mistake="given-optimizers-not-used",
            )
        if not updates:
            fail(
                f"No optimizer stepped in {len(run.batches)} training steps: nothing was learnt.",
                "After each backward pass, call `.step()` of the optimizer that is to apply it.",
                mistake="step-not-taken",
            )
        if run.lr > 0 and not any(update.applied for update in updates):
            fail(
                "The optimizers that stepped hold no parameters of the model that `train_step` was given.",
                "Use the argument `model`, not a model from another cell.",
                mistake="given-model-not-trained",
            )


def fail_on_changes_outside_steps(runs: Sequence[StepRun]) -> None:
    for run in runs:
        updates = list(run.evidence.updates)
        for number, start in enumerate(run.evidence.weights[:-1]):
            before = start
            for update in (u for u in updates if u.step == number):
                _fail_on_change(before, update.before)
                before = update.after
            _fail_on_change(before, run.evidence.weights[number + 1])


def _fail_on_change(before: dict[str, Tensor], after: dict[str, Tensor]) -> None:
    for module, weights in before.items():
        if not torch.equal(weights, after[module]):
            fail(
                f"The weights of the {module} were changed by something else than the step of an optimizer.",
                "Let only the optimizers update the weights, from the gradients of the losses.",
                mistake="updates-not-from-gradients",
            )


def fail_on_wrong_noise_shape(runs: Sequence[StepRun]) -> None:
    """An error that says that latent vectors do not fit into G."""
    for run in runs:
        error, latent_size = run.error(), run.probe.data["model"]["latent_size"]
        classes = run.probe.data["model"].get("number_of_classes", 0)  # columns of the label behind the latent vector
        found = re.search(r"\(\d+x(\d+) and (\d+)x\d+\)", error["message"]) if error else None
        if found and int(found[2]) == latent_size + classes and found[1] != found[2] and not run.light:
            width = int(found[1]) - classes
            if classes and (width < 1 or int(found[1]) == latent_size):
                fail(
                    f"G's layers were called on rows of {found[1]} numbers, expected {found[2]}: the {latent_size} of "
                    f"a latent vector and the {classes} of its label.",
                    "Call `model.generator(z, h)`, which puts the label behind z.",
                    mistake="function-raises",
                )
            fail(
                f"G was called on latent vectors of {width} numbers, expected {latent_size} (`model.latent_size`).",
                "Draw z of shape `(x_real.shape[0], model.latent_size)`.",
                mistake="sizes-hard-coded" if width == HOMEWORK_SIZES["latent_size"] else "z-wrong-shape",
            )


def fail_on_learning_rate(runs: Sequence[StepRun]) -> None:
    for run in runs:
        if run.lr == 0:
            for update in run.evidence.updates:
                for module in update.before:
                    if update.moved(module):
                        fail(
                            f"With a learning rate of 0 a step of the optimizer “{update.optimizer}” still moved the "
                            f"{module}.",
                            "Use the learning rate that `configure_optimizers` is given, everywhere.",
                            mistake="learning-rate-ignored",
                        )


def fail_on_bad_noise(runs: Sequence[StepRun]) -> None:
    drawn = [(run, noise) for run in runs for noise in [_noise_by_step(run)]]
    rows_used = {run.batch_size: {len(call) for calls in noise for call in calls} for run, noise in drawn}
    everything = [call for _, noise in drawn for calls in noise for call in calls]
    if not everything:
        _fail_on_codes_for_noise(runs)
        return  # whether samples were used at all is for the checks of D and G
    for _, noise in drawn:
        firsts = [calls[0] for calls in noise if calls]
        if len(firsts) > 1 and all(z.shape == firsts[0].shape and torch.equal(z, firsts[0]) for z in firsts):
            fail(
                "Every training step used the same latent vectors, so G learns only those few samples.",
                "Draw z anew in each step, and set no seed inside `train_step`.",
                mistake="z-constant",
            )
    for run, noise in drawn:
        for calls in noise:
            # Pieces of a mini-batch may be as small as one image, if there are enough of them.
            if calls and max(len(z) for z in calls) == 1 and len(calls) < run.batch_size:
                fail(
                    f"`train_step` made a single sample for a mini-batch of {run.batch_size} images.",
                    "Draw one z for each image: `torch.randn(x_real.shape[0], model.latent_size)`.",
                    mistake="z-wrong-shape",
                )
            for z in calls:
                if len(z) > 1 and len(torch.unique(z, dim=0)) == 1:
                    fail(
                        f"All {run.batch_size} samples of a mini-batch were made from one and the same latent vector.",
                        "Draw one z for each image: `torch.randn(x_real.shape[0], model.latent_size)`.",
                        mistake="z-one-vector-for-the-batch",
                    )
    sizes = set().union(*rows_used.values())
    if len(rows_used) > 1 and len(sizes) == 1 and sizes != {1}:
        fail(
            f"`train_step` made {sizes.pop()} samples for mini-batches of "
            f"{', '.join(str(size) for size in sorted(rows_used))} images.",
            "Take the number of samples from the mini-batch: `x_real.shape[0]`.",
            mistake="sizes-hard-coded",
        )
    values = torch.cat([torch.unique(z, dim=0).flatten() for z in everything]).unique()
    distance = _distance_to_normal(values)
    if distance * len(values) ** 0.5 > KS_LIMIT:
        fail(
            f"The latent vectors are not standard normal: over {len(values)} numbers, mean {values.mean():.2f} and "
            f"standard deviation {values.std():.2f}, expected 0 and 1, and a bell curve.",
            "`torch.randn` draws from N(0, 1); `torch.rand` is uniform.",
            mistake="z-not-standard-normal",
        )


def _fail_on_codes_for_noise(runs: Sequence[StepRun]) -> None:
    for run in runs:
        kinds = {
            row.kind
            for call in run.evidence.calls
            if call.module == "discriminator"
            for row in run.attribution.rows[call.number]
        }
        if kinds == {"real", "reconstruction"}:
            fail(
                "G's samples were made from codes E(X), expected from latent vectors z ~ N(0, I).",
                "Draw z with `torch.randn(x_real.shape[0], model.latent_size)`.",
                mistake="z-not-standard-normal",
            )


def _noise_by_step(run: StepRun) -> list[list[Tensor]]:
    """For each step, the latent vectors of each call of G that are no codes: `(rows, latent_size)`."""
    noise: list[list[Tensor]] = [[] for _ in run.batches]
    for call in run.evidence.calls:
        chosen = [i for i, row in enumerate(run.attribution.rows[call.number]) if row.kind == "noise"]
        if call.module == "generator" and chosen:
            noise[call.step].append(call.content[chosen])
    return noise


def _distance_to_normal(values: Tensor) -> float:
    """The largest distance between the empirical distribution and that of N(0, 1)."""
    ordered = values.sort().values
    expected = torch.special.ndtr(ordered)
    steps = torch.arange(len(ordered) + 1) / len(ordered)
    return float(torch.maximum(steps[1:] - expected, expected - steps[:-1]).max())
