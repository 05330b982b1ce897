"""One epoch of homework 2, our way against the way of the original course, on this machine.

    python benchmarks/epoch.py [--quick] [--threads 1] [--solution FILE]

The original way: `torchvision.datasets.MNIST` with `ToTensor` through a torch `DataLoader`, which decodes and
converts image by image; then three separate passes in sequence (discriminator, generator, autoencoder), each with
a plain Adam of its own. Our way: `course_utils.data` and `course_utils.training.train` with a reference solution.
Two are timed: that of the homework's source notebook, which is written to be read, and a thrifty one, which
takes the same three losses with fused optimizers, one pass of G for samples and reconstructions, and no gradients
that nobody uses.

The ways take turns, so that whatever else the machine does meets all of them, and the median over the rounds counts.
CPU time is the fairer column on a busy machine, elapsed time is what a person waits for.
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Annotated, Any

import nbformat
import torch
import torch.nn.functional as F
import typer
from rich.console import Console
from rich.table import Table
from torch import Tensor
from torch.optim import Adam, Optimizer
from torch.utils.data import DataLoader, Subset
from torchvision.datasets import MNIST
from torchvision.transforms import ToTensor

from course_utils.data import ImageLoader, mnist_images, unpack_mnist
from course_utils.models import Model
from course_utils.training import TrainStep, seed_everything, train

NOTEBOOK = Path(__file__).parents[1] / "source" / "hw2" / "hw2.ipynb"
SOLUTION_CELLS = ("configure_optimizers", "loss_functions", "train_step")
BATCH_SIZE = 64
LEARNING_RATE = 2e-4


def build_model() -> Model:
    """The model of the homework, the same weights each time."""
    seed_everything(0)
    return Model(number_of_hidden_layers=2, input_size=784, hidden_size=256, latent_size=64)


def original_optimizers(model: Model) -> dict[str, Optimizer]:
    return {
        "discriminator": Adam(model.discriminator.parameters(), lr=LEARNING_RATE),
        "generator": Adam(model.generator.parameters(), lr=LEARNING_RATE),
        "autoencoder": Adam([*model.encoder.parameters(), *model.generator.parameters()], lr=LEARNING_RATE),
    }


def original_step(model: Model, x_real: Tensor, optimizers: dict[str, Optimizer]) -> dict[str, float]:
    """Three passes that share nothing, each with a z of its own; the losses are read at once."""
    n = len(x_real)
    ones, zeros = torch.ones(n, 1), torch.zeros(n, 1)

    optimizers["discriminator"].zero_grad()
    x_fake = model.generator(torch.randn(n, model.latent_size)).detach()
    loss_real = F.binary_cross_entropy(model.discriminator(x_real), ones)
    loss_fake = F.binary_cross_entropy(model.discriminator(x_fake), zeros)
    loss_discriminator = loss_real + loss_fake
    loss_discriminator.backward()
    optimizers["discriminator"].step()

    optimizers["generator"].zero_grad()
    p_fake = model.discriminator(model.generator(torch.randn(n, model.latent_size)))
    loss_generator = F.binary_cross_entropy(p_fake, ones)
    loss_generator.backward()
    optimizers["generator"].step()

    optimizers["autoencoder"].zero_grad()
    loss_autoencoder = F.mse_loss(model.generator(model.encoder(x_real)), x_real)
    loss_autoencoder.backward()
    optimizers["autoencoder"].step()

    return {
        "discriminator": loss_discriminator.item(),
        "generator": loss_generator.item(),
        "autoencoder": loss_autoencoder.item(),
    }


def thrifty_optimizers(model: Model, lr: float) -> dict[str, Optimizer]:
    networks = {"discriminator": model.discriminator, "generator": model.generator, "encoder": model.encoder}
    return {name: Adam(network.parameters(), lr=lr, fused=True) for name, network in networks.items()}


def thrifty_step(model: Model, x_real: Tensor, optimizers: dict[str, Optimizer]) -> dict[str, Tensor]:
    """The same three losses: G runs once, on z and on the codes; D's weights rest while G and E are trained."""
    n = len(x_real)
    z = torch.randn(n, model.latent_size)
    x_fake, reconstruction = model.generator(torch.cat([z, model.encoder(x_real)])).split(n)  # (n, 784) each

    p_real, p_fake = model.discriminator(torch.cat([x_real, x_fake.detach()])).split(n)  # (n, 1) each
    loss_real = F.binary_cross_entropy(p_real, torch.ones_like(p_real))
    loss_discriminator = loss_real + F.binary_cross_entropy(p_fake, torch.zeros_like(p_fake))
    optimizers["discriminator"].zero_grad()
    loss_discriminator.backward()
    optimizers["discriminator"].step()

    model.discriminator.requires_grad_(False)
    p_fake = model.discriminator(x_fake)
    loss_generator = F.binary_cross_entropy(p_fake, torch.ones_like(p_fake))
    loss_autoencoder = F.mse_loss(reconstruction, x_real)
    optimizers["generator"].zero_grad()
    optimizers["encoder"].zero_grad()
    (loss_generator + loss_autoencoder).backward()
    optimizers["generator"].step()
    optimizers["encoder"].step()
    model.discriminator.requires_grad_(True)
    return {
        "discriminator": loss_discriminator,
        "generator": loss_generator,
        "autoencoder": loss_autoencoder,
    }


