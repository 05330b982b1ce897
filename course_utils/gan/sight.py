"""What was seen in the practice probes, in words for a student.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this is the feedback on the
student's own machine: for each function what it returned and did, and what to try where it breaks what the notebook
asks for in so many words. It never claims that a solution is right.
"""

from pathlib import Path
from typing import Any

import torch

from course_utils.gan.advice import advise, first_sentence
from course_utils.gan.practice import held_out_digits
from course_utils.gan.probe import LOSSES, build_model
from course_utils.gan.record import MODULES
from coursekit.trace import Trace, named_tensor, read_trace

Seen = list[tuple[Trace, Path]]
GOOD, BAD, NOTE = "✓", "✗", "·"


def see_optimizers(seen: Seen) -> list[str]:
    ((_, folder),) = seen
    first = read_trace(folder).data["runs"][0]
    if first["error"]:
        return [_error("configure_optimizers", first["error"])]
    if not first["is_mapping"] or not first["optimizers"]:
        return [f"{BAD} configure_optimizers returned {first['returned']}, expected a dict of optimizers by name."]
    lines = []
    held: set[str] = set()
    for optimizer in first["optimizers"]:
        if not optimizer["is_optimizer"]:
            lines.append(f"{BAD} “{optimizer['key']}” is a {optimizer['kind']}, expected a torch.optim optimizer.")
            continue
        names = {name for group in optimizer["groups"] for name in group["parameters"] if name}
        held |= names
        modules = [module for module in MODULES if any(name.startswith(module) for name in names)]
        rates = ", ".join(sorted({f"{group['lr']:g}" for group in optimizer["groups"]}))
        lines.append(
            f"{NOTE} “{optimizer['key']}” is {optimizer['kind']} with learning rate {rates} "
            f"(asked for {first['lr']:g}) and holds parameters of: {', '.join(modules) or 'none of the modules'}."
        )
    for module in MODULES:
        if not any(name.startswith(module) for name in held):
            lines.append(f"{BAD} No optimizer holds the parameters of the {module}, so it can never learn.")
    if not any(line.startswith(BAD) for line in lines):
        lines.append(f"{GOOD} Each of E, G and D has an optimizer.")
    return lines


def see_wrong_labels(seen: Seen) -> list[str]:
    ((probe, folder),) = seen
    trace = read_trace(folder)
    for run, reference, classes in zip(
        trace.data["runs"], probe.data["labels"], probe.data["numbers_of_classes"], strict=True
    ):
        if run["error"]:
            return [_error("draw_wrong_labels", run["error"])]
        h = named_tensor(probe, reference)
        for drawn in run["drawn"]:
            if drawn["type"] != "Tensor":
                return [f"{BAD} draw_wrong_labels returned {drawn['type']}, expected a tensor of labels."]
            wrong = named_tensor(trace, drawn["labels"])
            if wrong.shape != h.shape or wrong.is_floating_point():
                return [
                    f"{BAD} draw_wrong_labels returned {drawn['dtype']} of shape {tuple(wrong.shape)}, expected "
                    f"integers of the shape of h, {tuple(h.shape)}."
                ]
            outside = int(((wrong < 0) | (wrong >= classes)).sum())
            if outside:
                return [f"{BAD} {outside} of {len(h)} labels lie outside 0 to {classes - 1}, for {classes} classes."]
            same = int((wrong == h).sum())
            if same:
                return [f"{BAD} {same} of {len(h)} labels are not wrong: they are the true ones."]
    first, other = (named_tensor(trace, drawn["labels"]) for drawn in trace.data["runs"][0]["drawn"])
    offsets = (first - named_tensor(probe, probe.data["labels"][0])) % probe.data["numbers_of_classes"][0]
    return [
        f"{GOOD} draw_wrong_labels returned labels in range that all differ from the true ones.",
        f"{NOTE} Called twice, {int((first == other).sum())} of {len(first)} labels were the same; they differ from "
        f"the true ones by {len(offsets.unique())} different steps.",
    ]


def see_losses(seen: Seen) -> list[str]:
    lines = []
    for loss in LOSSES:
        name = f"{loss}_loss"
        for probe, folder in seen:
            trace = read_trace(folder / loss)
            batch = len(named_tensor(probe, probe.data["x_real"]))
            line = _see_loss(name, trace.data, batch)
            lines.append(line)
            if not line.startswith(GOOD):
                break
    return lines


