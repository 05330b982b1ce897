"""One epoch of homework 2, our way against the way of the original course, on this machine.

    PYTHONPATH=. python benchmarks/epoch.py [--quick] [--threads 1] [--solution FILE]

The original way: `torchvision.datasets.MNIST` with `ToTensor` through a torch `DataLoader`, which decodes and
converts image by image; then three separate passes in sequence (discriminator, generator, autoencoder), each with
a plain Adam of its own. Our way: `course_utils.data` and `course_utils.training.train` with a reference solution.
Two are timed: that of the homework's source notebook, which is written to be read, and the thrifty one of
`benchmarks/reference/by_hand.py`, which takes each pass once and writes the way back out; its products are made once
in float32 and once in bfloat16.

The last column compares with the limit of the machine. The matrix products of a step are counted, and their speed is
measured in the same run: it says which share of the elapsed time would remain if an epoch were nothing but these
products, at the best speed that was seen in their precision.

The ways take turns, so that whatever else the machine does meets all of them, and the median over the rounds counts.
CPU time is the fairer column on a busy machine, elapsed time is what a person waits for.
"""

import statistics
import sys
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
from torch.utils.flop_counter import FlopCounterMode
from torchvision.datasets import MNIST
from torchvision.transforms import ToTensor

from course_utils.data import ImageLoader, mnist_images, unpack_mnist
from course_utils.models import Model
from course_utils.training import TrainStep, seed_everything, train

sys.path.append(str(Path(__file__).parent / "reference"))
from by_hand import ByHand

NOTEBOOK = Path(__file__).parents[1] / "source" / "hw2" / "hw2.ipynb"
SOLUTION_CELLS = ("configure_optimizers", "loss_functions", "train_step")
BATCH_SIZE = 64
LEARNING_RATE = 2e-4
THRIFTY = {"thrifty": torch.float32, "bfloat16": torch.bfloat16}  # precision of the products


def build_model() -> Model:
    """The model of the homework, the same weights each time."""
    seed_everything(0)
    return Model(number_of_hidden_layers=2, input_size=784, hidden_size=256, latent_size=64)


def original_optimizers(model: Model) -> dict[str, Optimizer]:
    return {
        "discriminator": Adam(model.discriminator.parameters(), lr=LEARNING_RATE),
        "generator": Adam(model.generator.parameters(), lr=LEARNING_RATE),
        "encoder": Adam(model.encoder.parameters(), lr=LEARNING_RATE),
    }


def original_step(model: Model, x_real: Tensor, optimizers: dict[str, Optimizer]) -> dict[str, float]:
    """Three passes that share nothing, each with a z of its own; G also follows the reconstruction error."""
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
    error = F.mse_loss(model.generator(model.encoder(x_real)), x_real)
    loss_generator = F.binary_cross_entropy(p_fake, ones) + error
    loss_generator.backward()
    optimizers["generator"].step()

    optimizers["encoder"].zero_grad()
    loss_autoencoder = F.mse_loss(model.generator(model.encoder(x_real)), x_real)
    loss_autoencoder.backward()
    optimizers["encoder"].step()

    return {
        "discriminator": loss_discriminator.item(),
        "generator": loss_generator.item(),
        "autoencoder": loss_autoencoder.item(),
    }


def count_products(model: Model, step: TrainStep, optimizers: dict[str, Optimizer]) -> float:
    """Floating-point operations of the matrix products that one step of a full batch makes."""
    x_real = torch.rand(BATCH_SIZE, 784)
    with FlopCounterMode(display=False) as counter:
        step(model, x_real, optimizers)
    return float(counter.get_total_flops())


def measure_products(rounds: int, dtype: torch.dtype) -> float:
    """How many floating-point operations a second this machine makes in the products of the first layers.

    These are x W^T (forward), g W and g^T x (backward) with x (64, 784), W (256, 784) and g (64, 256). The best of many
    short trials counts: it is a limit.
    """
    x, weight, g = (torch.rand(*size).to(dtype) for size in ((BATCH_SIZE, 784), (256, 784), (BATCH_SIZE, 256)))
    best = float("inf")
    for _ in range(100 * rounds):
        start = time.perf_counter()
        for _ in range(10):
            x @ weight.T, g @ weight, g.T @ x
        best = min(best, time.perf_counter() - start)
    return 10 * 3 * 2 * BATCH_SIZE * 784 * 256 / best


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


