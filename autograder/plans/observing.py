"""What a solution does in all plans, so that mutants that change nothing can be discarded.

Beside the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this knows nothing of right
and wrong: two solutions behave alike if, on the same plans, everything that is recorded of them is.
"""

import json
from pathlib import Path
from typing import Any

import torch

from autograder.plans.checks_file import Declared
from autograder.plans.write_plans import make_plans
from autograder.selftest.behavior import Behavior
from autograder.selftest.recording import running
from coursekit.plans.interpreter import run_plan
from coursekit.plans.steps import read_plan
from coursekit.plans.storing import store_answers

SEEDS = (1, 2)  # two, so that what happens to be equal once is told apart


def observe_plans(declared: Declared, path: Path) -> Behavior:
    """Load a trusted solution file and see what it does in the plans that are not slow.

    Raises:
        UsageError: it cannot be loaded.
    """
    numbers: list[torch.Tensor] = []
    errors: list[str] = []
    with running(path) as solution:
        for seed in SEEDS:
            for name, asked in make_plans(declared, seed):
                if not declared.plans[name].slow:
                    recorded = store_answers(run_plan(read_plan(asked), asked, vars(solution)))
                    numbers += [t.to(torch.complex128) for t in recorded.tensors.values()]
                    told = json.dumps(_rounded(recorded.data["answers"]), sort_keys=True)
                    numbers.append(torch.tensor([float(byte) for byte in told.encode()]))
                    errors += [f"{name}: {a['type'] or a['kind']}" for a in recorded.data["answers"] if "turns" in a]
    return Behavior(tuple(numbers), (), tuple(dict.fromkeys(errors)))


def _rounded(value: Any) -> Any:
    """Numbers to six digits: the same sum in another order differs in the seventh."""
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    return [_rounded(inner) for inner in value] if isinstance(value, list) else value
