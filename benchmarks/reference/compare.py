"""Figures and the table of the stored runs: the original solution and ours, and runs with other loss weights.

    PYTHONPATH=. python benchmarks/reference/compare.py [--results FOLDER] [--output FOLDER]

Reads the records that `train_designs.py` left, and writes `curves.png`, `samples.png`, `front.png` and `table.md`.
"""

import json
from pathlib import Path
from statistics import fmean
from typing import Annotated, Any

import matplotlib.pyplot as plt
import typer
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course_utils.model_figure import COLORS, INK, MUTED

HERE = Path(__file__).parent
FINAL = 80  # epochs of the runs that are compared
COLOR = {"original": COLORS["D"], "ours": COLORS["E"]}  # of the designs that are compared
IN_FLOAT32 = "ours, in float32"  # a row of the table more: that the precision changes nothing

MEANS = ("test_error", "frechet", "diversity", "code_length")  # of the runs of a design

Record = dict[str, Any]  # what `run.train_design` writes


def read_records(folder: Path) -> list[Record]:
    """All records, each with the path of its picture under "picture"."""
    return [
        {**json.loads(path.read_text()), "picture": path.with_suffix(".png")} for path in sorted(folder.glob("*.json"))
    ]


def name_of(record: Record) -> str:
    """The design of a record, as figures and table name it."""
    if record["kind"] == "weighted":
        return f"weight {record['weight']:g}"
    if record["kind"] == "ours" and not record["noise"]:
        return "ours without noise"
    return IN_FLOAT32 if record["kind"] == "ours" and record["precision"] == "float32" else record["kind"]


def series(record: Record, name: str) -> tuple[list[int], list[float]]:
    """The epochs and what was measured there."""
    return [m["epoch"] for m in record["measured"]], [m[name] for m in record["measured"]]


