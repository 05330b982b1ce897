"""The mistakes that the checks of the GAN homeworks know, each by the name that a student reads.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* the name of a mistake opens the
reason of a failed check, and is counted in the table of the class. What a mistake may lead to stands in
`consequences`; a wrong solution under `solutions/` names the one that it must fail with.
"""

from enum import StrEnum


class Mistake(StrEnum):
    """One mistake; the value is its name in results, `z` small for the latent vector."""

    ADVERSARIAL_TERM_MISSING = "adversarial-term-missing"
    BATCH_CHANGED_IN_PLACE = "batch-changed-in-place"
    CODE_ALTERED = "code-altered"
    COMPLEX_NUMBERS = "complex-numbers"
    DEVICE_HARD_CODED = "device-hard-coded"
    DISCRIMINATOR_MOVED_BY_GENERATOR_LOSS = "discriminator-moved-by-generator-loss"
    DISCRIMINATOR_NEVER_UPDATED = "discriminator-never-updated"
    ENCODER_NEVER_UPDATED = "encoder-never-updated"
    FAKE_IMAGES_ALTERED = "fake-images-altered"
    FAKE_IMAGES_MISSING = "fake-images-missing"
    FAKES_LABELED_REAL = "fakes-labeled-real"
    FAKES_NOT_DETACHED = "fakes-not-detached"
    FUNCTION_MISSING = "function-missing"
    FUNCTION_RAISES = "function-raises"
    GENERATOR_NEVER_UPDATED = "generator-never-updated"
    GENERATOR_NOT_TRAINED_BY_ITS_LOSS = "generator-not-trained-by-its-loss"
    GENERATOR_NOT_TRAINED_BY_RECONSTRUCTION = "generator-not-trained-by-reconstruction"
    GENERATOR_TRAINED_TOWARDS_FAKE = "generator-trained-towards-fake"
    GIVEN_LABELS_NOT_USED = "given-labels-not-used"
    GIVEN_MODEL_NOT_TRAINED = "given-model-not-trained"
    GIVEN_OPTIMIZERS_NOT_USED = "given-optimizers-not-used"
    GIVEN_Z_NOT_USED = "given-z-not-used"
    GRADIENTS_NOT_ZEROED = "gradients-not-zeroed"
    GRADIENTS_ZEROED_BEFORE_THE_STEP = "gradients-zeroed-before-the-step"
    LABELS_CHANGED_IN_PLACE = "labels-changed-in-place"
    LABELS_NOT_USED = "labels-not-used"
    LABELS_OUT_OF_RANGE = "labels-out-of-range"
    LABELS_SWAPPED = "labels-swapped"
    LEARNING_RATE_IGNORED = "learning-rate-ignored"
    LOSS_DETACHED = "loss-detached"
    LOSS_NOT_FINITE = "loss-not-finite"
    LOSS_NOT_SCALAR = "loss-not-scalar"
    MEAN_DIVIDED_AGAIN = "mean-divided-again"
    MODULE_WITHOUT_OPTIMIZER = "module-without-optimizer"
    NOT_BINARY_CROSS_ENTROPY = "not-binary-cross-entropy"
    NOT_IMPLEMENTED = "not-implemented"
    NOT_MEAN_SQUARED_ERROR = "not-mean-squared-error"
    OPTIMIZERS_REMADE = "optimizers-remade"
    REAL_IMAGES_ALTERED = "real-images-altered"
    REAL_IMAGES_MISSING = "real-images-missing"
    REALS_LABELED_FAKE = "reals-labeled-fake"
    RECONSTRUCTION_MAXIMIZED = "reconstruction-maximized"
    RECONSTRUCTION_MISSING = "reconstruction-missing"
    RECONSTRUCTION_UNDER_ANOTHER_LABEL = "reconstruction-under-another-label"
    RETURNED_LOSSES_MIXED_UP = "returned-losses-mixed-up"
    RETURNED_LOSSES_STALE = "returned-losses-stale"
    SAMPLE_JUDGED_UNDER_ANOTHER_LABEL = "sample-judged-under-another-label"
    SIGMOID_APPLIED_TWICE = "sigmoid-applied-twice"
    SIZES_HARD_CODED = "sizes-hard-coded"
    STEP_NOT_TAKEN = "step-not-taken"
    SUM_INSTEAD_OF_MEAN = "sum-instead-of-mean"
    TERMS_WEIGHTED_WRONGLY = "terms-weighted-wrongly"
    TRACE_UNREADABLE = "trace-unreadable"
    TRAINING_DIVERGES = "training-diverges"
    TRAINING_DOES_NOT_CONVERGE = "training-does-not-converge"
    UPDATES_NOT_FROM_GRADIENTS = "updates-not-from-gradients"
    WEIGHT_IGNORED = "weight-ignored"
    WEIGHT_MISAPPLIED = "weight-misapplied"
    WEIGHTS_NOT_TRAINED = "weights-not-trained"
    WRONG_LABELS_ACCEPTED = "wrong-labels-accepted"
    WRONG_LABELS_MISSING = "wrong-labels-missing"
    WRONG_LABELS_NOT_EVEN = "wrong-labels-not-even"
    WRONG_LABELS_NOT_FRESH = "wrong-labels-not-fresh"
    WRONG_LABELS_NOT_WRONG = "wrong-labels-not-wrong"
    WRONG_PARAMETERS_IN_OPTIMIZER = "wrong-parameters-in-optimizer"
    WRONG_RECONSTRUCTION_TARGET = "wrong-reconstruction-target"
    WRONG_RETURN_VALUE = "wrong-return-value"
    Z_CONSTANT = "z-constant"
    Z_NOT_STANDARD_NORMAL = "z-not-standard-normal"
    Z_ONE_VECTOR_FOR_THE_BATCH = "z-one-vector-for-the-batch"
    Z_WRONG_SHAPE = "z-wrong-shape"


NEVER_UPDATED = {
    "discriminator": Mistake.DISCRIMINATOR_NEVER_UPDATED,
    "generator": Mistake.GENERATOR_NEVER_UPDATED,
    "encoder": Mistake.ENCODER_NEVER_UPDATED,
}
