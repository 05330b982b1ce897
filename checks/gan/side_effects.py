"""How a training step behaves towards its surroundings: what it returns, changes, draws and steps.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this is the check
`step_is_well_behaved`, with a part for each family of mistakes.
"""

from collections.abc import Sequence

import torch

from autograder.checks.outcome import fail
from checks.gan.mistakes import Mistake
from checks.gan.noise import fail_on_bad_noise, fail_on_wrong_noise_shape
from checks.gan.observed import StepRun
from checks.gan.outside_steps import fail_on_changes_outside_steps
from checks.gan.stale import fail_on_stale_losses
from checks.gan.student_errors import fail_on_errors
from course_utils.gan.probe import LOSSES
from coursekit.trace import named_tensor


def fail_unless_well_behaved(step_runs: tuple[StepRun, ...]) -> None:
    """A step runs, draws fresh noise, leaves what it was given alone and returns its three losses."""
    fail_on_wrong_noise_shape(step_runs)
    fail_on_errors("train_step", [run.experiment for run in step_runs])
    fail_on_returned_values(step_runs)
    observed = [run for run in step_runs if not run.light]
    fail_on_changed_batch(observed)
    fail_on_other_optimizers(observed)
    fail_on_learning_rate(observed)
    fail_on_changes_outside_steps(observed)
    fail_on_bad_noise(observed)
    fail_on_stale_losses(observed)


def fail_on_returned_values(runs: Sequence[StepRun]) -> None:
    for run in runs:
        for step in run.data["steps"]:
            if not step["is_mapping"] or not set(LOSSES) <= set(step["losses"]):
                got = sorted(step["losses"]) if step["is_mapping"] else step["returned"]
                fail(
                    f"`train_step` returned {got}, expected a dict with the losses of this step under "
                    f"{', '.join(repr(name) for name in LOSSES)}: the curves are drawn from them.",
                    'Return `{"discriminator": ..., "generator": ..., "autoencoder": ...}`.',
                    mistake=Mistake.WRONG_RETURN_VALUE,
                )
            for name in LOSSES:
                loss = step["losses"][name]
                if "value" not in loss:
                    shape = f"{loss['type']} of shape {tuple(loss['shape'])}" if "shape" in loss else loss["type"]
                    fail(
                        f"`train_step` returned {shape} under {name!r}, expected one number.",
                        "Return the loss itself, a scalar tensor.",
                        mistake=Mistake.LOSS_NOT_SCALAR if "shape" in loss else Mistake.WRONG_RETURN_VALUE,
                    )
                if not isinstance(loss["value"], int | float):
                    fail(
                        f"The loss under {name!r} is {loss['value']} after one step, expected a finite number.",
                        "Look for the logarithm of 0 or a division by 0.",
                        mistake=Mistake.LOSS_NOT_FINITE,
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
                    mistake=Mistake.BATCH_CHANGED_IN_PLACE,
                )
        for h, step in zip(run.labels, run.data["steps"], strict=False):
            if not torch.equal(named_tensor(run.trace, step.get("h")), h):
                fail(
                    "`train_step` changed the labels `h` that it was given: whoever uses them afterwards works with "
                    "others.",
                    "Make a new tensor for the wrong labels instead of changing `h` in place.",
                    mistake=Mistake.LABELS_CHANGED_IN_PLACE,
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
                mistake=Mistake.OPTIMIZERS_REMADE,
            )
        if forgetful := run.evidence.forgetful():
            fail(
                f"From one step to the next the optimizer “{forgetful[0]}” lost what it remembers of earlier "
                "gradients, as if it had been made anew.",
                "Leave the state of the optimizers alone: Adam needs the averages that it keeps.",
                mistake=Mistake.OPTIMIZERS_REMADE,
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
                mistake=Mistake.GIVEN_OPTIMIZERS_NOT_USED,
            )
        if not updates:
            fail(
                f"No optimizer stepped in {len(run.batches)} training steps: nothing was learnt.",
                "After each backward pass, call `.step()` of the optimizer that is to apply it.",
                mistake=Mistake.STEP_NOT_TAKEN,
            )
        if run.lr > 0 and not any(update.applied for update in updates):
            fail(
                "The optimizers that stepped hold no parameters of the model that `train_step` was given.",
                "Use the argument `model`, not a model from another cell.",
                mistake=Mistake.GIVEN_MODEL_NOT_TRAINED,
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
                            mistake=Mistake.LEARNING_RATE_IGNORED,
                        )
