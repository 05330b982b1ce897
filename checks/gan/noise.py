"""The latent vectors that a training step draws.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* these are parts of the check
`step_is_well_behaved`. Each function ends the check if it finds what it is named for.
"""

import re
from collections.abc import Sequence

import torch
from torch import Tensor

from autograder.checks.outcome import fail
from checks.gan.mistakes import Mistake
from checks.gan.observed import StepRun
from checks.gan.probes import HOMEWORK_SIZES

# Kolmogorov-Smirnov: P(sqrt(n) D > x) is about 2 exp(-2 x^2), here 3e-8 (Massey 1951, J. Am. Stat. Assoc. 46:68-78).
KS_LIMIT = 3.0
# Standard errors that mean and variance of n independent normal numbers may be off, 1/sqrt(n) and sqrt(2/n): that
# distance sees a wrong variance late. 8 of them leave room for numbers in pairs, such as z and -z, which count half.
MOST_ERRORS = 8.0
# So many of the numbers differ from each other at least: nearly all that are drawn do, in half precision fewer.
DISTINCT = 0.25


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
                    mistake=Mistake.FUNCTION_RAISES,
                )
            fail(
                f"G was called on latent vectors of {width} numbers, expected {latent_size} (`model.latent_size`).",
                "Draw z of shape `(x_real.shape[0], model.latent_size)`.",
                mistake=Mistake.SIZES_HARD_CODED if width == HOMEWORK_SIZES["latent_size"] else Mistake.Z_WRONG_SHAPE,
            )


def fail_on_bad_noise(runs: Sequence[StepRun]) -> None:
    """Latent vectors are of the right number and shape, standard normal, independent, and new in each step."""
    if any(_has_altered_codes(run) for run in runs):  # which look like noise where nothing was moved
        runs = [run for run in runs if run.experiments]
    drawn = [(run, noise) for run in runs for noise in [_noise_by_step(run)]]
    rows_used = {run.batch_size: {len(call) for calls in noise for call in calls} for run, noise in drawn}
    everything = [call for _, noise in drawn for calls in noise for call in calls]
    if not everything:
        _fail_on_codes_for_noise(runs)
        return  # whether samples were used at all is for the checks of D and G
    for _, noise in drawn:
        firsts = [calls[0] for calls in noise if calls]
        different = {z.numpy().tobytes() for z in firsts}
        if len(firsts) > 1 and len(different) <= len(firsts) / 2:
            fail(
                f"{len(firsts)} training steps used {len(different)} different sets of latent vectors"
                f"{'' if len(different) == 1 else ' in turn'}, so G learns only those few samples.",
                "Draw z anew in each step, and set no seed inside `train_step`.",
                mistake=Mistake.Z_CONSTANT,
            )
    for run, noise in drawn:
        for calls in noise:
            # Pieces of a mini-batch may be as small as one image, if there are enough of them.
            if calls and max(len(z) for z in calls) == 1 and len(calls) < run.batch_size:
                fail(
                    f"`train_step` made a single sample for a mini-batch of {run.batch_size} images.",
                    "Draw one z for each image: `torch.randn(x_real.shape[0], model.latent_size)`.",
                    mistake=Mistake.Z_WRONG_SHAPE,
                )
            for z in calls:
                _fail_on_copies(z)
    sizes = set().union(*rows_used.values())
    if len(rows_used) > 1 and len(sizes) == 1 and sizes != {1}:
        fail(
            f"`train_step` made {sizes.pop()} samples for mini-batches of "
            f"{', '.join(str(size) for size in sorted(rows_used))} images.",
            "Take the number of samples from the mini-batch: `x_real.shape[0]`.",
            mistake=Mistake.SIZES_HARD_CODED,
        )
    _fail_on_square_noise(drawn)
    numbers = _numbers(everything)
    values = numbers.unique()
    n = len(values)
    if n < DISTINCT * len(numbers):
        fail(
            f"The latent vectors are not standard normal: their {len(numbers)} numbers have {n} different values only.",
            "`torch.randn` draws from N(0, 1).",
            mistake=Mistake.Z_NOT_STANDARD_NORMAL,
        )
    errors = abs(float(values.mean())) * n**0.5, abs(float(values.square().mean()) - 1) * (n / 2) ** 0.5
    if _distance_to_normal(values) * n**0.5 > KS_LIMIT or max(errors) > MOST_ERRORS:
        fail(
            f"The latent vectors are not standard normal: over {n} numbers, mean {values.mean():.2f} and "
            f"standard deviation {values.std():.2f}, expected 0 and 1, and a bell curve.",
            "`torch.randn` draws from N(0, 1); `torch.rand` is uniform.",
            mistake=Mistake.Z_NOT_STANDARD_NORMAL,
        )


