"""Shows what the calibration of the training check came to: in the terminal, and as JSON and a plot beside the checks.

Stands at the report of the flow course material -> submission -> trace -> verdict -> gradebook -> report, but for
solutions of the instructor's own: it is the evidence behind the bounds that a verdict on training uses.
"""

import json
import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from autograder.calibration import Calibration, Run, Settings, derive, measure_all
from autograder.calibration.runs import quality_of
from autograder.checks.bounds import SCALES, Bound, Quantity, bounds_file, read_bounds

RIGHT, WRONG = "#1f77b4", "#d62728"
SHOWN = {"log": (1e-3, math.inf), "logit": (1e-5, 1 - 1e-5)}  # what lies beyond is drawn at these ends


def run_and_show(settings: Settings, second_runs: float, console: Console, write: bool) -> bool:
    """Run what was not run yet, derive the bounds, and print them.

    Args:
        settings: what to run.
        second_runs: the share of right runs that may cross a limit and be run again.
        console: where to print.
        write: make them the bounds in force.

    Returns:
        Whether the derived bounds are the ones in force.

    Raises:
        UsageError: there is nothing to run, or no place for the runs.
    """
    quality = quality_of(settings.checks)
    columns = (TextColumn("Training known solutions"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        bar = progress.add_task("", total=None)
        runs = measure_all(settings, lambda done, total: progress.update(bar, completed=done, total=total))
    calibration = derive(settings.checks.stem, dict(quality.settings), quality.quantities, runs, second_runs)
    print_calibration(calibration, quality.quantities, console)
    file = bounds_file(settings.checks)
    plot = file.with_suffix(".png")
    if write:
        text = json.dumps(calibration.to_json(), indent=1, ensure_ascii=False) + "\n"
        file.write_text(text, encoding="utf-8")
        draw(calibration, quality.quantities, runs).savefig(plot, dpi=100)
        console.print(f"Bounds: {file}\nPlot: {plot}", soft_wrap=True)
    in_force = file.is_file() and read_bounds(settings.checks) == calibration.bounds
    if not in_force:
        console.print("Other bounds are in force; --write replaces them by these.")
    return in_force


def _short(value: float) -> str:
    """Three digits, or those that tell a number from 1."""
    return f"{value:.6g}" if 0.99 < value < 1 else f"{value:.3g}"


def print_calibration(calibration: Calibration, quantities: Sequence[Quantity], console: Console) -> None:
    """The bounds, how often they would fail a right solution, and how often they catch each wrong one."""
    table = Table(title=f"Bounds on training, {calibration.assignment}", title_justify="left")
    table.add_column("quantity")
    for heading in ("least of right", "most of right", "at least", "at most", "wrong for sure below", "above"):
        table.add_column(heading, justify="right")
    for quantity in quantities:
        sides: dict[str, Bound] = {b.side: b for b in calibration.bounds if b.quantity == quantity.name}
        quantiles = calibration.quantiles[quantity.name]
        cells = [quantiles["0 %"], quantiles["100 %"]]
        cells += [sides[side].limit if side in sides else math.nan for side in ("low", "high")]
        cells += [sides[side].far if side in sides else math.nan for side in ("low", "high")]
        table.add_row(quantity.title, *("" if math.isnan(cell) else _short(cell) for cell in cells))
    console.print(table)
    crossings = calibration.held_out_crossings
    by_design = ", ".join(f"{name} {number}" for name, number in Counter(crossings).most_common())
    console.print(
        f"{calibration.runs} runs of {calibration.designs} right designs; {100 * calibration.second_runs:g} % may need "
        f"a second run. With bounds from four fifths of the seeds, {sum(crossings.values())} runs of the other fifth "
        f"do ({by_design or 'none'}), and {calibration.held_out_failures} would be failed: at most "
        f"{100 * calibration.upper_95:.2f} % of right solutions (95 % upper bound)."
    )
    always = [name for name, (caught, runs) in calibration.detection.items() if caught == runs]
    console.print(f"Wrong solutions that never pass this check ({len(always)}): {', '.join(always) or 'none'}.")
    sometimes = {name: f"{c} of {n}" for name, (c, n) in calibration.detection.items() if 0 < c < n}
    told = ", ".join(f"{name} {rate}" for name, rate in sometimes.items())
    console.print(f"Wrong solutions that it catches in some runs ({len(sometimes)}): {told or 'none'}.")
    never = len(calibration.detection) - len(always) - len(sometimes)
    console.print(f"The other {never} train like right ones, and are for the other checks to catch.")


def draw(calibration: Calibration, quantities: Sequence[Quantity], runs: Sequence[Run]) -> Figure:
    """One panel for each quantity: all runs of right and of wrong solutions, and the bounds."""
    figure = Figure(figsize=(11, 2.1 * len(quantities)), layout="constrained")
    panels = figure.subplots(len(quantities), 1, squeeze=False)[:, 0]
    for axes, quantity in zip(panels, quantities, strict=True):
        _draw_quantity(axes, quantity, calibration, runs)
    handles = {
        label: handle for axes in panels for handle, label in zip(*axes.get_legend_handles_labels(), strict=True)
    }
    figure.legend(handles.values(), handles.keys(), loc="outside upper center", ncols=4, frameon=False)
    return figure


def _draw_quantity(axes: Axes, quantity: Quantity, calibration: Calibration, runs: Sequence[Run]) -> None:
    there, back = SCALES[quantity.scale]
    values: dict[str, list[float]] = {"right": [], "wrong": []}
    for run in runs:
        if run.values is not None:
            values[run.kind].append(float(np.clip(run.values[quantity.name], *SHOWN[quantity.scale])))
    places = [there(value) for value in (*values["right"], *values["wrong"])]
    bins = [back(place) for place in np.linspace(min(places), max(places), 90)]
    axes.set_xscale(quantity.scale)
    for kind, color in (("right", RIGHT), ("wrong", WRONG)):
        axes.hist(values[kind], bins=bins, color=color, alpha=0.6, label=f"runs of {kind} solutions")
    for bound in calibration.bounds:
        if bound.quantity == quantity.name:
            axes.axvline(bound.limit, color="black", label="bound")
            axes.axvline(bound.far, color="black", linestyle=":", label="wrong for sure beyond")
    axes.set_yscale("symlog", linthresh=10)
    axes.set_ylabel("runs")
    axes.set_xlabel(quantity.title)
