"""What was seen of the optimizers: which parameters they hold, and whose learning rate they have.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this is a part of the feedback on
the student's own machine.
"""

from typing import Any

from course_utils.gan.places import MODULES
from course_utils.gan.sight.words import Seen, listed, networks, say_error
from coursekit.said import Said, right, seen, wrong
from coursekit.trace import Trace, read_trace

Optimizer = dict[str, Any]  # the record of one, as `course_utils.gan.probe` makes it


def see_optimizers(recorded: Seen) -> list[Said]:
    ((probe, folder),) = recorded
    runs = read_trace(folder).data["runs"]
    for run in runs:
        if run["error"]:
            return [say_error("configure_optimizers", run["error"])]
        if not run["is_mapping"] or not run["optimizers"]:
            returned = "an empty dict" if run["is_mapping"] else run["returned"]
            return [wrong(f"`configure_optimizers` returned {returned}, expected a dict of optimizers by name.")]
    optimizers = runs[0]["optimizers"]
    others = [one for one in optimizers if not one["is_optimizer"]]
    if others:
        return [wrong(f"“{one['key']}” is a {one['kind']}, expected a torch.optim optimizer.") for one in others]
    said = [seen(_describe(one, runs[0]["lr"])) for one in optimizers]
    return [*said, *_look_at_parameters(probe, optimizers), *_look_at_rates(runs)]


def _parameters(optimizer: Optimizer) -> set[str | None]:
    """Names of those that it holds; None for one that is not of the model."""
    return {name for group in optimizer["groups"] for name in group["parameters"]}


def _describe(optimizer: Optimizer, asked: float) -> str:
    held = {name.partition(".")[0] for name in _parameters(optimizer) if name}
    rates = ", ".join(sorted({f"{group['lr']:g}" for group in optimizer["groups"]}))
    return (
        f"“{optimizer['key']}” is {optimizer['kind']} with learning rate {rates} (asked for {asked:g}) and holds "
        f"parameters of: {', '.join(module for module in MODULES if module in held) or 'none of the networks'}."
    )


def _look_at_parameters(probe: Trace, optimizers: list[Optimizer]) -> list[Said]:
    said = []
    for optimizer in optimizers:
        if None in _parameters(optimizer):
            said.append(
                wrong(
                    f"“{optimizer['key']}” holds parameters that are not of the model it was given. Use the argument "
                    "`model`: no other model, and no copies of its parameters."
                )
            )
    held = {name for optimizer in optimizers for name in _parameters(optimizer) if name}
    tensors = 2 * (probe.data["model"]["number_of_hidden_layers"] + 1)  # a weight and a bias for each layer
    for module in MODULES:
        count = sum(name.startswith(f"{module}.") for name in held)
        if count == 0:
            said.append(wrong(f"No optimizer holds the parameters of the {module}, so it can never learn."))
        elif count < tensors:
            said.append(
                wrong(
                    f"Only {count} of the {tensors} parameter tensors of the {module} are held by an optimizer; the "
                    "others can never learn."
                )
            )
    return said or [right(f"Together the optimizers hold all parameters of {networks(MODULES)}, and nothing else.")]


def _look_at_rates(runs: list[dict[str, Any]]) -> list[Said]:
    """The same optimizers were asked for at two learning rates."""
    rates = [[group["lr"] for one in run["optimizers"] for group in one["groups"]] for run in runs]
    names = [one["key"] for one in runs[0]["optimizers"] for _ in one["groups"]]
    if len({len(of_run) for of_run in rates}) > 1:
        return [seen("For another learning rate there are other optimizers.")]
    asked = listed([f"{run['lr']:g}" for run in runs])
    fixed = {name: pair[0] for name, pair in zip(names, zip(*rates, strict=True), strict=True) if len(set(pair)) == 1}
    if fixed:
        return [
            wrong(
                f"“{name}” has the learning rate {rate:g} for `lr` = {asked} alike: pass the argument `lr` on to the "
                "optimizer."
            )
            for name, rate in fixed.items()
        ]
    return [right(f"The learning rates follow the argument `lr` (tried: {asked}).")]
