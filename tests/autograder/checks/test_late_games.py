"""A game that begins later than the steps that are looked at closely is for a person to judge."""

from pathlib import Path

import pytest
import torch

from autograder.checks.outcome import CheckEnded
from autograder.checks.plugin import TraceFolder
from checks.gan import probes
from checks.gan.experiment import record_cells, recorder
from checks.gan.observed import read_step_runs
from checks.gan.probes import CONVERGENCE_SIZES
from checks.hw2 import test_train_step
from checks.hw2.probes import LOSS_SIZES
from coursekit.trace import Trace
from tests.autograder.checks.designs import solution_of

pytestmark = pytest.mark.usefixtures("one_thread")

LATE = """
def configure_optimizers(model, lr):
    global count
    count = 0
    return {m[0].upper(): torch.optim.Adam(getattr(model, m).parameters(), lr=lr)
            for m in ("encoder", "generator", "discriminator")}

def train_step(model, x_real, optimizers):
    global count
    count += 1
    z = draw(x_real.shape[0], model.latent_size)
    d, g, a = discriminator_loss(model, x_real, z), generator_loss(model, z), autoencoder_loss(model, x_real)
    model.zero_grad()
    (10 * a).backward()
    optimizers["G"].step()
    optimizers["E"].step()
    if count > 30:
        model.zero_grad()
        d.backward()
        optimizers["D"].step()
        optimizers["G"].zero_grad()
        generator_loss(model, z).backward()
        optimizers["G"].step()
    return report(d, g, a)
"""


@pytest.mark.parametrize(
    ("lines", "of_d", "of_g"),
    [
        (LATE, "cannot_judge", "cannot_judge"),
        (LATE.replace("count > 30", "count > 1e9"), "discriminator-never-updated", "generator-not-trained-by-its-loss"),
    ],
    ids=["after 30 steps", "never"],
)
def test_a_game_that_begins_later_is_for_a_person_and_one_that_never_does_fails(
    lines: str, of_d: str, of_g: str, tmp_path: Path
) -> None:
    random = torch.Generator().manual_seed(0)
    batch, sizes = LOSS_SIZES["losses-7"]
    asked: dict[str, Trace] = {
        "step": probes.step_probe(sizes, batch, 4, probes.STEP_LR, random),
        "training": probes.convergence_probe(
            CONVERGENCE_SIZES, {"lr": 1e-3, "batch_size": 8, "num_steps": 45, "log_every": 40}, random
        ),
    }
    for name, probe in asked.items():
        probe.write(tmp_path / "inbox" / name)
    record_cells(solution_of(lines), tmp_path / "inbox", tmp_path / "outbox", ("optimizers", "wrong_labels", "losses"))
    trace = TraceFolder(tmp_path, (recorder(),))
    runs = read_step_runs(trace)
    for check, expected in (
        (test_train_step.test_discriminator_learns_only_from_its_loss, of_d),
        (test_train_step.test_generator_learns_only_from_its_losses, of_g),
    ):
        with pytest.raises(CheckEnded) as ended:
            check(runs)
        assert (ended.value.mistake or ended.value.outcome) == expected
