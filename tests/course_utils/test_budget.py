"""Training within the bounds that the environment sets: what is cut short, and that it is told."""

import pytest

from course_utils.training import apply_budget
from tests.course_utils.small_runs import logged_epochs, run


def test_budget_of_the_environment_shortens_the_same_run_and_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COURSE_MAX_EPOCHS", "2")
    monkeypatch.setenv("COURSE_MAX_STEPS_PER_EPOCH", "1")
    _, history = run(80)
    output = capsys.readouterr().out
    assert len(history.losses["autoencoder"]) == 2
    assert output.startswith("Short run: 2 of 80 epochs, 1 of 3 steps in each.\n")
    assert logged_epochs(output) == [1, 2]
    assert "Epoch 2/2: 100%" in output  # the bar is there, since a short run may take a while, too


def test_budget_above_the_run_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COURSE_MAX_EPOCHS", "100")
    monkeypatch.setenv("COURSE_MAX_STEPS_PER_EPOCH", "")
    assert apply_budget(80, 938) == (80, 938)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("value", ["0", "-1", "two", "1.5"])
def test_a_budget_that_is_no_whole_number_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("COURSE_MAX_EPOCHS", value)
    with pytest.raises(ValueError, match=f"COURSE_MAX_EPOCHS must be a whole number from 1, got '{value}'"):
        apply_budget(80, 938)
