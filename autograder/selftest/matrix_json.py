"""The matrix of solutions against checks, written for programs: `autograder selftest --json FILE`.

Beside the flow *course material -> submission -> trace -> verdict -> gradebook -> report*: who compares two editions of
the checks reads this file, so what it holds keeps its name.
"""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from autograder.selftest.matrix import Matrix, MutantRow, Row


def matrix_as_json(matrix: Matrix) -> dict[str, Any]:
    return {
        "assignment": matrix.assignment,
        "passed": matrix.passed,
        "seed": matrix.seed,
        "quick": matrix.quick,
        "seconds": round(matrix.seconds, 3),
        "checks": list(matrix.checks),
        "summary": {
            "right": len(matrix.of_kind("right")),
            "wrong": len(matrix.of_kind("wrong")),
            "blind_spots": len(matrix.of_kind("blind_spots")),
            "right_rejected": _names(matrix.rejected()),
            "wrong_not_caught": _names(matrix.not_caught()),
            "wrong_under_another_name": _names(matrix.misnamed()),
            "blind_spots_misjudged": _names(row for row in matrix.of_kind("blind_spots") if row.fault),
            "not_decided_by_a_quick_run": _names(row for row in matrix.rows if row.undecided),
            "mistakes": {mistake: dict(checks) for mistake, checks in matrix.caught().items()},
            "mistakes_caught_by_one_check": matrix.mistakes_of_one_check(),
            "solutions_caught_by_one_check": {c: _names(rows) for c, rows in matrix.caught_by_one().items() if rows},
            "checks_that_never_fail": list(matrix.never_failing()),
            "checks_that_never_decide_alone": list(matrix.never_alone()),
        },
        "solutions": [
            {
                "name": row.name,
                "kind": row.claim.kind,
                "says": row.claim.says,
                "expect": row.claim.expect,
                "check": row.claim.check,
                "mistake": row.claim.mistake,
                "disagreement": row.fault,
                "unannounced": list(row.unannounced),
                "seconds": round(row.seconds, 3),
                "checks": _cells(row),
            }
            for row in matrix.rows
        ],
        "mutants": {
            "possible": matrix.possible_mutants,
            "made": len(matrix.mutants),
            **matrix.fates(),
            "killed_by_raising": matrix.killed_by_raising,
            "by_operator": {operator: dict(counted) for operator, counted in matrix.by_operator().items()},
            "list": [
                {
                    "solution": row.claim.path.stem,
                    **asdict(row.edit),
                    "fate": row.fate,
                    "reason": row.reason,
                    "seconds": round(row.seconds, 3),
                    "checks": _cells(row),
                }
                for row in matrix.mutants
            ],
        },
    }


def _names(rows: Iterable[Row]) -> list[str]:
    return [row.name for row in rows]


def _cells(row: Row | MutantRow) -> dict[str, Any]:
    return {name: asdict(cell) for name, cell in row.cells.items()}
