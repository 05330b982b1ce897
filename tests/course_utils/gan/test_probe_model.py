"""What a probe gives to a student's code."""

from pathlib import Path
from typing import Any

import torch

from checks.gan import probes
from checks.gan.probes import OPTIMIZER_LRS
from checks.hw2.probes import LOSS_SIZES
from course_utils.conditional import AnyModel
from course_utils.gan.probe import run_probe


def test_nothing_that_a_probe_gives_has_the_id_of_what_an_earlier_one_gave(tmp_path: Path) -> None:
    """Code may keep a state by `id(model)`, which Python gives to another object once the first is gone."""
    seen: list[int] = []

    def configure_optimizers(model: AnyModel, lr: float) -> dict[str, Any]:
        optimizer = torch.optim.SGD(model.parameters(), lr=lr)
        seen.extend((id(model), id(optimizer)))
        return {"all": optimizer}

    random = torch.Generator().manual_seed(0)
    probe = probes.make_probe("optimizers", LOSS_SIZES["losses-7"][1], random, lrs=OPTIMIZER_LRS)
    for number in range(4):
        run_probe(probe, {"configure_optimizers": configure_optimizers}, tmp_path / str(number))
    assert len(seen) == len(set(seen)) == 2 * 4 * len(OPTIMIZER_LRS)