def original_way(model: Model, optimizers: dict[str, Optimizer], root: Path, n: int) -> Callable[[], None]:
    """A function that trains one epoch over the first n images in the original way; MNIST is in `root`."""
    loader = DataLoader(Subset(MNIST(str(root), transform=ToTensor()), range(n)), BATCH_SIZE, shuffle=True)

    def run() -> None:
        for images, _ in loader:
            original_step(model, images.flatten(1), optimizers)

    return run


def our_way(model: Model, train_step: TrainStep, optimizers: dict[str, Optimizer], n: int) -> Callable[[], None]:
    """A function that trains one epoch over the first n images with the course's loader and loop."""
    images, labels = mnist_images()
    loader = ImageLoader(images[:n], labels[:n], BATCH_SIZE)

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
    quick: Annotated[bool, typer.Option(help="A thirtieth of the images, as a smoke test.")] = False,
    threads: Annotated[int, typer.Option(min=1, help="Threads that torch may use.")] = 1,
    rounds: Annotated[int, typer.Option(min=1, help="Epochs of each way.")] = 3,
    solution: Annotated[Path, typer.Option(exists=True, help="Notebook or Python file.")] = NOTEBOOK,
) -> None:
    """Time one epoch of homework 2 in the original way and in ours."""
    torch.set_num_threads(threads)
    torch.set_flush_denormal(True)
    n = 2_000 if quick else 60_000
    reference = read_solution(solution)
    thrifty = {f"ours, {name}": dtype for name, dtype in THRIFTY.items()}
    models = {name: build_model() for name in ("original", f"ours, {solution.name}", *thrifty)}
    original, ours, *_ = models.values()
    steps: dict[str, tuple[TrainStep, dict[str, Optimizer]]] = {
        "original": (original_step, original_optimizers(original)),
        f"ours, {solution.name}": (reference["train_step"], reference["configure_optimizers"](ours, LEARNING_RATE)),
    }
    for name, dtype in thrifty.items():
        by_hand = ByHand(models[name], noise=0.3, lr=LEARNING_RATE, dtype=dtype)
        steps[name] = (by_hand.step, by_hand.optimizers)
    with tempfile.TemporaryDirectory() as folder:
        ways = {name: our_way(models[name], *steps[name], n) for name in steps}
        ways["original"] = original_way(original, steps["original"][1], unpack_mnist(folder), n)
        measured = measure(ways, rounds)
    products = {name: count_products(models[name], *steps[name]) for name in steps}  # of one step
    rates = {dtype: measure_products(rounds, dtype) for dtype in THRIFTY.values()}
    table = Table(title=f"One epoch of {n:,} images, {threads} thread(s), median of {rounds}")
    for heading in ("way", "elapsed s", "CPU s", "ratio elapsed", "ratio CPU", "GFLOP", "share of limit"):
        table.add_column(heading, justify="left" if heading == "way" else "right")
    base_elapsed, base_cpu = measured["original"]
    for name, (elapsed, cpu) in measured.items():
        ratios = f"{base_elapsed / elapsed:.2f}", f"{base_cpu / cpu:.2f}"
        flops = products[name] * n / BATCH_SIZE
        share = flops / rates[thrifty.get(name, torch.float32)] / elapsed
        table.add_row(name, f"{elapsed:.2f}", f"{cpu:.2f}", *ratios, f"{flops / 1e9:.0f}", f"{share:.0%}")
    console = Console(width=100)
    console.print(table)
    limits = ", ".join(f"{rate / 1e9:.0f} GFLOP/s in {str(dtype)[6:]}" for dtype, rate in rates.items())
    console.print(f"Limit: matrix products at {limits}.")


if __name__ == "__main__":
    typer.run(main)
