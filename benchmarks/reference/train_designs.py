"""Trains the designs that are compared, a run for each design and seed, and stores what came of each.

    PYTHONPATH=. python benchmarks/reference/train_designs.py [--kind original|ours|weighted] [--weight 300] [--seeds 0]

A run writes one JSON file, with its losses by epoch and what was measured on the way: the reconstruction error on the
test images and what the quality meter says of 10,000 samples. Samples and reconstructions of the end lie beside it as
one PNG. A run that is done is not repeated, and one that was interrupted goes on after its last measurement.
`compare.py` makes the figures and the table of them.
"""

import json
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import torch
import torch.nn.functional as F
import typer
from designs import Design, Optimizers, Step
from torch import Tensor
from torchvision.utils import save_image

from course_utils.data import ImageLoader, mnist_images
from course_utils.models import Model
from course_utils.quality import measure_quality, sample_images
from course_utils.training import seed_everything

RESULTS = Path(__file__).parent / "results"
MEASURED = (1, 2, 5, 10, 20, 30, 40, 50, 60, 70, 80)  # epochs, besides the last
SHOWN = 10  # test images to reconstruct, one of each digit


def train_design(
    design: Design, seed: int, epochs: int, folder: Path, images_used: int = 60_000, samples: int = 10_000
) -> Path:
    """Train one model and store the record of it; what is there already is not done again.

    Args:
        images_used: training images, of the first ones.
        samples: images G(z) for the quality meter.

    Returns:
        the JSON file of the run.
    """
    target = folder / f"{design.name}-e{epochs}-s{seed}.json"
    if target.exists():
        return target
    folder.mkdir(parents=True, exist_ok=True)
    partial = target.with_suffix(".partial")  # the state of an unfinished run, for torch.load
    seed_everything(seed)
    model = Model(number_of_hidden_layers=2, input_size=784, hidden_size=256, latent_size=64)
    step, optimizers = design.prepare(model)
    record = {**asdict(design), "seed": seed, "epochs": epochs, "losses": [], "measured": [], "seconds": 0.0}
    images, labels = mnist_images()
    first = 1
    if partial.exists():
        state = torch.load(partial, weights_only=True)
        model.load_state_dict(state["model"])
        for name, optimizer in optimizers.items():
            optimizer.load_state_dict(state["optimizers"][name])
        record = state["record"]
        first = len(record["losses"]) + 1
    for epoch in range(first, epochs + 1):
        torch.manual_seed(1000 * seed + epoch)  # z and the order depend on seed and epoch alone
        loader = ImageLoader(images[:images_used], labels[:images_used], 64, seed=1000 * seed + epoch)
        start = time.process_time()
        record["losses"].append(train_epoch(step, model, optimizers, loader))
        record["seconds"] += time.process_time() - start
        if epoch in MEASURED or epoch == epochs:
            record["measured"].append({"epoch": epoch, **measure(model, samples)})
            print(design.name, seed, json.dumps(record["measured"][-1]), record["losses"][-1], flush=True)
            states = {name: optimizer.state_dict() for name, optimizer in optimizers.items()}
            torch.save({"model": model.state_dict(), "optimizers": states, "record": record}, partial)
    save_image(draw(model), target.with_suffix(".png"), nrow=SHOWN, padding=1, pad_value=0.8)
    target.write_text(json.dumps(record) + "\n")
    partial.unlink()
    return target


def train_epoch(step: Step, model: Model, optimizers: Optimizers, loader: ImageLoader) -> dict[str, float]:
    """Train one epoch; the means of the losses."""
    of_steps = [list(step(model, x.flatten(1), optimizers).values()) for x, _ in loader]
    means = torch.tensor([[float(loss) for loss in losses] for losses in of_steps]).mean(0)
    return dict(zip(("discriminator", "generator", "autoencoder"), [round(v, 5) for v in means.tolist()], strict=True))


@torch.no_grad()
def measure(model: Model, samples: int) -> dict[str, object]:
    """The reconstruction error on the test images, the quality of G(z), and how the codes lie."""
    x = mnist_images(train=False)[0].flatten(1).float() / 255  # (10000, 784)
    codes = model.encoder(x)  # (10000, latent_size)
    quality = measure_quality(sample_images(model, samples, seed=1))
    return {
        "test_error": round(F.mse_loss(model.generator(codes), x).item(), 5),
        "frechet": round(quality.frechet_distance, 2),
        "classes": quality.classes_covered,
        "diversity": round(quality.diversity, 3),
        "nearest": round(quality.nearest, 4),
        "histogram": [round(share, 4) for share in quality.histogram],
        "code_length": round(codes.norm(dim=1).mean().item(), 2),
    }


@torch.no_grad()
def draw(model: Model) -> Tensor:
    """Three rows of samples, a row of test images, one of each digit, and a row of their reconstructions.

    Returns:
        (5 * SHOWN, 1, 28, 28), dark ink on white.
    """
    images, labels = mnist_images(train=False)
    chosen = torch.stack([(labels == digit).nonzero()[0, 0] for digit in range(SHOWN)])
    x = images[chosen].flatten(1).float() / 255  # (SHOWN, 784)
    rows = [sample_images(model, 3 * SHOWN, seed=2), x, model.generator(model.encoder(x))]
    return 1 - torch.cat(rows).reshape(-1, 1, 28, 28)


def main(
    kind: Annotated[str, typer.Option(help='"original", "ours" or "weighted".')] = "ours",
    weight: Annotated[float, typer.Option(help="Of the reconstruction error.")] = 300,
    beta1: Annotated[float, typer.Option(help="Of Adam, in the weighted design.")] = 0.9,
    noise: Annotated[float, typer.Option(help="On the images that D sees, in our design.")] = 0.3,
    precision: Annotated[
        str, typer.Option(help='Of the products in our design: "bfloat16" or "float32".')
    ] = "bfloat16",
    seeds: Annotated[str, typer.Option(help="Separated by commas.")] = "0,1,2",
    epochs: Annotated[int, typer.Option(min=1)] = 80,
    results: Annotated[Path, typer.Option(help="Folder for the records.")] = RESULTS,
    quick: Annotated[bool, typer.Option(help="A few steps of each design, as a smoke test.")] = False,
) -> None:
    """Train one design with several seeds."""
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    designs = {
        "original": Design("original"),
        "weighted": Design("weighted", weight=weight, beta1=beta1),
        "ours": Design("ours", noise=noise, precision=precision),
    }
    design = designs[kind]
    if quick:
        with tempfile.TemporaryDirectory() as folder:
            for each in designs.values():
                train_design(each, 0, 1, Path(folder), images_used=320, samples=200)
        return
    for seed in seeds.split(","):
        print(train_design(design, int(seed), epochs, results))


if __name__ == "__main__":
    typer.run(main)