def _fail_on_square_noise(drawn: Sequence[tuple[StepRun, list[list[Tensor]]]]) -> None:
    """As many latent vectors as each of them has numbers, whatever the number of images is."""
    calls = [(run.batch_size, *z.shape) for run, noise in drawn if run.batch_size > 1 for step in noise for z in step]
    widths = {width for *_, width in calls}
    if len(widths) > 1 and all(rows == width != images for images, rows, width in calls):
        images, rows, _ = calls[0]
        fail(
            f"`train_step` made {rows} samples for a mini-batch of {images} images: as many as a latent vector has "
            "numbers.",
            "Take the number of samples from the mini-batch: `x_real.shape[0]`.",
            mistake=Mistake.Z_WRONG_SHAPE,
        )


def _numbers(calls: Sequence[Tensor]) -> Tensor:
    """Those of all latent vectors, `(rows, latent_size)` in each call, that are different from each other."""
    widths = sorted({z.shape[1] for z in calls})
    vectors = [torch.cat([z for z in calls if z.shape[1] == width]).unique(dim=0) for width in widths]
    return torch.cat([some.flatten() for some in vectors])


def _fail_on_copies(z: Tensor) -> None:
    """Of one latent vector for another in the same call, `(rows, latent_size)`, or of one number for another."""
    rows, width = z.shape
    different = len(torch.unique(z, dim=0))
    if rows > 1 and different == 1:
        fail(
            f"All {rows} samples of a mini-batch were made from one and the same latent vector.",
            "Draw one z for each image: `torch.randn(x_real.shape[0], model.latent_size)`.",
            mistake=Mistake.Z_ONE_VECTOR_FOR_THE_BATCH,
        )
    if different <= rows / 2:
        fail(
            f"Only {different} of {rows} latent vectors in a mini-batch are different from each other.",
            "Draw one z for each image: `torch.randn(x_real.shape[0], model.latent_size)`.",
            mistake=Mistake.Z_ONE_VECTOR_FOR_THE_BATCH,
        )
    constant = int((z == z[0]).all(dim=0).sum()) if rows > 2 else 0  # two may be equal in half precision
    if constant:
        fail(
            f"Of the {width} numbers of each latent vector {constant} {'is' if constant == 1 else 'are'} the same in "
            f"all {rows} of them, expected all to be drawn.",
            "Draw all of them: `torch.randn(x_real.shape[0], model.latent_size)`.",
            mistake=Mistake.Z_NOT_STANDARD_NORMAL,
        )
    numbers = len(torch.unique(z, dim=1).T) if rows > 1 else width  # in one vector, signs or the like may be equal
    if numbers <= width / 2:
        fail(
            f"Of the {width} numbers of each latent vector only {numbers} "
            f"{'is a number of its' if numbers == 1 else 'are numbers of their'} own: the others repeat them.",
            "Draw all of them: `torch.randn(x_real.shape[0], model.latent_size)`.",
            mistake=Mistake.Z_WRONG_SHAPE,
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
                mistake=Mistake.Z_NOT_STANDARD_NORMAL,
            )


def _has_altered_codes(run: StepRun) -> bool:
    rows = run.attribution.rows
    calls = [call for call in run.evidence.calls if call.module == "generator"]
    return any(row.is_altered_code for call in calls for row in rows[call.number])


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
