"""What plans add to the checks of an assignment: probes, a kind of experiment, and quantities with bounds.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this is where plans meet the rest
of the engine, beside the experiments that a course brings.
"""

from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

from autograder.checks.load import Checks
from autograder.experiments import Experiment
from autograder.plans.checks_file import Declared, read_declared
from autograder.plans.door import read_answers
from autograder.plans.measure import quality_of
from autograder.plans.write_plans import make_plans
from autograder.selftest.behavior import Behavior
from coursekit.plans.interpreter import run_plan
from coursekit.plans.steps import KIND, read_plan
from coursekit.plans.storing import store_answers
from coursekit.trace import Trace, read_trace


def with_plans(checks: Checks) -> Checks:
    """The checks with what their tests declare as plans.

    Raises:
        UsageError: what they declare does not fit.
    """
    declared = read_declared(checks.place)

    def make_probes(seed: int) -> Iterator[tuple[str, Trace]]:
        yield from checks.make_probes(seed)
        yield from make_plans(declared, seed)

    return replace(
        checks,
        make_probes=make_probes,
        quality=checks.quality or quality_of(declared),
        experiments=(*checks.experiments, experiment_of(declared)),
    )


def experiment_of(declared: Declared) -> Experiment:
    """Plans as a kind of experiment."""

    def observe(path: Path) -> Behavior:
        from autograder.plans.observing import observe_plans  # only a selftest needs it

        return observe_plans(declared, path)

    return Experiment(frozenset({KIND}), read_answers, record_plans, observe)


def record_plans(solution: ModuleType, inbox: Path, outbox: Path, leave_out: Collection[str]) -> None:
    """Carry out the plans in the inbox with the functions and classes of a solution, but for those to leave out."""
    for folder in sorted(inbox.iterdir()):
        asked = read_trace(folder)
        if asked.data["kind"] == KIND and folder.name not in leave_out:
            store_answers(run_plan(read_plan(asked), asked, vars(solution))).write(outbox / folder.name)
