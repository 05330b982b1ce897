"""Probes: small experiments with a student's functions, each recorded as a trace.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* a probe is the question and the
trace is the answer. A probe is itself stored as a trace (`coursekit.trace`): sizes, weights, data and seeds. Here
it is carried out: the student's functions are called and what they do is recorded, errors included.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import torch

from course_utils.conditional import AnyModel, make_model
from course_utils.gan.experiments import experiment
from course_utils.gan.movement import optimizers_in, watch
from course_utils.gan.record import MODULES, Recorder
from coursekit.raised import describe_error
from coursekit.returned import read_number, with_text_keys
from coursekit.trace import Trace, flatten, named_tensor

LOSSES = ("discriminator", "generator", "autoencoder")
WATCHED = 5  # steps of a training run, from each one that is logged on: a module may be updated in every fifth only
Functions = dict[str, Callable[..., Any]]


def build_model(probe: Trace) -> AnyModel:
    """The model of the probe: `probe.data["model"]` holds the arguments, `probe.data["weights"]` the flat weights.

    It has torch's default type, as any model that is made where the student's code has set another one.
    """
    model = make_model(**probe.data["model"])
    for module, reference in probe.data["weights"].items():
        parameters = list(getattr(model, module).parameters())
        weights = named_tensor(probe, reference).to(
            parameters[0].dtype, copy=True
        )  # or training would change the probe
        torch.nn.utils.vector_to_parameters(weights, parameters)
    return model


def flat_weights(model: AnyModel, trace: Trace) -> dict[str, str]:
    """Store the weights of the three modules, each as one vector, and return their names."""
    return {module: trace.store(flatten(dict(getattr(model, module).named_parameters()))) for module in MODULES}


def run_probe(probe: Trace, functions: Functions, folder: Path) -> None:
    """Carry out `probe` with the student's `functions` and write what was recorded below `folder`."""
    torch.manual_seed(probe.data["seed"])
    _EXPERIMENTS[probe.data["kind"]](probe, functions, folder)


@contextmanager
def _errors_in(data: dict[str, Any]) -> Iterator[None]:
    """What the student's code raises ends the experiment and becomes part of its record."""
    data["error"] = None
    try:
        yield
    except Exception as error:
        data["error"] = describe_error(error)


def _describe(value: Any) -> dict[str, Any]:
    """Type, shape, dtype and, where there is just one, the number, of whatever a student's function returned."""
    described: dict[str, Any] = {"type": type(value).__name__}
    if isinstance(value, torch.Tensor):
        described |= {
            "type": "Tensor",  # also for a class derived from it
            "shape": list(value.shape),
            "dtype": str(value.dtype),
            "requires_grad": value.requires_grad,
        }
    number = read_number(value)
    return described if number is None else described | {"value": _number(number)}


def _entries(returned: Any) -> dict[str, Any]:
    """What a mapping holds, by the text of its keys; nothing where a function did not return a mapping."""
    return with_text_keys(returned) if isinstance(returned, Mapping) else {}


def _number(value: float) -> float | str:
    """JSON knows no infinities: those and NaN become `"inf"`, `"-inf"`, `"nan"`."""
    return value if value == value and abs(value) != float("inf") else str(value)


def _probe_optimizers(probe: Trace, functions: Functions, folder: Path) -> None:
    """Configure optimizers for the same model at several learning rates; record what each of them holds."""
    runs: list[dict[str, Any]] = []
    trace = Trace({"runs": runs})
    for lr in probe.data["lrs"]:
        run: dict[str, Any] = {"lr": lr, "optimizers": []}
        model = build_model(probe)
        names = {id(p): name for name, p in model.named_parameters()}
        with _errors_in(run):
            returned = functions["configure_optimizers"](model, lr)
            run |= {"returned": type(returned).__name__, "is_mapping": isinstance(returned, Mapping)}
            for key, optimizer in _entries(returned).items():
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
        with _errors_in(data):
            data["loss"] = _describe(call(given))
        data["weights_after"] = flat_weights(model, recorder.trace)
    data |= {name: recorder.trace.store(tensor) for name, tensor in given.items()}
    return recorder.trace if moved.are_alike(recorder.events) else None


