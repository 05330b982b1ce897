"""Parts of the hidden checks of losses and steps: does every image and every latent vector have a say?

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* the checks of losses and of
training steps call these. What has a say is read from the gradients, image by image. Each function ends the check if it
finds what it is named for.
"""

import math
from collections.abc import Iterable, Sequence

from autograder.checks.outcome import fail
from checks.gan.cut_scores import CHANCE, fail_on_cut_scores, have_a_say
from checks.gan.mistakes import Mistake
from checks.gan.observed import LossRun
from checks.gan.updates import Moved
from course_utils.gan.attribution.attribute import Attribution
from course_utils.gan.attribution.origins import Row
from course_utils.gan.attribution.parts import Part

# A step may give D half of the real images for as many fakes; one that uses no more than this share leaves images out.
FEW = 0.3
FEW_RECONSTRUCTED = 0.6  # of the images; no design is known that leaves out half of those that it could learn from
LEAST_CURRENT = 0.2  # the least share of D's fakes that are of the current G; a pool of older ones mixes in half


def fail_on_unused_images(run: LossRun, parts: Sequence[Part]) -> None:
    """All real images have a say in D's loss."""
    fail_on_cut_scores(run, [part for part in parts if part.loss.startswith("real")])
    _fail_on_unused(run, _used(run.attribution, parts, ("real",)), Mistake.REAL_IMAGES_MISSING)


def fail_on_unused_reconstructions(run: LossRun, parts: Sequence[Part]) -> None:
    """All images are reconstructed in a loss."""
    used = _used(run.attribution, [p for p in parts if p.loss.startswith("error")], ("code",))
    _fail_on_unused(run, used, Mistake.WRONG_RECONSTRUCTION_TARGET)


def _fail_on_unused(run: LossRun, used: set[int] | None, mistake: Mistake) -> None:
    n = len(run.x_real)
    if used is not None and len(used) < n:
        fail(
            f"Only {len(used)} of the {n} real images have a say in `{run.loss}_loss`.",
            "Average over the whole mini-batch.",
            mistake=mistake,
        )


def fail_on_unused_z(run: LossRun, parts: Sequence[Part]) -> None:
    """All latent vectors have a say in a loss."""
    fail_on_cut_scores(run, [part for part in parts if part.loss.startswith("sample")])
    z = run.z.double()
    calls = {call.number: call for call in run.attribution.evidence.calls}
    used: set[int] = set()
    count, exact = 0, True
    for part in (part for part in parts if part.loss.startswith("sample")):
        for row, has_a_say in zip(run.attribution.rows[part.call.number], have_a_say(part), strict=True):
            if not has_a_say or row.kind != part.loss.split()[0]:
                continue
            count += 1
            exact = exact and row.exact and bool(row.sources)
            for number, i in row.sources[:1]:
                if calls[number].content.shape[1] == z.shape[1]:
                    used.add(int((z - calls[number].content[i]).abs().amax(dim=1).argmin()))
    seen = len(used) if exact else count  # with noise on the samples it cannot be told which is which
    if 0 < seen < len(z):
        fail(
            f"Only {seen} of the {len(z)} latent vectors have a say in `{run.loss}_loss`.",
            "Make a sample of each row of `z`, and average over all of them.",
            mistake=Mistake.GIVEN_Z_NOT_USED,
        )


def fail_on_few_images(updates: Sequence[Moved]) -> None:
    """In a step, D learns from most of the real images."""
    _fail_on_few(updates, ("real",), "D learns from", Mistake.REAL_IMAGES_MISSING)


def fail_on_few_reconstructions(updates: Sequence[Moved]) -> None:
    """In a step, most of the images are reconstructed."""
    _fail_on_few(
        updates,
        ("code", "real", "wrong"),  # what is under another label is reconstructed, too
        "the reconstruction error is that of",
        Mistake.WRONG_RECONSTRUCTION_TARGET,
        loss="error",
        few=FEW_RECONSTRUCTED,
    )


def fail_on_old_fakes(updates: Sequence[Moved]) -> None:
    """Some of D's fakes may be kept from earlier steps, not nearly all."""
    rows = {"current": 0, "older": 0}
    for part in (driver.part for moved in updates for driver in moved.drivers):
        kind, _, direction = part.loss.partition(" ")
        if direction == "down" and kind in ("sample", "reconstruction", "old", "other"):
            age = "current" if kind in ("sample", "reconstruction") else "older"
            rows[age] += int((part.gradient != 0).any(dim=1).sum())
    if rows["current"] < LEAST_CURRENT * sum(rows.values()):
        fail(
            f"{rows['older']} of {sum(rows.values())} fakes that D learnt from were not made by the G that is trained.",
            "Make the fakes of each step with `model.generator` as it is then.",
            mistake=Mistake.FAKE_IMAGES_MISSING,
        )


