"""Probes: small experiments with a student's functions, each recorded as a trace.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* a probe is the question and the
trace is the answer. A probe is itself stored as a trace (`coursekit.trace`): sizes, weights, data and seeds. Here
it is carried out: the student's functions are called and what they do is recorded, errors included.
`course_utils.gan.short_training` does so for the probe of convergence.
"""

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import torch

from course_utils.gan.described import Functions, describe, entries_of, errors_in
from course_utils.gan.experiments import Moved, experiment, experiments_ahead
from course_utils.gan.fresh_numbers import no_fresh_numbers
from course_utils.gan.probe_model import build_model, flat_weights, keep_apart
from course_utils.gan.record import Recorder
from course_utils.gan.short_training import train_shortly
from coursekit.trace import Trace, named_tensor

LOSSES = ("discriminator", "generator", "autoencoder")


def run_probe(probe: Trace, functions: Functions, folder: Path) -> None:
    """Carry out `probe` with the student's `functions` and write what was recorded below `folder`."""
    with no_fresh_numbers(probe.data["seed"]):
        _EXPERIMENTS[probe.data["kind"]](probe, functions, folder)


def _probe_optimizers(probe: Trace, functions: Functions, folder: Path) -> None:
    """Configure optimizers for the same model at several learning rates; record what each of them holds."""
    runs: list[dict[str, Any]] = []
    trace = Trace({"runs": runs})
    for lr in probe.data["lrs"]:
        run: dict[str, Any] = {"lr": lr, "optimizers": []}
        model = build_model(probe)
        names = {id(p): name for name, p in model.named_parameters()}
        with errors_in(run):
            returned = functions["configure_optimizers"](model, lr)
            keep_apart(model, returned)
            run |= {"returned": type(returned).__name__, "is_mapping": isinstance(returned, Mapping)}
            for key, optimizer in entries_of(returned).items():
                entry: dict[str, Any] = {
                    "key": key,
                    "kind": type(optimizer).__name__,
                    "is_optimizer": False,
                    "groups": [],
                }
                if isinstance(optimizer, torch.optim.Optimizer):
                    entry["is_optimizer"] = True
                    for group in optimizer.param_groups:
                        held = [names.get(id(p)) for p in group["params"]]
                        entry["groups"].append(
                            {
                                # a warm-up may begin with 0; torch's schedulers keep what it leads to
                                "lr": float(group.get("lr", float("nan")) or group.get("initial_lr", 0.0)),
                                "parameters": held,
                            }  # null: not of the model
                        )
                run["optimizers"].append(entry)
        runs.append(run)
    trace.write(folder)


def _probe_losses(probe: Trace, functions: Functions, folder: Path) -> None:
    """Call each loss alone, then go backward from it."""
    for loss in LOSSES:
        arguments = loss_arguments("h" in probe.data)[loss]
        trace = _ask_loss(probe, functions[f"{loss}_loss"], arguments, pure=True)
        trace = trace or _ask_loss(probe, functions[f"{loss}_loss"], arguments, pure=False)
        assert trace is not None
        trace.write(folder / loss)


def _ask_loss(probe: Trace, function: Callable[..., Any], names: tuple[str, ...], *, pure: bool) -> Trace | None:
    """One loss; none if it should be pure and is not: what it does changes from call to call, with nothing moved."""
    model = build_model(probe)
    keep_apart(model)
    given = _given_tensors(probe)

    def call(data: dict[str, torch.Tensor]) -> Any:
        value = function(model, *(data.get(name, probe.data.get(name)) for name in names))
        if isinstance(value, torch.Tensor) and value.requires_grad:
            value.sum().backward()
        return value

    torch.manual_seed(probe.data["seed"])
    recorder = Recorder(model)
    data = recorder.trace.data
    data["weights"] = flat_weights(model, recorder.trace)
    moved = experiment(model, {}, given, call, recorder.trace, pure=pure)
    data["experiments"] = [{"step": 0, "runs": moved.records}]
    with recorder:
        with errors_in(data):
            data["loss"] = describe(call(given))
        data["weights_after"] = flat_weights(model, recorder.trace)
    data |= {name: recorder.trace.store(tensor) for name, tensor in given.items()}
    return recorder.trace if moved.are_alike(recorder.events) else None


