"""Public plans: those that came with a kit, each with the looks that belong to it and what they expect.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* `autograder release` writes them
from the same declarations that the hidden checks are; the test cells of a kit read them. A hidden plan is never here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coursekit.plans.coding import Code, Given, Reference, Student, decode, encode
from coursekit.plans.looks import Run, Seen, Slip, look
from coursekit.plans.steps import Plan, read_plan, write_plan
from coursekit.plans.values import Key
from coursekit.trace import Trace, read_trace

FOLDER = "public"  # beside the notebook


@dataclass(frozen=True)
class Claim:
    """One look at what a step gives, with what it expects: `arguments` are those of the look of that name."""

    look: str
    step: int
    path: tuple[Key, ...]
    called: str
    arguments: Mapping[str, Any]

    @property
    def steps(self) -> set[int]:
        """The steps that it looks at."""
        return {self.step} | {value.step for value in self.arguments.values() if isinstance(value, Reference)}


@dataclass(frozen=True)
class PublicPlan:
    """A plan of a kit: for each check that looks at it, its claims; a check ends at the first that fails."""

    name: str
    plan: Plan
    tensors: Trace
    checks: tuple[tuple[Claim, ...], ...]


def write_public(public: PublicPlan, folder: Path) -> None:
    """Write a plan and its claims into `folder`; its tensors and those of the claims lie beside each other."""
    trace = write_plan(public.plan, public.tensors)
    trace.data["checks"] = [[_claim_code(claim, trace) for claim in claims] for claims in public.checks]
    trace.write(folder)


def read_public(folder: Path) -> PublicPlan:
    """Read what `write_public` wrote."""
    trace = read_trace(folder)
    checks = tuple(tuple(_claim(told, trace) for told in claims) for claims in trace.data["checks"])
    return PublicPlan(folder.name, read_plan(trace), trace, checks)


def apply(claim: Claim, run: Run) -> str:
    """Look at the answers of a run as a claim says: a sentence on what is right.

    Raises:
        Complaint: it is not.
        BrokenPlan: the plan cannot be carried out here.
    """
    arguments = {
        name: Seen(run, value.step, tuple(key for _, key in value.path)) if isinstance(value, Reference) else value
        for name, value in claim.arguments.items()
    }
    return look(claim.look, Seen(run, claim.step, claim.path, claim.called), arguments)


def _claim_code(claim: Claim, tensors: Trace) -> dict[str, Any]:
    arguments = dict(claim.arguments)
    if "slips" in arguments:
        arguments["slips"] = [[slip.name, slip.says, slip.earned, value] for slip, value in arguments["slips"]]
    code = encode(arguments, tensors)
    return {
        "look": claim.look,
        "step": claim.step,
        "path": encode(claim.path, tensors),
        "called": claim.called,
        "arguments": code,
    }


def _claim(told: dict[str, Any], tensors: Trace) -> Claim:
    arguments = decode(told["arguments"], tensors, _keep)
    if "slips" in arguments:
        arguments["slips"] = [(Slip(name, says, earned), value) for name, says, earned, value in arguments["slips"]]
    return Claim(told["look"], told["step"], decode(told["path"], tensors, _keep), told["called"], arguments)


def _keep(what: Reference | Student | Given) -> Any:
    return what


def find_public(folders: Sequence[Path], cell: str) -> list[PublicPlan]:
    """The plans of a test cell in the first of these folders that is there."""
    for folder in folders:
        if folder.is_dir():
            plans = [read_public(path) for path in sorted(folder.iterdir()) if path.is_dir()]
            return [plan for plan in plans if plan.plan.cell == cell]
    return []


def names_given(plan: Plan) -> set[str]:
    """The names of the functions and classes that a plan asks a test cell for."""
    return _coded(plan, "student")


def places_given(plan: Plan) -> set[str]:
    """What a plan takes out of modules, as `package.module:name`."""
    return _coded(plan, "given")


def _coded(plan: Plan, kind: str) -> set[str]:
    names: set[str] = set()

    def collect(code: Code | list[Code] | dict[str, Any]) -> None:
        if isinstance(code, dict):
            if set(code) == {kind}:
                names.add(str(code[kind]))
            for inner in code.values():
                collect(inner)
        elif isinstance(code, list):
            for inner in code:
                collect(inner)

    for step in plan.steps:
        collect(vars(step))
    return names
