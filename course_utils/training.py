"""The epoch loop that the notebooks give to the students, who write the `train_step` that it calls.

This is course material. When a submission is graded the same loop runs on a short budget, which the
environment sets: COURSE_MAX_EPOCHS and COURSE_MAX_STEPS_PER_EPOCH. The loop takes nothing from the global
random generators, so that a run depends on the seed and on the student's step alone.
"""

import os
import random
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor
from torch.optim import Optimizer
from tqdm import tqdm

from course_utils.conditional import ConditionalModel
from course_utils.data import ImageLoader
from course_utils.models import Generative, device_of
from coursekit import budget
from coursekit.boxes import find_boxes
from coursekit.returned import read_number

if TYPE_CHECKING:
    from torch.utils.tensorboard import SummaryWriter

LOSS_NAMES = ("discriminator", "generator", "autoencoder")  # of homework 2
LOG_NAMES = {"autoencoder": "AE", "generator": "Gen", "discriminator": "Dis"}  # in the order of a logged line


TrainStep = Callable[
    ..., Mapping[str, Tensor | float]
]  # (model, x_real, optimizers), or (model, x_real, h, optimizers)


@dataclass(frozen=True)
class History:
    """What a training run leaves behind for the plots.

    Attributes:
        losses: for each loss one number an epoch, the mean over the epoch's steps.
        samples: images of the same latent vectors before training and after each epoch,
            uint8 (epochs + 1, n, pixels).
        seconds: how long the run took.
    """

    losses: dict[str, list[float]]
    samples: Tensor
    seconds: float


def seed_everything(seed: int) -> None:
    """Seed the global generators of Python, NumPy and torch; call it before the model is built."""
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


