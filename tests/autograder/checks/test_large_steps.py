"""Steps of which too much is recorded to be judged are for a person, unless it is seen what makes them so large."""

import re
from pathlib import Path

import pytest
import torch

from autograder.checks import sizes
from autograder.checks.outcome import CheckEnded
from autograder.checks.plugin import TraceFolder
from checks.gan import probes
from checks.gan.experiment import record_cells, recorder
from checks.gan.observed import read_step_runs
from checks.hw2.probes import LOSS_SIZES
from coursekit.trace_files import TENSOR_FILE
from tests.autograder.checks.designs import solution_of

pytestmark = pytest.mark.usefixtures("one_thread")

MANY_UPDATES = """
def a_step(model, x):
    for _ in range(20):
        model.discriminator(x)
    return autoencoder_loss(model, x)
"""


@pytest.mark.parametrize(
    ("lines", "outcome", "words"),
    [
        ("def draw(n, k):\n    return torch.randn(200, k)", "z-wrong-shape", "G on 200 vectors at once, .* 1 and of 7"),
        ("def draw(n, k):\n    return torch.randn(30 * n, k)", "cannot_judge", "too large to be judged"),
        (MANY_UPDATES, "cannot_judge", "too large to be judged"),
    ],
    ids=["as many samples for any mini-batch", "many samples of each image", "many calls"],
)
def test_a_step_that_is_too_large_fails_by_what_makes_it_so_or_goes_to_a_person(
    lines: str, outcome: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = torch.Generator().manual_seed(0)
    for batch in (1, 7, 16):
        probe = probes.step_probe(LOSS_SIZES["losses-7"][1], batch, 2, probes.STEP_LR, random)
        probe.data["experiments"] = []
        probe.write(tmp_path / "inbox" / f"step-{batch}")
    record_cells(solution_of(lines), tmp_path / "inbox", tmp_path / "outbox", ())
    largest = (tmp_path / "outbox" / "step-16" / TENSOR_FILE).stat().st_size
    monkeypatch.setattr(sizes, "MAX_TENSORS", largest - 1)
    with pytest.raises(CheckEnded) as ended:
        read_step_runs(TraceFolder(tmp_path, (recorder(),)))
    assert (ended.value.mistake or ended.value.outcome) == outcome
    assert re.search(words, ended.value.rationale)
