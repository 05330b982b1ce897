"""What a test cell says on a student's own machine.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this stands before it: public
plans are carried out at once. Right is only what was checked, wrong what was not as it should be; what was only
measured, or is not written yet, is neither (`coursekit.said`).
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from coursekit.plans import steps
from coursekit.plans.answers import Returned
from coursekit.plans.interpreter import run_plan
from coursekit.plans.looks import BrokenPlan, Complaint, Run, Seen
from coursekit.plans.public import PublicPlan, apply
from coursekit.plans.values import TensorValue, kind_of
from coursekit.said import Said, right, seen, unwritten, wrong

NOTHING = "There are no examples to try here."
MAX_SHOWN = 6  # elements of a tensor that are printed


def see(plans: Iterable[PublicPlan], given: Mapping[str, Any]) -> list[Said]:
    """Carry the plans out, and say what was seen."""
    good: Counter[str] = Counter()
    bad: dict[str, Said] = {}
    notes: list[str] = []
    for public in plans:
        run = Run(public.plan, run_plan(public.plan, public.tensors, given))
        for claims in public.checks:
            try:
                for claim in claims:
                    good[apply(claim, run)] += 1
            except Complaint as complaint:
                bad.setdefault(str(complaint), _against(complaint))
            except BrokenPlan as broken:
                notes.append(f"This could not be tried here: {broken}.")
        looked_at = {step for claims in public.checks for claim in claims for step in claim.steps}
        for number, step in enumerate(public.plan.steps):
            if isinstance(step, steps.Call) and "student" in step.of and number not in looked_at:
                _measure(Seen(run, number), bad, notes)
    said = [right(text + (f" ({times} times)" if times > 1 else "")) for text, times in good.items()]
    said += [*bad.values(), *(seen(text) for text in dict.fromkeys(notes))]
    return said or [seen(NOTHING)]


def _against(complaint: Complaint) -> Said:
    return unwritten(str(complaint)) if complaint.mistake == "not-implemented" else wrong(str(complaint))


def _measure(what: Seen, bad: dict[str, Said], notes: list[str]) -> None:
    try:
        value = what.of(Returned).value
    except Complaint as complaint:
        bad.setdefault(str(complaint), _against(complaint))
        return
    except BrokenPlan as broken:
        notes.append(f"This could not be tried here: {broken}.")
        return
    numbers = ""
    if isinstance(value, TensorValue) and 0 < value.tensor.numel() <= MAX_SHOWN and not value.tensor.is_complex():
        numbers = ": " + ", ".join(f"{float(number):.4g}" for number in value.tensor.flatten())
    notes.append(f"{what.name} returned {kind_of(value)}{numbers}.")