def _given_tensors(probe: Trace) -> dict[str, torch.Tensor]:
    """Copies of what the loss functions are given, by the name of the argument."""
    names = ("x_real", "h", "h_wrong", "z")
    return {name: named_tensor(probe, probe.data[name]).clone() for name in names if name in probe.data}


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
        with _errors_in(run):
            for _ in range(probe.data["draws"]):
                drawn = functions["draw_wrong_labels"](h, number_of_classes)
                entry = _describe(drawn)
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
    with _errors_in(data):
        optimizers = functions["configure_optimizers"](model, probe.data["lr"])
        with Recorder(model, _entries(optimizers)) as recorder:
            trace = recorder.trace
            data = trace.data = {**data, "experiments": [], "events": recorder.events}
            for number, reference in enumerate(probe.data["batches"]):
                x_real = named_tensor(probe, reference).clone()
                labels = [named_tensor(probe, probe.data["labels"][number]).clone()] if "labels" in probe.data else []

                def take(data: dict[str, torch.Tensor]) -> Any:
                    return functions["train_step"](model, *data.values(), optimizers)

                given = dict(zip(("x_real", "h"), (x_real, *labels), strict=False))
                if number in probe.data.get("experiments", ()):
                    with recorder.paused():
                        moved = experiment(model, optimizers, given, take, trace, pure=False)
                    data["experiments"].append({"step": number, "runs": moved.records})
                recorder.mark(step=number)
                step: dict[str, Any] = {}
                with _errors_in(step):
                    returned = take(given)
                    step |= {"returned": type(returned).__name__, "is_mapping": isinstance(returned, Mapping)}
                    step["losses"] = {key: _describe(value) for key, value in _entries(returned).items()}
                step["x_real"] = trace.store(x_real)
                if labels:
                    step["h"] = trace.store(labels[0])
                data["steps"].append(step)
                if step["error"] is not None:
                    break
            recorder.mark(step=None)
    if probe.data["light"]:  # only whether it runs: the homework's own sizes make large traces
        trace = Trace({**data, "events": []})
    trace.write(folder)


def _probe_convergence(probe: Trace, functions: Functions, folder: Path) -> None:
    """Train a small model for a fixed number of steps; what counts is the weights that come out of it.

    Code that is written for the homework's 784 pixels fails on the small images of the probe; it is then tried on the
    same images with each pixel repeated.
    """
    images = named_tensor(probe, probe.data["images"])  # (n, input_size) uint8
    trace = _train(probe, build_model(probe), images, functions)
    if trace.data["error"] and "wide_model" in probe.data:
        torch.manual_seed(probe.data["seed"])
        trace = _train(probe, build_model(wide_probe(probe)), repeat_pixels(images), functions)
        trace.data["wide"] = True
    trace.write(folder)


def wide_probe(probe: Trace) -> Trace:
    """The convergence probe with its wide model, of four times as many pixels, in place of its model."""
    data = {**probe.data, "model": probe.data["wide_model"], "weights": probe.data["wide_weights"]}
    return Trace(data, probe.tensors)


def repeat_pixels(images: torch.Tensor) -> torch.Tensor:
    """Square images `(n, side * side)` with each pixel twice in both directions: `(n, 4 * side * side)`."""
    side = round(images.shape[1] ** 0.5)
    square = images.reshape(-1, side, side)
    return square.repeat_interleave(2, dim=1).repeat_interleave(2, dim=2).flatten(1)


def _train(probe: Trace, model: AnyModel, images: torch.Tensor, functions: Functions) -> Trace:
    batch_size, num_steps = probe.data["batch_size"], probe.data["num_steps"]
    labels = [named_tensor(probe, probe.data["labels"])] if "labels" in probe.data else []  # int64 (n,)
    order = torch.Generator().manual_seed(probe.data["seed"])
    trace = Trace({"losses": [], "ways": []})
    with _errors_in(trace.data):
        optimizers = functions["configure_optimizers"](model, probe.data["lr"])
        configured = optimizers_in(optimizers)
        steps_per_epoch = len(images) // batch_size
        for step in range(num_steps):
            if step % steps_per_epoch == 0:
                rows = torch.randperm(len(images), generator=order).split(batch_size)
            chosen = rows[step % steps_per_epoch]
            x_real = images[chosen].float() / 255
            watching = watch(model, configured) if step % probe.data["log_every"] < WATCHED else nullcontext()
            with watching as way:
                losses = functions["train_step"](model, x_real, *(h[chosen] for h in labels), optimizers)
            if way is not None:
                trace.data["ways"].append({"step": step, **way})
            if step % probe.data["log_every"] == 0 or step == num_steps - 1:
                named = with_text_keys(losses)
                trace.data["losses"].append({key: _describe(value).get("value") for key, value in named.items()})
    trace.data["weights"] = flat_weights(model, trace)
    return trace


_EXPERIMENTS = {
    "optimizers": _probe_optimizers,
    "wrong_labels": _probe_wrong_labels,
    "losses": _probe_losses,
    "train_step": _probe_train_step,
    "convergence": _probe_convergence,
}
