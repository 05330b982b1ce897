"""Codes that were changed on their way to G, where no experiment shows them.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this completes what `origins`
says of the inputs of G. A code that was squashed or the like equals none, and looks like noise in a step that was not
taken again with something moved; and one that was dropped, or clamped, may not move though it was.
"""

from dataclasses import replace

from course_utils.gan.attribution.evidence import Call, Evidence
from course_utils.gan.attribution.origins import Row, Rows


def altered_codes(evidence: Evidence, rows: Rows) -> Rows:
    """Calls of G, by number, of whose rows all are changed codes, too.

    Those are where an experiment shows one that is changed beyond recognition, and, in steps without an experiment,
    the calls at whose place the experiments show nothing but changed codes.
    """
    of_steps: dict[int, list[Call]] = {}
    for call in evidence.calls:
        if call.module == "generator":
            of_steps.setdefault(call.step, []).append(call)
    tried = [calls for step, calls in of_steps.items() if step in evidence.experiments]
    found = {
        call.number: tuple(_as_code(row) for row in rows[call.number])
        for calls in tried
        for call in calls
        if any(row.is_altered_code and row.index < 0 for row in rows[call.number])
    }
    for step, calls in of_steps.items():
        alike = [others for others in tried if len(others) == len(calls)]
        if step in evidence.experiments or not alike:
            continue
        for place, call in enumerate(calls):
            shown = [row for others in alike for row in (rows | found)[others[place].number]]
            if all(row.is_altered_code for row in shown):
                found[call.number] = tuple(_as_code(row) for row in rows[call.number])
    return found


def _as_code(row: Row) -> Row:
    return replace(row, kind="code", exact=False)
