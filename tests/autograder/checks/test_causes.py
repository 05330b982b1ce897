"""Which failed check explains which other: never itself, never backwards, never two mistakes that have nothing to do
with each other."""

from pathlib import Path

import nbformat
import pytest

from autograder.checks.causes import name_causes
from autograder.checks.load import load_checks
from autograder.graded_cell import as_text
from autograder.verdict import CheckResult

ROOT = Path(__file__).parents[3]
KNOWN = load_checks(ROOT / "checks" / "hw2").known
assert KNOWN is not None
ERROR = "`{}` stopped with an error: {} at `{}`."


def failed(cell: str, name: str, mistake: str, rationale: str = "seen") -> CheckResult:
    return CheckResult(name, f"check_{cell}", f"About {name}.", "failed", 1.0, mistake, rationale, "try")


def raised(cell: str, function: str, said: str = "TypeError: no", line: str = "a + None") -> CheckResult:
    return failed(cell, function, "function-raises", ERROR.format(function, said, line))


def causes(*results: CheckResult, assignment: str = "hw2") -> dict[str, str]:
    named = name_causes(load_checks(ROOT / "checks" / assignment).known, results)
    return {result.name: result.consequence_of or result.same_as for result in named}


def test_an_error_of_a_loss_that_the_step_stops_with_is_told_as_the_same_and_never_as_its_own_cause() -> None:
    named = name_causes(
        load_checks(ROOT / "checks" / "hw2").known,
        (raised("convergence", "training"), raised("train_step", "step"), raised("losses", "d")),
    )
    assert [result.same_as for result in named] == ["About d.", "About d.", ""]
    assert all(result.consequence_of == "" for result in named)
    text = as_text(named, 0, 3)
    assert "follows from: function raises" not in text
    assert text.count("Probably this is the same as in “About d.”.") == 2


def test_errors_that_differ_say_nothing_about_each_other() -> None:
    other = raised("train_step", "step", "KeyError: 'd'", 'optimizers["d"]')
    assert set(causes(raised("losses", "d"), raised("losses", "g", "NameError: x"), other).values()) == {""}


def test_the_same_error_in_two_losses_is_two_errors() -> None:
    assert set(causes(raised("losses", "d"), raised("losses", "g")).values()) == {""}


def test_what_does_not_run_with_other_sizes_is_the_same_in_the_step() -> None:
    said = "`d` runs with the homework's own sizes, but not with others (it failed for 7 images): E: no at `x`."
    assert causes(failed("losses", "d", "sizes-hard-coded", said), raised("train_step", "step", "E: no", "x")) == {
        "d": "",
        "step": "About d.",
    }


def test_a_function_that_is_missing_explains_who_calls_it_and_nobody_else() -> None:
    missing = failed("losses", "g", "function-missing", "`generator_loss` is not defined.")
    calls = raised("train_step", "step", "NameError: name 'generator_loss' is not defined", "generator_loss(model, z)")
    other = failed("train_step", "other", "not-implemented", "`train_step` is not written yet: it raised.")
    assert causes(missing, calls, other) == {"g": "", "step": "function-missing", "other": ""}
    unwritten = failed("losses", "g", "not-implemented", "`generator_loss` is not written yet: it raised.")
    through = failed("train_step", "s", "not-implemented", "`train_step` calls `generator_loss`, which is not written.")
    assert causes(unwritten, through, other) == {"g": "", "s": "About g.", "other": ""}


@pytest.mark.parametrize(
    ("cause", "follows"),
    [
        (failed("losses", "d", "loss-detached"), failed("train_step", "s", "discriminator-never-updated")),
        (failed("optimizers", "o", "module-without-optimizer"), failed("train_step", "s", "encoder-never-updated")),
        (failed("optimizers", "o", "wrong-return-value"), failed("train_step", "s", "optimizers-remade")),
        (failed("losses", "d", "labels-swapped"), failed("losses", "g", "generator-trained-towards-fake")),
        (failed("train_step", "s", "step-not-taken"), failed("train_step", "t", "generator-never-updated")),
        (failed("train_step", "s", "step-not-taken"), failed("convergence", "c", "weights-not-trained")),
        (
            failed("losses", "d", "loss-detached"),
            raised("train_step", "s", "RuntimeError: element 0 does not require grad", "loss.backward()"),
        ),
    ],
)
def test_a_consequence_names_its_cause_in_whatever_order_the_checks_ran(
    cause: CheckResult, follows: CheckResult
) -> None:
    expected = {cause.name: "", follows.name: cause.mistake}
    assert causes(cause, follows) == causes(follows, cause) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (failed("train_step", "s", "wrong-return-value"), failed("optimizers", "o", "wrong-return-value")),
        (failed("losses", "d", "wrong-return-value"), failed("train_step", "s", "optimizers-remade")),
        (failed("losses", "d", "loss-detached"), raised("train_step", "s", "KeyError: 3", "x[3]")),
        (failed("losses", "d", "loss-detached"), raised("losses", "g")),
        (failed("losses", "d", "loss-detached"), failed("losses", "g", "loss-detached")),
        (failed("losses", "g", "sigmoid-applied-twice"), failed("losses", "a", "not-mean-squared-error")),
        (failed("train_step", "s", "gradients-not-zeroed"), failed("train_step", "t", "gradients-not-zeroed")),
        (failed("train_step", "s", "returned-losses-stale"), failed("convergence", "c", "training-does-not-converge")),
        (raised("losses", "d"), failed("convergence", "c", "training-does-not-converge")),
    ],
)
def test_independent_mistakes_stand_each_for_itself(one: CheckResult, other: CheckResult) -> None:
    assert set(causes(one, other).values()) == set(causes(other, one).values()) == {""}


def test_a_chain_is_told_by_its_root() -> None:
    root = failed("optimizers", "o", "module-without-optimizer")
    middle = failed("train_step", "s", "encoder-never-updated")
    last = failed("train_step", "t", "generator-not-trained-by-reconstruction")
    end = failed("convergence", "c", "training-does-not-converge")
    named = causes(end, last, middle, root)
    assert named["s"] == named["c"] == "module-without-optimizer"
    assert named["o"] == "" and named["t"] == "encoder-never-updated"


@pytest.mark.parametrize("assignment", ["hw2", "hw2_conditional"])
def test_the_cells_stand_in_the_order_of_the_notebooks(assignment: str) -> None:
    notebook = nbformat.read(ROOT / "source" / assignment / f"{assignment}.ipynb", as_version=4)
    assert KNOWN is not None
    ids = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in notebook.cells]
    graded = [name for name in ids if name in KNOWN.cells]
    assert len(graded) >= 4
    assert graded == [name for name in KNOWN.cells if name in graded]
