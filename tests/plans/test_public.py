"""What a student sees of a cell: public plans alone, ✓ only for what was checked to be right, and named slips."""

from pathlib import Path

import pytest
import torch

from autograder.checks.load import load_checks
from autograder.plans.checks_file import read_declared
from autograder.plans.write_plans import make_plans, make_public
from autograder.selftest import running
from coursekit.check import check
from coursekit.plans.public import find_public, names_given
from coursekit.plans.shown import NOTHING, see
from coursekit.said import Said, sum_up
from coursekit.trace import read_trace
from tests.plans.course import ASSIGNMENTS, LABS, declared, solution, solutions


@pytest.fixture(scope="module")
def kits(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("kits")
    for name in ASSIGNMENTS + LABS:
        make_public(declared(name), folder / name)
    return {name: folder / name for name in ASSIGNMENTS + LABS}


def lines(kit: Path, cell: str, path: Path) -> list[str]:
    with running(path) as module:
        return told(see(find_public([kit], cell), vars(module)))


def told(said: list[Said]) -> list[str]:
    return [*map(str, said), sum_up(said)]


def cells(assignment: str) -> dict[str, list[str]]:
    """The cells with public plans, and the checks of each."""
    public = {plan.cell for plan in declared(assignment).plans.values() if plan.public}
    checks = declared(assignment).checks.values()
    return {cell: [check.name for check in checks if check.cell == cell] for cell in public}


@pytest.mark.parametrize("assignment", ASSIGNMENTS + LABS)
def test_right_solutions_see_nothing_wrong_and_something_right(assignment: str, kits: dict[str, Path]) -> None:
    for claim in solutions(assignment):
        if claim.kind == "right":
            for cell in cells(assignment):
                seen = lines(kits[assignment], cell, claim.path)
                assert seen[-1].endswith(" right, 0 need work."), (claim.path.stem, seen)
                assert seen[0].startswith("✓") and not any(line.startswith("✗") for line in seen)


@pytest.mark.parametrize("assignment", LABS)
def test_mistakes_of_a_lab_are_named_in_the_lab(assignment: str, kits: dict[str, Path]) -> None:
    for claim in solutions(assignment):
        cell = declared(assignment).checks[claim.check].cell if claim.check else ""
        if claim.kind == "wrong":
            seen = lines(kits[assignment], cell, claim.path)
            sign = "·" if claim.mistake == "not-implemented" else "✗"
            assert any(line.startswith(sign) for line in seen), (claim.path.stem, seen)
            assert seen[-1].endswith(("1 needs work.", "2 need work."))


def test_a_slip_is_told_with_got_and_expected(kits: dict[str, Path]) -> None:
    seen = lines(kits["lab_vae"], "check_reparameterize", solution("lab_vae", "variance_for_deviation"))
    assert seen[0] == "✓ `reparameterize` gives the same for the same arguments."
    assert seen[1].startswith("✗ `reparameterize` does not have the right value at [")
    assert "got " in seen[1] and ", expected " in seen[1]
    assert seen[1].endswith("This takes sigma = exp(log_var), but that is the variance: halve log_var.")
    assert seen[-1] == "1 thing looks right, 1 needs work."


def test_the_hint_of_a_check_is_told_where_a_function_raises(kits: dict[str, Path]) -> None:
    seen = lines(kits["lab_vae"], "check_warm_up", solution("lab_vae", "weight_divides_by_zero"))
    (line,) = (line for line in seen if line.startswith("✗"))
    assert "stopped with an error: ZeroDivisionError" in line and "With warm_up_steps = 0 there is no warm-up" in line


def test_a_kit_holds_public_plans_and_no_hidden_ones(kits: dict[str, Path]) -> None:
    for name in ASSIGNMENTS + LABS:
        public = {plan.name for plan in declared(name).plans.values() if plan.public}
        assert {path.name for path in kits[name].iterdir()} == public
    assert {path.name for path in kits["classifier"].iterdir()} == {"models", "losses", "plots"}
    text = "".join(path.read_text() for path in kits["classifier"].rglob("trace.json"))
    assert "train_epoch" not in text and "one-step-an-epoch" not in text


def test_public_and_hidden_plans_have_other_inputs(kits: dict[str, Path], tmp_path: Path) -> None:
    hidden = dict(make_plans(declared("lab_vae"), 0))["divergences"]
    public = read_trace(kits["lab_vae"] / "divergences")
    shown = {tensor.numpy().tobytes() for tensor in public.tensors.values()}
    asked = [tensor for tensor in hidden.tensors.values() if tensor.numel() > 1]
    assert asked and not any(tensor.numpy().tobytes() in shown for tensor in asked)


def test_equal_checks_make_equal_kits(kits: dict[str, Path], tmp_path: Path) -> None:
    make_public(declared("lab_gan"), tmp_path / "again")
    for file in sorted(kits["lab_gan"].rglob("*.*")):
        assert (tmp_path / "again" / file.relative_to(kits["lab_gan"])).read_bytes() == file.read_bytes()


def test_a_check_that_needs_a_result_says_nothing_it_has_not_checked(tmp_path: Path) -> None:
    (tmp_path / "checks").mkdir()
    path = tmp_path / "checks" / "task.py"
    path.write_text("""import pytest
from autograder.plans import expect, plan


@plan("check_f", public=True)
def asked(ask):
    return ask.call("f"), ask.call("g")


@pytest.mark.check(cell="check_f", points=1)
def test_f(asked):
    f, g = asked
    expect(f).is_scalar()
    expect(g).close(f.number())
""")
    assert load_checks(path).experiments
    make_public(read_declared(path), tmp_path / "public")
    plans = find_public([tmp_path / "public"], "check_f")
    seen = told(see(plans, {"f": lambda: torch.tensor(2.0), "g": lambda: 3}))
    assert seen == [
        "✓ `f` has the right shape, ().",
        "· `g` returned the number 3.",
        "1 thing looks right, 0 need work.",
    ]
    assert names_given(plans[0].plan) == {"f", "g"}


def test_what_is_expected_of_dicts_stands_in_the_kit(tmp_path: Path) -> None:
    (tmp_path / "checks").mkdir()
    path = tmp_path / "checks" / "task.py"
    path.write_text("""import pytest
from autograder.plans import expect, plan


@plan("check_f", public=True)
def asked(ask):
    return ask.call("f", {1: "one", ("a", "b"): float("inf")})


@pytest.mark.check(cell="check_f", points=1)
def test_f(asked):
    expect(asked[("a", "b")]).close(float("inf"))
    expect(asked).close({1: "one", ("a", "b"): float("inf")})
""")
    make_public(read_declared(path), tmp_path / "public")
    plans = find_public([tmp_path / "public"], "check_f")
    assert told(see(plans, {"f": lambda table: table}))[-1] == "2 things look right, 0 need work."
    seen = told(see(plans, {"f": lambda table: {**table, 1: "two"}}))
    assert seen[1] == "✗ `f[1]` does not have the right value: got the text 'two', expected the text 'one'."


def test_a_cell_records_for_the_autograder_and_shows_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COURSE_INBOX", raising=False)
    make_public(declared("lab_vae"), tmp_path / "public")

    def divergence(mean, log_var):  # type: ignore[no-untyped-def]
        return (mean.square() + log_var.exp() - 1 - log_var) / 2

    renamed = divergence
    renamed.__name__ = "wrapper"  # as a decorator without functools.wraps leaves it
    check("check_divergence", divergence)
    assert "is not defined" in capsys.readouterr().out  # the name in a function is not one of the notebook
    globals()["divergence"] = divergence
    try:
        check("check_divergence", divergence)
    finally:
        del globals()["divergence"]
    assert capsys.readouterr().out.splitlines()[-1] == "4 things look right, 0 need work."
    check("check_nothing", divergence)
    assert capsys.readouterr().out == f"· {NOTHING}\n0 things look right, 0 need work.\n"
    for name in ("inbox", "outbox"):
        (tmp_path / name).mkdir()
        monkeypatch.setenv(f"COURSE_{name.upper()}", str(tmp_path / name))
    (tmp_path / "public" / "divergences").rename(tmp_path / "inbox" / "divergences")
    check("check_divergence", divergence)
    assert capsys.readouterr().out == ""
    assert len(read_trace(tmp_path / "outbox" / "divergences").data["answers"]) == 12
