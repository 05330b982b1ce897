import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.reproduce.outcome import DIFFERENT, IDENTICAL, WITHIN
from autograder.reproduce.text import MAX_LINES, TextComparison, compare_lines, machines, meaningful_lines

LINE = "Epoch:    1 AE Loss: 0.0636 Gen Loss: 2.6598 Dis Loss: 0.4130 Total: 3.1363"


def compare(submitted: str, executed: str) -> TextComparison:
    return compare_lines(meaningful_lines(submitted), meaningful_lines(executed))


@pytest.mark.parametrize(
    ("submitted", "executed"),
    [
        ("<object at 0x7f31c2a0b5e0>", "<object at 0x55d0c0ffee00>"),
        ("took 12.31 s", "took 3 s"),
        (
            "CPU times: user 3.2 ms, sys: 0 ns\nWall time: 1min 3s",
            "CPU times: user 31 ms, sys: 5 ns\nWall time: 2min 9s",
        ),
        ("started 2023-02-24 23:59:01.5", "started 2026-11-24T08:00:00"),
        ("speed 71.3 steps/s", "speed 9 steps/s"),
        ("Epoch 1/80:  12%|█▏        | 12/100 [00:01<00:09,  9.30step/s]\n" + LINE, LINE),
        ("\r  3%|3         | 3/100 [00:01<00:09,  9.30it/s]\r      \r" + LINE, LINE),
        ("17it [00:03, 5.1it/s]\ndone", "done"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("/home/a/lib/site-packages/torch/nn.py:3: UserWarning", "/opt/site-packages/torch/nn.py:3: UserWarning"),
        ("Cell In[12], line 3", "Cell In[7], line 3"),
        ("PyTorch 2.6.0+cu124 on cuda", "PyTorch 2.14.1 on cpu"),
        ("No TensorBoard log: runs/hw2 cannot be written (Read-only file system).\n" + LINE, LINE),
    ],
)
def test_what_changes_from_run_to_run_is_not_compared(submitted: str, executed: str) -> None:
    assert compare(submitted, executed).outcome == IDENTICAL


def test_the_loss_itself_is_not_taken_for_a_time() -> None:
    assert meaningful_lines(LINE) == [" ".join(LINE.split())]


def test_numbers_that_are_near_are_equal_within_tolerance() -> None:
    found = compare(LINE, LINE.replace("2.6598", "2.7000"))
    assert (found.outcome, found.numbers) == (WITHIN, 4)
    assert found.largest == pytest.approx(0.0402 / 2.7)


@pytest.mark.parametrize(
    ("old", "new"),
    [("2.6598", "1.9"), ("2.6598", "nan"), ("   1 AE", "   2 AE"), ("Gen", "Generator"), ("2.6598", "-2.6598")],
)
def test_other_numbers_counts_and_words_are_different_and_the_line_is_named(old: str, new: str) -> None:
    found = compare("before\n" + LINE, "before\n" + LINE.replace(old, new))
    assert found.outcome == DIFFERENT
    assert found.first is not None and found.first[0].startswith("Epoch:")


def test_a_line_that_only_one_has_is_different_and_does_not_shift_the_others() -> None:
    found = compare(f"warning\n{LINE}", LINE)
    assert (found.outcome, found.first) == (DIFFERENT, ("warning", ""))


def test_version_numbers_are_words() -> None:
    assert compare("version 2.14.1", "version 2.14.2").outcome == DIFFERENT


def test_the_machine_is_told() -> None:
    assert machines("PyTorch 2.6.0+cu124 on cuda\nx") == {"PyTorch 2.6.0+cu124 on cuda"}


def test_texts_of_any_length_are_compared_line_by_line() -> None:
    lines = [f"x {n % 7}" for n in range(20 * MAX_LINES)]
    assert compare_lines(lines, [*lines[:-1], "y"]).outcome == DIFFERENT


@given(st.text(), st.text())
def test_any_two_texts_can_be_compared_and_equal_ones_are_identical(one: str, other: str) -> None:
    assert compare(one, one).outcome == IDENTICAL
    assert compare(one, other).outcome == compare(other, one).outcome


@given(st.lists(st.floats(0.001, 1000), min_size=1, max_size=5), st.floats(-0.01, 0.01))
def test_small_relative_changes_are_never_different(numbers: list[float], change: float) -> None:
    ours, theirs = (" ".join(f"loss {n * factor:.6f}" for n in numbers) for factor in (1, 1 + change))
    assert compare(ours, theirs).outcome in (IDENTICAL, WITHIN)
