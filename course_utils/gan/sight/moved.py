"""What was seen of the losses that moved each network: the gradient map of some steps, in words.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this is a part of the feedback on
the student's own machine. It says which of the arrows in the table of the notebook are there, and which must not be.
"""

from collections.abc import Sequence

from course_utils.gan.attribution.attribute import Attribution
from course_utils.gan.attribution.updates import Driver, Movement, explain_updates
from course_utils.gan.places import MODULES
from course_utils.gan.sight.balance import say_balance
from course_utils.gan.sight.under_labels import rejects_true_labels
from course_utils.gan.sight.words import LABEL, SCORED, listed, terms_of
from coursekit.said import Said, Sign, right, seen, wrong
from coursekit.trace import Trace

ROUNDING = 1e-3  # a smaller share of an update is none
MOST = 0.5  # of the updates that show a label: random and fading labels are wrong in fewer
FAKES = ("sample up", "reconstruction up", "stray up")
UNCLEAR = ("unread", "unknown", "features")
Losses = frozenset[str]


def look_at_movements(probe: Trace, attribution: Attribution) -> list[Said]:
    """A sentence on each network, or several where something is wrong."""
    movements = explain_updates(attribution)
    read = [m for m in movements if m.update.step in attribution.evidence.experiments]
    said = [one for module in MODULES for one in _look_at(module, [m for m in read if m.module == module], probe)]
    if rejects_true_labels(attribution):
        told = "Among the wrong labels that D learns to reject are true ones. Draw them with `draw_wrong_labels`."
        return [*(one for one in said if one.sign is not Sign.RIGHT), wrong(told)]
    return said


def _look_at(module: str, movements: Sequence[Movement], probe: Trace) -> list[Said]:
    letter = module[0].upper()
    explained = [movement for movement in movements if movement.drivers is not None]
    updates = [_losses(movement, movement.drivers or ()) for movement in explained]
    said = _left_over(letter, explained) + _forbidden(letter, explained)
    if module == "discriminator":
        said = said or _wrong_labels(updates, probe) or _out_of_balance(explained, probe)
    if said:
        return said[:1]
    found = frozenset().union(*updates)
    unclear = len(explained) < len(movements) or any(_is_unclear(loss) for loss in found)
    wanted = _wanted(module, probe)
    missing = [words for loss, words in wanted.items() if loss not in found]
    if not missing and not unclear:
        return [right(f"{letter} is moved by {listed(list(wanted.values()))}, and by nothing that must not move it.")]
    if not missing:
        return [seen(f"{letter} is moved by {listed(list(wanted.values()))}; what else moves it cannot be told here.")]
    if unclear or not movements:
        return [seen(f"What moved {letter} cannot be told from these steps.")]
    return [wrong(f"{letter} was never moved by {listed(missing)}.")]


def _is_unclear(loss: str) -> bool:
    return loss in UNCLEAR or loss.split()[0] in ("old", "other") or loss.endswith("mixed")


def _wanted(module: str, probe: Trace) -> dict[str, str]:
    """What must move a network, each with its words."""
    if module == "discriminator":
        terms = terms_of(probe)
        return {f"{kind} {'up' if LABEL[kind] else 'down'}": f"L_D on {SCORED[kind]}" for kind in terms}
    error = {"error": "the reconstruction error"}
    return error if module == "encoder" else {"sample up": "L_G", **error}


def _losses(movement: Movement, drivers: Sequence[Driver]) -> Losses:
    """What drivers follow."""
    return frozenset(movement.followed(driver.part.loss) for driver in drivers if driver.share > ROUNDING)


def _sure(movement: Movement) -> dict[str, float]:
    """What certainly had a share in an update, and how large it was."""
    shares: dict[str, float] = {}
    for driver in movement.drivers or ():
        if driver.share > ROUNDING and (driver.part.reading is None or driver.part.reading.sure):
            for loss in _losses(movement, [driver]):
                shares[loss] = shares.get(loss, 0.0) + driver.share
    return shares


def _left_over(letter: str, movements: Sequence[Movement]) -> list[Said]:
    for movement in movements:
        share = sum(driver.share for driver in movement.drivers or () if driver.leftover)
        if share > ROUNDING:
            return [
                wrong(
                    f"{share:.0%} of an update of {letter} was left over from before its last update: gradients add up "
                    "until `zero_grad()` clears them."
                )
            ]
    return []


def _forbidden(letter: str, movements: Sequence[Movement]) -> list[Said]:
    """An update that follows what must not move the network."""
    for movement in movements:
        sure, all_losses = _sure(movement), _losses(movement, movement.drivers or ())
        if "error up" in sure:
            return [wrong(f"An update of {letter} makes the reconstruction error larger. Check the sign of L_AE.")]
        if letter == "D":
            share = sum(sure.get(loss, 0.0) for loss in FAKES)
            if share and "real down" not in all_losses and movement.module == "discriminator":
                return [
                    wrong(
                        f"{share:.0%} of an update of D makes it call samples real. If it comes from L_G: clear D's "
                        "gradients before the backward pass of L_D. If it comes from L_D: samples have the label 0."
                    )
                ]
            continue
        share = sum(sure.get(loss, 0.0) for loss in ("sample down", "sample mixed", "reconstruction down"))
        if share:
            return [
                wrong(
                    f"{share:.0%} of an update of {letter} makes what G draws easier to recognize as fake. If it comes "
                    f"from L_D: detach in D's step what G has drawn, or clear {letter}'s gradients after it. If it "
                    "comes from L_G: its samples have the label 1."
                )
            ]
    return []


def _out_of_balance(movements: Sequence[Movement], probe: Trace) -> list[Said]:
    parts = [driver.part for movement in movements for driver in movement.drivers or () if not driver.leftover]
    against = say_balance("An update of D", probe, parts)
    return [wrong(against)] if against else []


def _wrong_labels(updates: Sequence[Losses], probe: Trace) -> list[Said]:
    for kind in terms_of(probe):
        shown = [losses for losses in updates if any(loss.startswith(f"{kind} ") for loss in losses)]
        against = [losses for losses in shown if f"{kind} {'up' if LABEL[kind] else 'down'}" not in losses]
        if len(against) > MOST * len(shown):
            mixed = all(f"{kind} mixed" in losses for losses in against)
            labels = f"labels far from {LABEL[kind]}" if mixed else f"the label {1 - LABEL[kind]}"
            return [wrong(f"The updates of D give {SCORED[kind]} {labels}, expected {LABEL[kind]}.")]
    return []