def fail_on_few_samples(updates: Sequence[Moved]) -> None:
    """In a step, G learns from about as many samples as there are images."""
    _fail_on_few_made(updates, ("sample",), "G learns from", Mistake.GIVEN_Z_NOT_USED)


def fail_on_few_fakes(updates: Sequence[Moved]) -> None:
    """In a step, D learns from about as many fakes as there are images."""
    _fail_on_few_made(
        updates, ("sample", "reconstruction", "old", "other"), "D learns from", Mistake.FAKE_IMAGES_MISSING
    )


def _fail_on_few_made(updates: Sequence[Moved], kinds: tuple[str, ...], what: str, mistake: Mistake) -> None:
    counts: dict[tuple[int, int], int] = {}
    sizes: dict[tuple[int, int], int] = {}
    for moved in updates:
        for driver in moved.drivers:
            if driver.part.loss.startswith(kinds) and moved.run.batch_size > 1:
                key = id(moved.run), moved.movement.update.step
                counts[key] = counts.get(key, 0) + int((driver.part.gradient != 0).any(dim=1).sum())
                sizes[key] = moved.run.batch_size
    if counts and all(count <= FEW * sizes[key] for key, count in counts.items()):
        key = max(counts, key=lambda k: sizes[k])
        fail(
            f"In a training step on {sizes[key]} images {what} {counts[key]} image{'s' if counts[key] > 1 else ''} of "
            "G only.",
            "Draw one z for each image, and average over all samples.",
            mistake=mistake,
        )


def _fail_on_few(
    updates: Sequence[Moved], kinds: tuple[str, ...], what: str, mistake: Mistake, loss: str = "", few: float = FEW
) -> None:
    used: dict[tuple[int, int], set[int]] = {}
    sizes: dict[tuple[int, int], int] = {}
    for moved in updates:
        parts = [driver.part for driver in moved.drivers if driver.part.loss.startswith(loss or kinds)]
        found = _used(moved.run.attribution, parts, kinds) if parts else set()
        if found is None:
            return
        key = id(moved.run), moved.movement.update.step
        if parts:
            used[key] = used.get(key, set()) | found
            sizes[key] = moved.run.batch_size
    several = {key: indices for key, indices in used.items() if sizes[key] > 1}
    _fail_on_left_out(several, sizes, what, mistake)
    if several and all(len(indices) <= few * sizes[key] for key, indices in several.items()):
        key = max(several, key=lambda k: sizes[k])
        fail(
            f"In a training step on {sizes[key]} images {what} {len(several[key])} of them only.",
            "Average over the whole mini-batch.",
            mistake=mistake,
        )


def _fail_on_left_out(
    used: dict[tuple[int, int], set[int]], sizes: dict[tuple[int, int], int], what: str, mistake: Mistake
) -> None:
    """The same few places of every mini-batch are left out; who takes pairs or a half leaves out none, or the half.

    Who draws anew which images to use leaves out some places in all of a few steps, by chance.
    """
    for run in {run for run, _ in used}:
        of_run = {key: indices for key, indices in used.items() if key[0] == run}
        n = max(sizes[key] for key in of_run)
        always = set(range(n)).difference(*of_run.values())
        if n % 2 or len(of_run) < 2 or not 0 < len(always) < n / 2 or any(sizes[key] != n for key in of_run):
            continue
        if _may_be_chance(n, always, tuple(of_run.values())):
            continue
        places = ", ".join(str(place) for place in sorted(always))
        fail(
            f"In every training step on {n} images {what} all but the same {len(always)} "
            f"(at {places}, counted from 0).",
            "Use the whole mini-batch: `x_real`, not a slice of it.",
            mistake=mistake,
        )


def _may_be_chance(n: int, always: set[int], used: Sequence[set[int]]) -> bool:
    """Whether images that are drawn anew in each step may have left out so many of the n places in all steps.

    The chance is at most the number of such sets of places times the chance that one of them is never drawn.
    """
    if all(len(indices) + len(always) == n for indices in used):  # the others are all used, in each step
        return False
    never = math.prod(1 - len(indices) / n for indices in used)
    return math.comb(n, len(always)) * never ** len(always) > CHANCE


def _used(attribution: Attribution, parts: Iterable[Part], kinds: tuple[str, ...]) -> set[int] | None:
    """Which images of the batch have a gradient in rows of these kinds; None where some cannot be told apart."""
    used = set()
    for part in parts:
        rows: Sequence[Row] = attribution.rows[part.call.number]
        for row, has_a_say in zip(rows, have_a_say(part), strict=True):
            if row.kind in kinds and has_a_say:
                if row.index < 0:
                    return None
                used.add(row.index)
    return used