def train(
    model: Generative,
    train_step: TrainStep,
    optimizers: Mapping[Any, Optimizer],
    loader: ImageLoader,
    num_epochs: int = 80,
    *,
    loss_names: Sequence[str] = LOSS_NAMES,
    log_dir: Path | str | None = None,
    num_samples: int = 9,
    seed: int = 0,
    progress: bool = True,
) -> History:
    """Call `train_step(model, x_real, optimizers)` on every batch of every epoch.

    x_real is the batch with its images flattened, float32 (b, pixels), on the model's device. For a `ConditionalModel`
    the call is `train_step(model, x_real, h, optimizers)`, where h, int64 (b,), holds the labels. The losses that
    the step returns are detached here and averaged over the epoch; a line is printed for the first epoch and
    for every tenth of the run.

    Args:
        loss_names: the losses that the step returns, in the order in which they are plotted.
        log_dir: if given, losses and samples are also written there for TensorBoard.
        num_samples: how many fixed latent vectors to follow over the epochs.
        seed: draws these latent vectors, from a generator of their own.
        progress: show a progress bar, unless the run is graded.

    Raises:
        TypeError, ValueError: `train_step` did not return its losses; the message says what came.
    """
    epochs, steps = apply_budget(num_epochs, len(loader))
    device = device_of(model)
    z = torch.randn(num_samples, model.latent_size, generator=torch.Generator().manual_seed(seed)).to(device)
    losses: dict[str, list[float]] = {name: [] for name in loss_names}
    samples = [_draw_samples(model, z)]
    writer = None if log_dir is None else _open_tensorboard(Path(log_dir))
    start = time.perf_counter()
    with tqdm(
        total=epochs * steps,
        unit="step",
        mininterval=1,
        leave=False,
        file=sys.stdout,  # nbgrader takes text on stderr for an error
        disable=not progress or find_boxes() is not None,  # nobody looks at it there
    ) as bar:
        for epoch in range(1, epochs + 1):
            bar.set_description(f"Epoch {epoch}/{epochs}", refresh=False)
            of_steps = []
            for images, labels in islice(loader, steps):
                x_real = images.to(device).flatten(1)  # (b, pixels)
                h = (labels.to(device),) if isinstance(model, ConditionalModel) else ()
                of_steps.append(read_losses(train_step(model, x_real, *h, optimizers), loss_names))
                bar.update()
            means = {name: fmean(float(of_step[name]) for of_step in of_steps) for name in loss_names}
            for name, mean in means.items():
                losses[name].append(mean)
            samples.append(_draw_samples(model, z))
            if writer is not None:
                _write_tensorboard(writer, epoch, means, samples[-1])
            if epoch == 1 or epoch % max(1, epochs // 10) == 0:
                bar.write(format_log_line(epoch, means), file=sys.stdout)
    if writer is not None:
        writer.close()
    return History(losses, torch.stack(samples), time.perf_counter() - start)


def format_log_line(epoch: int, losses: Mapping[str, float]) -> str:
    """The line of a logged epoch: the mean losses and their sum, to four digits."""
    short = LOG_NAMES | {name: name.capitalize() for name in losses if name not in LOG_NAMES}
    each = " ".join(f"{label} Loss: {losses[name]:.4f}" for name, label in short.items() if name in losses)
    return f"Epoch: {epoch:4d} {each} Total: {sum(losses.values()):.4f}"


def read_losses(returned: object, loss_names: Sequence[str] = LOSS_NAMES) -> dict[str, Tensor | float]:
    """The losses of these names that a training step returned, cut from their graph.

    Accepts scalar tensors and plain numbers; other keys are ignored. Tensors stay on their device, so that
    a step on a GPU need not be waited for.

    Raises:
        TypeError: it is no mapping, or a loss is neither a tensor nor a number.
        ValueError: a loss is missing, or its tensor does not hold exactly one number.
    """
    if not isinstance(returned, Mapping):
        got = "None (is the return statement missing?)" if returned is None else type(returned).__name__
        keys = ", ".join(f'"{name}": ...' for name in loss_names)
        raise TypeError(f"train_step must return a dict: got {got}, expected {{{keys}}}")
    losses: dict[str, Tensor | float] = {}
    for name in loss_names:
        if name not in returned:
            keys = ", ".join(f'"{key}"' for key in returned) or "an empty dict"
            raise ValueError(f'The dict that train_step returned lacks "{name}": got {keys}')
        loss = returned[name]
        if isinstance(loss, Tensor):
            if loss.numel() != 1:
                raise ValueError(
                    f'The loss "{name}" of train_step does not have the right shape: '
                    f"got {tuple(loss.shape)}, expected (); reduce it to one number"
                )
            losses[name] = loss.detach().clone()
        elif (number := read_number(loss)) is not None:
            losses[name] = number
        else:
            raise TypeError(
                f'The loss "{name}" of train_step does not have the right type: '
                f"got {type(loss).__name__}, expected a scalar tensor or a number"
            )
    return losses


def is_shortened() -> bool:
    """Whether the environment bounds how long runs may take."""
    return any(os.environ.get(name) for name in budget.BOUNDS)


def apply_budget(num_epochs: int, steps_per_epoch: int) -> tuple[int, int]:
    """The epochs and the steps per epoch to run: what was asked for, or less if the environment says so.

    COURSE_MAX_EPOCHS and COURSE_MAX_STEPS_PER_EPOCH are upper bounds, whole numbers from 1; unset or empty
    means no bound. A run that they shorten is announced in a printed line.

    Raises:
        ValueError: a bound is not a whole number from 1, or there is nothing to train on.
    """
    if num_epochs < 1 or steps_per_epoch < 1:
        raise ValueError(f"Nothing to train on: {num_epochs} epochs of {steps_per_epoch} steps")
    epochs, steps = (
        min(asked, _read_bound(name, asked))
        for name, asked in zip(budget.BOUNDS, (num_epochs, steps_per_epoch), strict=True)
    )
    if (epochs, steps) != (num_epochs, steps_per_epoch):
        print(budget.ShortRun(epochs, num_epochs, steps, steps_per_epoch))
    return epochs, steps


def _read_bound(name: str, default: int) -> int:
    value = os.environ.get(name) or str(default)
    if not value.isdecimal() or int(value) < 1:
        raise ValueError(f"{name} must be a whole number from 1, got {value!r}")
    return int(value)


@torch.no_grad()
def _draw_samples(model: Generative, z: Tensor) -> Tensor:
    """The images of the latent vectors z (n, latent_size), uint8 (n, pixels), on the CPU; of each class in turn."""
    was_training = model.training
    model.eval()
    labels = torch.arange(len(z), device=z.device)
    h = (labels % model.number_of_classes,) if isinstance(model, ConditionalModel) else ()
    images = model.generator(z, *h)
    model.train(was_training)
    return images.mul(255).round().to("cpu", torch.uint8)


def _open_tensorboard(log_dir: Path) -> "SummaryWriter | None":
    from torch.utils.tensorboard import SummaryWriter  # here, since few runs need it and its import is slow

    try:
        return SummaryWriter(str(log_dir))
    except OSError as error:  # when graded, the folder of the notebook is read-only
        print(f"No TensorBoard log: {log_dir} cannot be written ({error.strerror}).")
        return None


def _write_tensorboard(writer: "SummaryWriter", epoch: int, means: Mapping[str, float], samples: Tensor) -> None:
    for name, mean in means.items():
        writer.add_scalar(f"loss/{name}", mean, epoch)
    side = round(samples.shape[1] ** 0.5)
    writer.add_images("samples", samples.view(-1, 1, side, side), epoch)
