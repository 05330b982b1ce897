"""Which failed check explains which other one.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this is done once all checks have
ended; it orders what a student reads and gives or takes no point.
"""

import importlib
from dataclasses import replace
from pathlib import Path

from autograder.verdict import CheckResult

CHECKS = Path(__file__).parent


def name_causes(assignment: str, results: tuple[CheckResult, ...]) -> tuple[CheckResult, ...]:
    """The results; those that failed with what another one's mistake leads to, or with the same one, say so."""
    if not (CHECKS / assignment / "consequences.py").is_file():
        return results
    known = importlib.import_module(f"autograder.checks.{assignment}.consequences")
    mistakes = list(dict.fromkeys(result.mistake for result in results if result.outcome == "failed"))
    named: list[CheckResult] = []
    for result in results:
        causes = [m for m in mistakes if result.mistake in known.CONSEQUENCES.get(m, ())]
        if result.mistake in known.LAST:
            causes += [m for m in mistakes if m not in known.LAST]
        causes += [before.mistake for before in named if before.mistake == result.mistake]
        named.append(replace(result, consequence_of=causes[0]) if result.outcome == "failed" and causes else result)
    return tuple(named)