def _see_loss(name: str, data: dict[str, Any], batch: int) -> str:
    if data["error"]:
        return _error(f"{name}, for {batch} images", data["error"])
    loss = data["loss"]
    if loss["type"] != "Tensor":
        return f"{BAD} {name} returned {loss['type']}, expected a scalar tensor. Leave the `.item()` to the given loop."
    if loss["shape"]:
        return (
            f"{BAD} {name} returned a tensor of shape {tuple(loss['shape'])} for {batch} images, expected (). "
            "Average over the mini-batch."
        )
    reached = {event["module"] for event in data["events"] if event["event"] == "accumulate"}
    if not reached:
        return f"{BAD} {name} sends no gradient to any module. Is something detached on the way?"
    modules = ", ".join(module for module in MODULES if module in reached)
    return f"{GOOD} {name} of {batch} images is {loss['value']:.4f}; its gradient reaches: {modules}."


def see_train_step(seen: Seen) -> list[str]:
    lines: list[str] = []
    for probe, folder in seen:
        data = read_trace(folder).data
        batch = len(named_tensor(probe, probe.data["batches"][0]))
        errors = [e for e in (data["error"], *(step["error"] for step in data["steps"])) if e]
        if errors:
            return [*lines, _error(f"train_step, for {batch} images", errors[0])]
        losses = data["steps"][-1].get("losses", {})
        missing = [name for name in LOSSES if name not in losses]
        if missing:
            return [*lines, f"{BAD} train_step did not return a loss under: {', '.join(missing)}."]
        values = ", ".join(f"{name} {_number(losses[name].get('value', 'no single number'))}" for name in LOSSES)
        lines.append(f"{GOOD} Two steps with {batch} images ran; the second returned: {values}.")
        if _changed(probe, folder):
            lines.append(f"{BAD} The images in x_real were changed in place; make a new tensor instead.")
        marks = [event["weights"] for event in data["events"] if event["event"] == "mark"]
        still = [module for module in MODULES if marks[0][module] == marks[-1][module]]
        if still:
            lines.append(f"{BAD} Not updated in two steps: {', '.join(still)}. Is an optimizer's step missing?")
    if not any(line.startswith(BAD) for line in lines):
        lines.append(f"{GOOD} E, G and D were all updated.")
    return lines


def _changed(probe: Trace, folder: Path) -> bool:
    trace = read_trace(folder)
    return any(
        not torch.equal(named_tensor(probe, batch), named_tensor(trace, step["x_real"]))
        for batch, step in zip(probe.data["batches"], trace.data["steps"], strict=True)
    )


def see_convergence(seen: Seen) -> list[str]:
    probe, folder = seen[0]
    trace = read_trace(folder)
    if trace.data["error"]:
        return [_error("train_step", trace.data["error"])]
    every, last = probe.data["log_every"], probe.data["num_steps"]
    lines = [
        f"{NOTE} step {min(i * every, last):4d}: " + ", ".join(f"{k} {_number(v)}" for k, v in losses.items())
        for i, losses in enumerate(trace.data["losses"])
    ]
    model = build_model(Trace({**probe.data, "weights": trace.data["weights"]}, trace.tensors))
    x, labels = held_out_digits(500)
    h = (labels,) if "labels" in probe.data else ()
    with torch.no_grad():
        error = float((model.generator(model.encoder(x, *h), *h) - x).square().mean())
    black = float(x.square().mean())
    sign = GOOD if error < black else BAD
    return [
        *lines,
        f"{sign} After {last} steps of a small model the reconstruction error on test images is {error:.4f}; black "
        f"images would have {black:.4f}.",
    ]


def _number(value: Any) -> str:
    return f"{value:.4f}" if isinstance(value, float) else str(value)


def _error(what: str, error: dict[str, Any]) -> str:
    if error["type"] == "NotImplementedError" and (not error["message"] or error["line"].startswith("raise ")):
        return f"{NOTE} {what.partition(',')[0]} is not written yet."
    where = f" (at: {error['line']})" if error["line"] else ""
    known = advise(error["type"], error["message"], error["line"])
    said = (
        f"{BAD} {what} stopped with {error['type']}: {first_sentence(error['message']) if known else error['message']}"
    )
    return f"{said}{where}." + (f" {known.means} {known.help}" if known else "")
