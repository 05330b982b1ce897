"""Which mistakes show up as others: what a student reads first, and what is folded below it.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this orders the reasons of a
verdict; it gives and takes no points. The pairs are those that the matrices of wrong solutions show; an assignment
takes them over or adds to them.
"""

from autograder.checks.causes import Known
from checks.gan.mistakes import NEVER_UPDATED, Mistake

_NOT_TRAINED = (Mistake.GENERATOR_NOT_TRAINED_BY_ITS_LOSS, Mistake.GENERATOR_NOT_TRAINED_BY_RECONSTRUCTION)

# mistake -> what it may show up as in another check
CONSEQUENCES: dict[str, tuple[str, ...]] = {
    Mistake.LOSS_DETACHED: (
        *NEVER_UPDATED.values(),
        *_NOT_TRAINED,
        Mistake.GRADIENTS_ZEROED_BEFORE_THE_STEP,
        Mistake.FUNCTION_RAISES,
    ),
    Mistake.MODULE_WITHOUT_OPTIMIZER: tuple(NEVER_UPDATED.values()),
    Mistake.STEP_NOT_TAKEN: tuple(NEVER_UPDATED.values()),
    Mistake.WRONG_PARAMETERS_IN_OPTIMIZER: (
        *NEVER_UPDATED.values(),
        Mistake.GIVEN_MODEL_NOT_TRAINED,
        Mistake.DISCRIMINATOR_MOVED_BY_GENERATOR_LOSS,
    ),
    Mistake.WRONG_RETURN_VALUE: (Mistake.OPTIMIZERS_REMADE, Mistake.GIVEN_OPTIMIZERS_NOT_USED),
    Mistake.LABELS_SWAPPED: (Mistake.GENERATOR_TRAINED_TOWARDS_FAKE,),
    Mistake.FAKES_LABELED_REAL: (Mistake.DISCRIMINATOR_MOVED_BY_GENERATOR_LOSS,),
    Mistake.REAL_IMAGES_MISSING: (Mistake.DISCRIMINATOR_MOVED_BY_GENERATOR_LOSS,),
    Mistake.FAKES_NOT_DETACHED: (Mistake.DISCRIMINATOR_MOVED_BY_GENERATOR_LOSS,),
    Mistake.Z_NOT_STANDARD_NORMAL: (Mistake.FAKE_IMAGES_MISSING, Mistake.GENERATOR_NOT_TRAINED_BY_ITS_LOSS),
    Mistake.SIGMOID_APPLIED_TWICE: (Mistake.GENERATOR_TRAINED_TOWARDS_FAKE, Mistake.NOT_MEAN_SQUARED_ERROR),
    Mistake.ENCODER_NEVER_UPDATED: (Mistake.GENERATOR_NOT_TRAINED_BY_RECONSTRUCTION,),
    Mistake.WRONG_RECONSTRUCTION_TARGET: (Mistake.GIVEN_MODEL_NOT_TRAINED,),
}
# What every other mistake may lead to ...
LAST = (Mistake.TRAINING_DOES_NOT_CONVERGE, Mistake.TRAINING_DIVERGES, Mistake.WEIGHTS_NOT_TRAINED)
# ... but for those that training does not mind.
WITHOUT_EFFECT = (
    Mistake.RETURNED_LOSSES_STALE,
    Mistake.RETURNED_LOSSES_MIXED_UP,
    Mistake.BATCH_CHANGED_IN_PLACE,
    Mistake.NOT_IMPLEMENTED,
    Mistake.FUNCTION_MISSING,
    Mistake.TRACE_UNREADABLE,
)
# Two functions that return what they should not do so each for itself.
OF_EACH_FUNCTION = (Mistake.WRONG_RETURN_VALUE, Mistake.TRACE_UNREADABLE)
FOUND_IN: dict[str, tuple[str, ...]] = {Mistake.WRONG_RETURN_VALUE: ("check_optimizers",)}
# (mistake, consequence that is an error) -> what the error says then
WORDS: dict[tuple[str, str], str] = {(Mistake.LOSS_DETACHED, Mistake.FUNCTION_RAISES): "require grad|grad_fn"}
# Who takes 1 for fake does so in both losses.
ONE_IDEA = ((Mistake.LABELS_SWAPPED, Mistake.GENERATOR_TRAINED_TOWARDS_FAKE),)

KNOWN = Known(
    cells=("check_optimizers", "check_wrong_labels", "check_losses", "check_train_step", "check_convergence"),
    of_several=("check_losses",),
    consequences=CONSEQUENCES,
    last=LAST,
    without=WITHOUT_EFFECT,
    of_each=OF_EACH_FUNCTION,
    found_in=FOUND_IN,
    words=WORDS,
    one_idea=ONE_IDEA,
)