def read_solution(path: Path) -> dict[str, Any]:
    """What the reference solution defines: the solution cells of a notebook, or a Python file."""
    if path.suffix == ".ipynb":
        cells = nbformat.read(path, as_version=4).cells
        by_id = {cell.metadata.get("nbgrader", {}).get("grade_id"): cell.source for cell in cells}
        source = "\n".join(by_id[name] for name in SOLUTION_CELLS)
    else:
        source = path.read_text()
    names: dict[str, Any] = {"torch": torch, "nn": torch.nn, "F": F}  # what the notebook imports
    exec(compile(source, str(path), "exec"), names)  # the course's own solution, not a student's
    return names


def original_way(root: Path, n: int) -> Callable[[], None]:
    """A function that trains one epoch over the first n images in the original way."""
    dataset = Subset(MNIST(str(root), transform=ToTensor()), range(n))
    loader = DataLoader(dataset, BATCH_SIZE, shuffle=True)
    model = build_model()
    optimizers = original_optimizers(model)

    def run() -> None:
        for images, _ in loader:
            original_step(model, images.flatten(1), optimizers)

    return run


def our_way(configure_optimizers: Any, train_step: TrainStep, n: int) -> Callable[[], None]:
    """A function that trains one epoch over the first n images with the course's loader and loop."""
    images, labels = mnist_images()
    loader = ImageLoader(images[:n], labels[:n], BATCH_SIZE)
    model = build_model()
    optimizers = configure_optimizers(model, LEARNING_RATE)

    def run() -> None:
        with redirect_stdout(StringIO()):  # the log line
            train(model, train_step, optimizers, loader, num_epochs=1, progress=False)

    return run


def measure(ways: dict[str, Callable[[], None]], rounds: int) -> dict[str, tuple[float, float]]:
    """For each way the median elapsed and CPU seconds of an epoch; an epoch of each, in turn, is a round."""
    seconds: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, run in ways.items():
            elapsed, cpu = time.perf_counter(), time.process_time()
            run()
            seconds[name].append((time.perf_counter() - elapsed, time.process_time() - cpu))
    return {
        name: (statistics.median(e for e, _ in pairs), statistics.median(c for _, c in pairs))
        for name, pairs in seconds.items()
    }


def main(
    quick: Annotated[bool, typer.Option(help="A tenth of the images, as a smoke test.")] = False,
    threads: Annotated[int, typer.Option(min=1, help="Threads that torch may use.")] = 1,
    rounds: Annotated[int, typer.Option(min=1, help="Epochs of each way.")] = 3,
    solution: Annotated[Path, typer.Option(exists=True, help="Notebook or Python file.")] = NOTEBOOK,
) -> None:
    """Time one epoch of homework 2 in the original way and in ours."""
    torch.set_num_threads(threads)
    n = 6_000 if quick else 60_000
    reference = read_solution(solution)
    with tempfile.TemporaryDirectory() as folder:
        ways = {
            "original": original_way(unpack_mnist(folder), n),
            f"ours, {solution.name}": our_way(reference["configure_optimizers"], reference["train_step"], n),
            "ours, thrifty": our_way(thrifty_optimizers, thrifty_step, n),
        }
        measured = measure(ways, rounds)
    table = Table(title=f"One epoch of {n:,} images, {threads} thread(s), median of {rounds}")
    for heading in ("way", "elapsed s", "CPU s", "ratio elapsed", "ratio CPU"):
        table.add_column(heading, justify="left" if heading == "way" else "right")
    base_elapsed, base_cpu = measured["original"]
    for name, (elapsed, cpu) in measured.items():
        table.add_row(name, f"{elapsed:.2f}", f"{cpu:.2f}", f"{base_elapsed / elapsed:.2f}", f"{base_cpu / cpu:.2f}")
    Console().print(table)


if __name__ == "__main__":
    typer.run(main)