def write_table(groups: dict[str, list[Record]]) -> str:
    """A Markdown table: each run at its end, and the means of the designs with the ratio of the two."""
    lines = [
        "| design | seed | test error | Fréchet distance | digits | diversity | length of codes | L_AE | L_G | L_D |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    means = {}
    for kind, records in groups.items():
        for record in records:
            lines.append(_row(kind, str(record["seed"]), record["measured"][-1], record["losses"][-1]))
        last = {key: fmean(r["measured"][-1][key] for r in records) for key in MEANS}
        last["classes"] = min(r["measured"][-1]["classes"] for r in records)
        losses = {key: fmean(r["losses"][-1][key] for r in records) for key in records[0]["losses"][-1]}
        lines.append(_row(f"**{kind}**", f"mean of {len(records)}", last, losses))
        means[kind] = last
    if means.keys() >= COLOR.keys():
        error, frechet = (means["ours"][key] / means["original"][key] for key in ("test_error", "frechet"))
        lines.append(f"| **ours : original** | | **{error:.2f}** | **{frechet:.2f}** | | | | | | |")
    return "\n".join(lines) + "\n"


def _row(kind: str, seed: str, measured: Record, losses: dict[str, float]) -> str:
    numbers = (
        f"{measured['test_error']:.4f} | {measured['frechet']:.1f} | {measured['classes']} | "
        f"{measured['diversity']:.2f} | {measured['code_length']:.1f} | {losses['autoencoder']:.4f} | "
        f"{losses['generator']:.3f} | {losses['discriminator']:.3f}"
    )
    return f"| {kind} | {seed} | {numbers} |"


def draw_curves(groups: dict[str, list[Record]]) -> Figure:
    """Test error, Fréchet distance and the two losses of the game over the epochs, a line a run."""
    figure, grid = plt.subplots(1, 3, figsize=(13, 4.2), layout="constrained")
    error, frechet, game = grid
    for kind, records in groups.items():
        for index, record in enumerate(records):
            style = {"color": COLOR[kind], "lw": 2, "alpha": 0.85}
            label = kind if index == 0 else None
            error.plot(*series(record, "test_error"), marker="o", ms=4, label=label, **style)
            frechet.plot(*series(record, "frechet"), marker="o", ms=4, **style)
            epochs = range(1, len(record["losses"]) + 1)
            game.plot(epochs, [losses["discriminator"] for losses in record["losses"]], **style)
            game.plot(epochs, [losses["generator"] for losses in record["losses"]], ls=":", **style)
        for axes, name in ((error, "test_error"), (frechet, "frechet")):
            if kind == "original":
                half = fmean(record["measured"][-1][name] for record in records) / 2
                axes.axhline(half, color=MUTED, lw=1.2, ls="--")
                axes.text(FINAL, half, "half of the original's end", color=MUTED, va="top", ha="right", fontsize=12)
    for axes, title in (
        (error, "reconstruction error on test images"),
        (frechet, "Fréchet distance of 10,000 samples"),
        (game, "solid $L_D$, dotted $L_G$"),
    ):
        _tidy(axes, title)
        axes.set_xlabel("epoch", fontsize=12)
    error.set_yscale("log")
    frechet.set_yscale("log")
    game.set_ylim(bottom=0)
    error.legend(frameon=False, fontsize=13)
    plt.close(figure)
    return figure


def draw_samples(groups: dict[str, list[Record]]) -> Figure:
    """The pictures of the first seed of both designs, side by side."""
    figure, grid = plt.subplots(1, len(groups), squeeze=False, figsize=(7 * len(groups), 3.6), layout="compressed")
    for axes, (kind, records) in zip(grid.flat, groups.items(), strict=True):
        axes.imshow(plt.imread(records[0]["picture"]), cmap="gray")
        axes.set_title(f"{kind}, seed {records[0]['seed']}", color=COLOR[kind], fontsize=15)
        axes.set_xticks([])
        axes.set_yticks([44, 102, 131], ["samples $G(z)$", "$x$", "$G(E(x))$"], fontsize=13)
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
    plt.close(figure)
    return figure


def draw_front(records: list[Record]) -> Figure:
    """Fréchet distance over test error: the way of each run, with its last epoch marked; left and low is good."""
    figure, axes = plt.subplots(figsize=(10, 6.4))
    ends = []
    for record in records:
        errors, distances = series(record, "test_error")[1], series(record, "frechet")[1]
        color = COLOR.get(record["kind"], COLORS["G"])
        dashes = "--" if name_of(record) == "ours without noise" else "-"
        axes.plot(errors, distances, color=color, lw=1.8, ls=dashes, marker="o", ms=3.5, alpha=0.6)
        axes.plot(errors[-1], distances[-1], color=color, marker="o", ms=10)
        ends.append((errors[-1], distances[-1], f"{name_of(record)} ({record['measured'][-1]['classes']} digits)"))
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(left=0.0016)
    _tidy(axes, "Reconstructing and generating, over the epochs: 80 of original and ours, 40 of the others")
    axes.set_xlabel("reconstruction error on test images", fontsize=12)
    axes.set_ylabel("Fréchet distance of the samples", fontsize=12)
    figure.tight_layout()
    highest = 0.0  # pixels: where the label below ends
    for error, distance, label in sorted(ends, key=lambda end: end[1]):
        x, y = axes.transData.transform((error, distance))
        y = highest = max(y, highest + 20)
        place = axes.transData.inverted().transform((x - 14, y))
        axes.annotate(label, place, ha="right", va="center", fontsize=11, color=INK)
    plt.close(figure)
    return figure


def _tidy(axes: Axes, title: str) -> None:
    axes.set_title(title, color=INK, fontsize=13)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(colors=INK, labelsize=11)
    axes.grid(alpha=0.25)


def main(
    results: Annotated[Path, typer.Option(help="Folder of the records.")] = HERE / "results",
    output: Annotated[Path, typer.Option(help="Folder for figures and table.")] = HERE,
) -> None:
    """Draw the figures and write the table."""
    records = read_records(results)
    names = (*COLOR, IN_FLOAT32)
    final = {name: [r for r in records if name_of(r) == name and r["epochs"] == FINAL] for name in names}
    groups = {name: of_name for name, of_name in final.items() if of_name}
    compared = {name: of_name for name, of_name in groups.items() if name in COLOR}
    front = [r for r in records if r["seed"] == 0 and name_of(r) != IN_FLOAT32]
    output.mkdir(parents=True, exist_ok=True)
    if compared:
        draw_curves(compared).savefig(output / "curves.png", dpi=110)
        draw_samples(compared).savefig(output / "samples.png", dpi=90)
        (output / "table.md").write_text(write_table(groups))
    draw_front(front).savefig(output / "front.png", dpi=110)


if __name__ == "__main__":
    typer.run(main)
