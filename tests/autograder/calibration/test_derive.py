"""Bounds from runs: where they lie, and what the evidence for them says."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.calibration import Run, derive
from autograder.checks.bounds import SCALES, Bound, Quantity, crossed
from autograder.errors import UsageError

ERROR = Quantity("error", "error", "log", ("high",))
SCORE = Quantity("score", "score", "logit", ("low", "high"))


def run(kind: str, solution: str, seed: int, **values: float) -> Run:
    return Run(f"{solution}", kind, solution, seed, values or None, 1.0)


def right_runs(designs: int = 10, seeds: int = 100) -> list[Run]:
    """Errors whose logarithms, and scores whose logits, have exponential tails with mean 0.1."""
    source = random.Random(5)
    there, back = SCALES["logit"]
    assert there(back(1.5)) == pytest.approx(1.5)
    _, exp = SCALES["log"]
    return [
        run(
            "right",
            f"design-{design}",
            seed,
            error=0.02 * exp(source.expovariate(10)),
            score=back(source.choice((-1, 1)) * source.expovariate(10)),
        )
        for seed in range(seeds)
        for design in range(designs)
    ]


def test_a_bound_lies_where_an_exponential_tail_says() -> None:
    calibration = derive("hw2", {}, [ERROR], right_runs(), 1e-3)
    (bound,) = calibration.bounds
    assert (bound.quantity, bound.side) == ("error", "high")
    # P(log(error / 0.02) > t) = exp(-10 t) is 1e-3 at t = 0.691, and 1e-5 at 1.151.
    assert bound.limit == pytest.approx(0.02 * 1.995, rel=0.1)
    assert bound.far == pytest.approx(0.02 * 3.162, rel=0.15)


def test_a_smaller_share_of_false_failures_moves_every_bound_outwards() -> None:
    runs = right_runs()
    usual, rare = (derive("hw2", {}, [ERROR, SCORE], runs, p).bounds for p in (1e-3, 1e-5))
    for first, second in zip(usual, rare, strict=True):
        if first.side == "high":
            assert first.limit < second.limit < second.far
        else:
            assert first.limit > second.limit > second.far


def test_right_runs_that_cross_bounds_of_other_seeds_count_as_failures_unless_the_next_run_passes() -> None:
    calibration = derive("hw2", {}, [ERROR], right_runs(), 1e-3)
    assert calibration.held_out_failures == 0
    assert calibration.upper_95 == pytest.approx(1 - 0.05 ** (1 / 1000))
    far_off = [run("right", "design-0", 7, error=5.0, score=0.5)]
    runs = [r for r in right_runs() if (r.solution, r.seed) != ("design-0", 7)] + far_off
    worse = derive("hw2", {}, [ERROR], runs, 1e-3)
    assert worse.held_out_failures == 1
    assert worse.held_out_crossings["design-0"] >= 1
    assert worse.upper_95 > calibration.upper_95


def test_a_right_run_that_does_not_train_is_a_failure() -> None:
    runs = [run("right", r.solution, r.seed) if r.seed == 3 and r.solution == "design-1" else r for r in right_runs()]
    assert derive("hw2", {}, [ERROR], runs, 1e-3).held_out_failures == 1


def test_detection_counts_the_runs_of_each_wrong_solution_that_cross_a_bound_or_do_not_train() -> None:
    wrong = [
        *(run("wrong", "black", seed, error=0.3) for seed in range(4)),
        *(run("wrong", "raises", seed) for seed in range(4)),
        *(run("wrong", "sometimes", seed, error=0.3 if seed == 2 else 0.02) for seed in range(4)),
    ]
    calibration = derive("hw2", {}, [ERROR], [*right_runs(), *wrong], 1e-3)
    assert calibration.detection == {"black": (4, 4), "raises": (4, 4), "sometimes": (1, 4)}


@given(
    limit=st.floats(0.01, 0.9),
    step=st.floats(0.001, 0.09),
    value=st.floats(0, 1) | st.just(float("nan")),
    side=st.sampled_from(["low", "high"]),
)
def test_a_value_is_right_near_or_far_and_never_two_of_them(limit: float, step: float, value: float, side: str) -> None:
    bound = Bound("q", side, limit, limit + step if side == "high" else limit - step)  # type: ignore[arg-type]
    assert bound.near(value) <= bound.crossed(value)
    assert crossed((bound,), {"q": value}) == ((bound,) if bound.crossed(value) else ())
    if value != value:
        assert bound.crossed(value) and not bound.near(value)


def test_rounding_moves_no_bound_towards_right_runs() -> None:
    alike = [run("right", "design", seed, error=0.98263, score=0.98173) for seed in range(10)]
    for bound in derive("hw", {}, [Quantity("error", "error", "log", ("low", "high")), SCORE], alike, 1e-3).bounds:
        assert not bound.crossed(alike[0].values[bound.quantity])  # type: ignore[index]


def test_a_bound_near_1_on_the_logit_scale_keeps_its_distance_to_1() -> None:
    _, back = SCALES["logit"]
    source = random.Random(5)
    runs = [run("right", "design", seed, score=back(5 + source.expovariate(1))) for seed in range(500)]
    low, high = derive("hw2", {}, [SCORE], runs, 1e-4).bounds
    assert max(one.values["score"] for one in runs if one.values) < high.limit < high.far < 1
    assert 0.5 < low.limit < min(one.values["score"] for one in runs if one.values)
    for value in (high.limit, high.far):
        assert float(f"{1 - value:.3g}") == pytest.approx(1 - value, rel=1e-6)  # three digits of the distance


def test_few_runs_leave_room_beyond_the_last_of_them() -> None:
    runs = [run("right", "design", seed, error=0.01 * (seed + 1)) for seed in range(10)]
    (bound,) = derive("hw", {}, [ERROR], runs, 1e-3).bounds
    assert 0.1 < bound.limit < bound.far


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"score": 1.0}, r"score is 1 for the right solution a \(seed 0\).*\(count \+ 0.5\) / \(n \+ 1\)"),
        ({"score": -0.1}, "score is -0.1 for the right solution a"),
        ({"error": 0.0}, "error is 0 for the right solution a .* always above 0"),
        ({"loss": 0.3}, r"no check holds it: bounds.hold\("),
        ({}, "The training of no right solution could be measured"),
    ],
)
def test_what_cannot_be_bounded_is_told(values: dict[str, float], said: str) -> None:
    quantity = ERROR if "error" in values else SCORE
    with pytest.raises(UsageError, match=said):
        derive("hw", {}, [quantity], [run("right", "a", seed, **values) for seed in range(5)], 1e-3)
