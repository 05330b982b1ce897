"""What a test cell says on a student's own machine.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this stands before it: public
plans are carried out at once. A line begins with ✓ only where something was checked to be right, with ✗ where it was
not, and with · where it was only measured, or is not written yet.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from coursekit.plans import steps
from coursekit.plans.answers import Returned
from coursekit.plans.looks import BrokenPlan, Complaint, Run, Seen
from coursekit.plans.public import PublicPlan, apply
from coursekit.plans.run import run_plan
from coursekit.plans.values import TensorValue, kind_of

GOOD, BAD, NOTE = "✓", "✗", "·"
NOTHING = "There are no examples to try here."
MAX_SHOWN = 6  # elements of a tensor that are printed


def see(plans: Iterable[PublicPlan], given: Mapping[str, Any]) -> list[str]:
    """Carry the plans out, and say what was seen, in lines; the last one sums up."""
    good: Counter[str] = Counter()
    bad: dict[str, str] = {}
    notes: list[str] = []
    for public in plans:
        run = Run(public.plan, run_plan(public.plan, public.tensors, given))
        for claims in public.checks:
            try:
                for claim in claims:
                    good[apply(claim, run)] += 1
            except Complaint as complaint:
                bad.setdefault(str(complaint), NOTE if complaint.mistake == "not-implemented" else BAD)
            except BrokenPlan as broken:
                notes.append(f"This could not be tried here: {broken}.")
        looked_at = {step for claims in public.checks for claim in claims for step in claim.steps}
        for number, step in enumerate(public.plan.steps):
            if isinstance(step, steps.Call) and "student" in step.of and number not in looked_at:
                _measure(Seen(run, number), bad, notes)
    lines = [f"{GOOD} {said}" + (f" ({times} times)" if times > 1 else "") for said, times in good.items()]
    lines += [f"{sign} {said}" for said, sign in bad.items()]
    lines += [f"{NOTE} {said}" for said in dict.fromkeys(notes)]
    if not lines:
        return [NOTHING]
    things = "thing looks" if len(good) == 1 else "things look"
    return [*lines, f"{len(good)} {things} right, {len(bad)} {'needs' if len(bad) == 1 else 'need'} work."]


def _measure(seen: Seen, bad: dict[str, str], notes: list[str]) -> None:
    try:
        value = seen.of(Returned).value
    except Complaint as complaint:
        bad.setdefault(str(complaint), NOTE if complaint.mistake == "not-implemented" else BAD)
        return
    except BrokenPlan as broken:
        notes.append(f"This could not be tried here: {broken}.")
        return
    numbers = ""
    if isinstance(value, TensorValue) and 0 < value.tensor.numel() <= MAX_SHOWN and not value.tensor.is_complex():
        numbers = ": " + ", ".join(f"{float(number):.4g}" for number in value.tensor.flatten())
    notes.append(f"{seen.name} returned {kind_of(value)}{numbers}.")
