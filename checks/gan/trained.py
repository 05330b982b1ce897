"""Whether weights come from training: what only training brings about, whatever the images look like.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this is a part of the check of
convergence. All weights have moved, by gradients, in steps of the optimizers that were configured, until late in the
run; and reconstructions differ from image to image.
"""

import torch

from autograder.checks.outcome import cannot_judge, fail
from checks.gan.mistakes import Mistake
from checks.gan.training_measures import likeness, trained_model, untrained_model
from course_utils.gan.places import MODULES
from coursekit.trace import Trace

# An untrained model has between -0.013 and 0.019; of 224 runs of right designs one was below (L-BFGS, once).
LEAST_LIKENESS = 0.02
# How much further than by optimizers weights may be moved otherwise: never at all in 168 runs of right designs, 1.1
# times where noise is added to them in every step, and many times where they are written down.
MOST_ELSE = 2


def fail_unless_trained(probe: Trace, recorded: Trace) -> None:
    """The weights of a training run, which are finite, came about by training."""
    _fail_on_weights_as_before(probe, recorded)
    _fail_unless_moved_by_optimizers(probe, recorded)
    _fail_on_reconstructions_of_nothing(probe, recorded)


def _fail_on_weights_as_before(probe: Trace, recorded: Trace) -> None:
    before = dict(untrained_model(probe, recorded).named_parameters())
    after = trained_model(probe, recorded).named_parameters()
    still = [name for name, weights in after if torch.equal(weights, before[name])]
    if still:
        modules = " and the ".join(dict.fromkeys(name.partition(".")[0] for name in still))
        fail(
            f"After {probe.data['num_steps']} steps {len(still)} of {len(before)} weight tensors, of the {modules}, "
            "are exactly what they were before: nothing has been learnt there, however the images look.",
            "Step on each loss with an optimizer that holds all parameters of the networks that it is to train.",
            mistake=Mistake.WEIGHTS_NOT_TRAINED,
        )


def _fail_unless_moved_by_optimizers(probe: Trace, recorded: Trace) -> None:
    ways = recorded.data["ways"]
    later = [way for way in ways if way["step"] >= probe.data["log_every"]]  # the first steps alone train nothing
    idle = [module for module in MODULES if not any(float(way[module]["optimizers"]) > 0 for way in later)]
    if idle:
        fail(
            f"In the short training run no gradient moved the {' and the '.join(idle)} in a step of an optimizer that "
            "`configure_optimizers` returned.",
            "Let these optimizers update the weights: call `.step()` after the backward pass, in every training step.",
            mistake=Mistake.WEIGHTS_NOT_TRAINED,
        )
    for module in ("encoder", "generator"):  # what reconstructs
        by_optimizers, by_else = (sum(float(way[module][by]) for way in ways) for by in ("optimizers", "else"))
        if not by_else <= MOST_ELSE * by_optimizers:
            fail(
                f"In the short training run the weights of the {module} were moved much further by something else "
                "than by the steps of the optimizers.",
                "Let only the optimizers update the weights, from the gradients of the losses.",
                mistake=Mistake.WEIGHTS_NOT_TRAINED,
            )


def _fail_on_reconstructions_of_nothing(probe: Trace, recorded: Trace) -> None:
    seen = likeness(probe, recorded)
    if seen < LEAST_LIKENESS:
        cannot_judge(
            f"After {probe.data['num_steps']} steps reconstructions have no more to do with their images than before "
            f"training (a correlation of {seen:.3f}): G(E(X)) is nearly the same for every image.",
            near_threshold=True,
        )