def _given_tensors(probe: Trace) -> dict[str, torch.Tensor]:
    """Copies of what the loss functions are given, by the name of the argument."""
    names = ("x_real", "h", "h_wrong", "z")
    return {name: named_tensor(probe, probe.data[name]).clone() for name in names if name in probe.data}


def _given_batches(probe: Trace) -> list[dict[str, torch.Tensor]]:
    """Copies of what each step is given, by the name of the argument."""
    named = {"x_real": probe.data["batches"], "h": probe.data.get("labels")}
    given = {name: [named_tensor(probe, one).clone() for one in stored] for name, stored in named.items() if stored}
    return [dict(zip(given, of_step, strict=True)) for of_step in zip(*given.values(), strict=True)]


def loss_arguments(conditional: bool) -> dict[str, tuple[str, ...]]:
    """The arguments of each loss function after the model, which is conditional or not."""
    if not conditional:
        return {"discriminator": ("x_real", "z"), "generator": ("z",), "autoencoder": ("x_real",)}
    return {
        "discriminator": ("x_real", "h", "h_wrong", "z"),
        "generator": ("x_real", "h", "z", "weight"),
        "autoencoder": ("x_real", "h"),
    }


def _probe_wrong_labels(probe: Trace, functions: Functions, folder: Path) -> None:
    """Have wrong labels drawn several times for each of some mini-batches of labels."""
    runs: list[dict[str, Any]] = []
    trace = Trace({"runs": runs})
    for reference, number_of_classes in zip(probe.data["labels"], probe.data["numbers_of_classes"], strict=True):
        h = named_tensor(probe, reference).clone()
        run: dict[str, Any] = {"drawn": []}
        with errors_in(run):
            for _ in range(probe.data["draws"]):
                drawn = functions["draw_wrong_labels"](h, number_of_classes)
                entry = describe(drawn)
                if isinstance(drawn, torch.Tensor):
                    entry["labels"] = trace.store(drawn)
                run["drawn"].append(entry)
        run["h"] = trace.store(h)
        runs.append(run)
    trace.write(folder)


def _probe_train_step(probe: Trace, functions: Functions, folder: Path) -> None:
    """Configure the optimizers once, then take one training step per batch."""
    model = build_model(probe)
    trace = Trace({"events": [], "steps": []})
    data = trace.data
    with errors_in(data):
        optimizers = functions["configure_optimizers"](model, probe.data["lr"])
        keep_apart(model, optimizers)
        recorder = Recorder(model, entries_of(optimizers))
        # `light`: only whether it runs, since the homework's own sizes make large traces
        with nullcontext() if probe.data["light"] else recorder:
            trace = recorder.trace
            data = trace.data = {**data, "experiments": [], "events": recorder.events}
            asked = probe.data.get("experiments", ())
            batches = _given_batches(probe)
            ahead: dict[int, Moved] | None = None

            def take(given: dict[str, torch.Tensor]) -> Any:
                return functions["train_step"](model, *given.values(), optimizers)

            for number, given in enumerate(batches):
                if number in asked:
                    with recorder.paused():
                        if ahead is None:
                            to_come = dict(list(enumerate(batches))[number:])
                            ahead = experiments_ahead(model, optimizers, to_come, asked, take, trace)
                        moved = ahead.get(number) or experiment(model, optimizers, given, take, trace, pure=False)
                    data["experiments"].append({"step": number, "runs": moved.records})
                recorder.mark(step=number)
                step: dict[str, Any] = {}
                with errors_in(step):
                    returned = take(given)
                    step |= {"returned": type(returned).__name__, "is_mapping": isinstance(returned, Mapping)}
                    step["losses"] = {key: describe(value) for key, value in entries_of(returned).items()}
                step |= {name: trace.store(tensor) for name, tensor in given.items()}
                data["steps"].append(step)
                if step["error"] is not None:
                    break
            recorder.mark(step=None)
    if probe.data["light"]:
        trace = Trace({**data, "events": []})
    trace.write(folder)


_EXPERIMENTS = {
    "optimizers": _probe_optimizers,
    "wrong_labels": _probe_wrong_labels,
    "losses": _probe_losses,
    "train_step": _probe_train_step,
    "convergence": train_shortly,
}
