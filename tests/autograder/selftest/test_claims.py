"""The docstring of a solution file is read in one place, and compared with a verdict in one place."""

from pathlib import Path
from typing import get_args

import pytest

from autograder.errors import UsageError
from autograder.selftest import Claim, disagreement, find_solutions, read_claim
from autograder.selftest.solutions import KINDS, Half, Kind, half_of
from autograder.verdict import CheckResult, Verdict

SOLUTIONS = Path(__file__).parents[3] / "solutions" / "hw2"


def write(folder: Path, docstring: str) -> Path:
    path = folder / "s.py"
    path.write_text(f'"""{docstring}"""\nmistake = "check: not here"\n', encoding="utf-8")
    return path


def test_every_solution_file_says_what_it_must() -> None:
    claims = find_solutions(SOLUTIONS)
    assert [claim.kind for claim in claims] == sorted((claim.kind for claim in claims), key=KINDS.index)
    assert len({claim.path for claim in claims}) == len(claims) > 120
    assert all(claim.says and not claim.says.startswith(("Wrong", "Right", "Blind")) for claim in claims)


def test_each_half_has_about_half_of_each_matrix_by_its_name_alone() -> None:
    for assignment in ("hw2", "hw2_conditional"):
        folder = SOLUTIONS.parent / assignment
        halves = {half: {claim.path for claim in find_solutions(folder, half)} for half in get_args(Half)}
        assert not halves["seen"] & halves["unseen"]
        assert halves["seen"] | halves["unseen"] == {claim.path for claim in find_solutions(folder)}
        assert 0.35 < len(halves["unseen"]) / len(find_solutions(folder)) < 0.65
    assert [half_of(name) for name in ("three_adams", "labels_swapped")] == ["seen", "seen"]


def test_the_fields_of_a_docstring(tmp_path: Path) -> None:
    path = write(
        tmp_path, "Wrong: all\n    of it.\n\n    check: a_check\n    mistake: bad-thing.\n    also: one, two\n    "
    )
    claim = read_claim(path, "wrong")
    assert claim == Claim(path, "wrong", "all of it.", "failed", "a_check", "bad-thing", ("one", "two"))
    assert read_claim(path, "right") == Claim(path, "right", "all of it.", "passed", also=("one", "two"))


@pytest.mark.parametrize(
    ("docstring", "kind", "said"),
    [
        ("", "right", "has no docstring"),
        ("Wrong: x.", "wrong", "does not say its check"),
        ("Wrong: x.\n\ncheck: a", "wrong", "does not say its mistake"),
        ("Blind spot: x.", "blind_spots", "write passed, failed or cannot_judge"),
        ("Blind spot: x.\n\nexpect: cannot_judge", "blind_spots", "does not say its check"),
    ],
)
def test_a_docstring_that_says_too_little_is_told(tmp_path: Path, docstring: str, kind: Kind, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read_claim(write(tmp_path, docstring), kind)


def verdict(**outcomes: str) -> Verdict:
    """A verdict with checks by name, each `outcome` or `outcome:mistake`."""
    parts = {name: (*told.split(":"), "")[:2] for name, told in outcomes.items()}
    return Verdict("hw2", tuple(CheckResult(n, "cell", n, o, 1.0, m) for n, (o, m) in parts.items()))  # type: ignore[arg-type]


RIGHT = Claim(Path("s.py"), "right", "", "passed")
WRONG = Claim(Path("s.py"), "wrong", "", "failed", "a", "bad", ("worse",))
BADLY_SEEN = Claim(Path("s.py"), "blind_spots", "", "failed", "a", "bad", ("worse",))
UNDECIDABLE = Claim(Path("s.py"), "blind_spots", "", "cannot_judge", "a")


@pytest.mark.parametrize(
    ("claim", "judged", "said"),
    [
        (RIGHT, verdict(a="passed", b="passed"), ""),
        (RIGHT, verdict(a="passed", b="failed:bad"), "b is failed (bad)"),
        (RIGHT, verdict(a="passed", b="cannot_judge"), "b is cannot_judge"),
        (RIGHT, verdict(a="passed", b="not_checked"), "b is not_checked"),
        (WRONG, verdict(a="failed:bad", b="passed"), ""),
        (WRONG, verdict(a="failed:bad", b="failed:worse"), ""),
        (WRONG, verdict(a="failed:worse", b="passed"), "a says worse, expected bad"),
        (WRONG, verdict(a="passed", b="failed:bad"), "a is passed, expected failed; b failed (bad)"),
        (WRONG, verdict(a="passed", b="passed"), "a is passed, expected failed"),
        (WRONG, verdict(b="failed:bad"), "there is no check called a"),
        (BADLY_SEEN, verdict(a="failed:worse"), ""),
        (BADLY_SEEN, verdict(a="failed:worst"), "a says worst, expected bad"),
        (UNDECIDABLE, verdict(a="cannot_judge", b="passed"), ""),
        (UNDECIDABLE, verdict(a="passed", b="passed"), "a is passed, expected cannot_judge"),
        (UNDECIDABLE, verdict(a="cannot_judge", b="failed:bad"), "b failed (bad)"),
    ],
)
def test_a_verdict_that_disagrees_with_the_claim_is_told(claim: Claim, judged: Verdict, said: str) -> None:
    assert disagreement(claim, judged) == said


def test_nothing_disagrees_about_a_check_that_was_left_out() -> None:
    assert disagreement(WRONG, verdict(a="not_checked", b="passed"), left_out=["a"]) == ""
    assert disagreement(RIGHT, verdict(a="not_checked", b="passed"), left_out=["a"]) == ""
