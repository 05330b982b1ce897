"""Which mistakes show up as others: what a student reads first, and what is folded below it.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this orders the reasons of a
verdict; it gives and takes no points. The pairs are those that the matrices of wrong solutions show; an assignment
takes them over or adds to them.
"""

from autograder.checks.causes import Known

_NEVER_UPDATED = ("discriminator-never-updated", "generator-never-updated", "encoder-never-updated")
_NOT_TRAINED = ("generator-not-trained-by-its-loss", "generator-not-trained-by-reconstruction")

# mistake -> what it may show up as in another check
CONSEQUENCES: dict[str, tuple[str, ...]] = {
    "loss-detached": (*_NEVER_UPDATED, *_NOT_TRAINED, "gradients-zeroed-before-the-step", "function-raises"),
    "module-without-optimizer": _NEVER_UPDATED,
    "step-not-taken": _NEVER_UPDATED,
    "wrong-parameters-in-optimizer": (
        *_NEVER_UPDATED,
        "given-model-not-trained",
        "discriminator-moved-by-generator-loss",
    ),
    "wrong-return-value": ("optimizers-remade", "given-optimizers-not-used"),
    "labels-swapped": ("generator-trained-towards-fake",),
    "fakes-labeled-real": ("discriminator-moved-by-generator-loss",),
    "real-images-missing": ("discriminator-moved-by-generator-loss",),
    "fakes-not-detached": ("discriminator-moved-by-generator-loss",),
    "z-not-standard-normal": ("fake-images-missing", "generator-not-trained-by-its-loss"),
    "sigmoid-applied-twice": ("generator-trained-towards-fake", "not-mean-squared-error"),
    "encoder-never-updated": ("generator-not-trained-by-reconstruction",),
    "wrong-reconstruction-target": ("given-model-not-trained",),
}
# What every other mistake may lead to ...
LAST = ("training-does-not-converge", "training-diverges", "weights-not-trained")
# ... but for those that training does not mind.
WITHOUT_EFFECT = (
    "returned-losses-stale",
    "returned-losses-mixed-up",
    "batch-changed-in-place",
    "not-implemented",
    "function-missing",
    "trace-unreadable",
)
# Two functions that return what they should not do so each for itself.
OF_EACH_FUNCTION = ("wrong-return-value", "trace-unreadable")
FOUND_IN: dict[str, tuple[str, ...]] = {"wrong-return-value": ("check_optimizers",)}
# (mistake, consequence that is an error) -> what the error says then
WORDS: dict[tuple[str, str], str] = {("loss-detached", "function-raises"): "require grad|grad_fn"}
# Who takes 1 for fake does so in both losses.
ONE_IDEA = (("labels-swapped", "generator-trained-towards-fake"),)

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
