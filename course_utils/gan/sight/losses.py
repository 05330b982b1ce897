"""What was seen of the loss functions: type and shape, mean or sum, and what each asks of the networks.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this is a part of the feedback on
the student's own machine. Each loss is called on a mini-batch, on the same one with every image several times, in which
a mean stays and a sum grows, and on a small one. What it asks for is read from its gradients, as on the gradient map.
"""

import torch

from course_utils.gan.attribution.parts import Part
from course_utils.gan.practice import COPIES
from course_utils.gan.probe import LOSSES
from course_utils.gan.sight.balance import TOLERANCE, say_balance, weight_ratio
from course_utils.gan.sight.called import Called
from course_utils.gan.sight.under_labels import look_at_labels
from course_utils.gan.sight.words import LABEL, SCORED, Seen, listed, networks, number, say_error, terms_of
from coursekit.said import Said, Sign, right, seen, wrong
from coursekit.trace import named_tensor, read_trace

SAME = 0.01  # relative; the values of a mean over copies are equal up to rounding
SAME_VALUE = 0.05  # relative; in bfloat16 a loss is 0.4 % off, and a root of the error is twice what its slope says
# Of a value over copies to that over the images themselves: noise and random labels move it, a sum makes it COPIES
# times as large, and a second division by the mini-batch as small.
GROWN = COPIES**0.5
MUST_REACH = {
    "discriminator": ("discriminator",),
    "generator": ("generator",),
    "autoencoder": ("encoder", "generator"),
}
OTHER_SCORES = {
    "double sigmoid": "applies a sigmoid to D's output, which is a probability already",
    "other": "is no binary cross-entropy of D's scores: its gradient does not change with the scores as that of one",
}
OTHER_ERRORS = {
    "absolute error": "is an absolute error, expected the mean squared error",
    "cross-entropy": "is a cross-entropy, expected the mean squared error",
    "second sigmoid": "applies a sigmoid to G's output, which lies in [0, 1] already",
    "other": "is no squared error of pixels: its gradient does not change with them as that of one",
    "other target": "compares G(E(x)) with something else than x, the image that was encoded",
    "altered code": "gives G something else than the code E(x): it was changed on the way",
}


def see_losses(recorded: Seen) -> list[Said]:
    said = []
    for loss in LOSSES:
        said += _see_loss([Called(loss, probe, read_trace(folder / loss)) for probe, folder in recorded])
    return said


def _see_loss(calls: list[Called]) -> list[Said]:
    against = [one for call in calls for one in [_against_value(call)] if one is not None]
    if against:
        return against[:1]
    name = f"`{calls[0].loss}_loss`"
    reached = {event["module"] for event in calls[0].data["events"] if event["event"] == "accumulate"}
    said = [
        right(f"{name} is one number with its graph, for {listed([str(call.batch) for call in calls])} images."),
        seen(f"For {calls[0].batch} images it is {number(calls[0].data['loss']['value'])}; {_reach(reached)}."),
        *_look_at_size(name, calls),
    ]
    against = [one for call in calls for one in look_at_labels(name, call.attribution, call.wrong_labels)]
    if against:
        return [*said, against[0]]
    lacking = [module for module in MUST_REACH[calls[0].loss] if module not in reached]
    if lacking:
        return [*said, wrong(f"No gradient of {name} reaches {networks(lacking)}. Is something detached on the way?")]
    said += _look_at_error(name, calls) if calls[0].loss == "autoencoder" else _look_at_scores(name, calls)
    weighed = "weight" in calls[0].probe.data and calls[0].loss == "generator"
    return said + (_look_at_weight(name, calls) if weighed and not any(one.sign is Sign.WRONG for one in said) else [])


def _reach(modules: set[str]) -> str:
    return f"its gradient reaches {networks(list(modules))}" if modules else "no gradient of it reaches a network"


def _against_value(call: Called) -> Said | None:
    """Type, then shape, then value: the first that is not as it must be."""
    name, data = f"{call.loss}_loss", call.data
    if data["error"]:
        return say_error(f"{name}, for {call.batch} images", data["error"])
    for argument in ("x_real", "z", "h", "h_wrong"):
        if argument in call.probe.data and not torch.equal(
            call.given(argument), named_tensor(call.trace, data[argument])
        ):
            return wrong(f"`{name}` changed `{argument}` in place: make a new tensor instead.")
    loss = data["loss"]
    if loss["type"] != "Tensor":
        return wrong(
            f"`{name}` returned {loss['type']}, expected a scalar tensor. Return the loss itself; the given loop takes "
            "care of `.item()`."
        )
    if loss["shape"]:
        return wrong(
            f"`{name}` returned a tensor of shape {tuple(loss['shape'])} for {call.batch} images, expected (): average "
            "over the mini-batch."
        )
    if not isinstance(loss.get("value"), int | float):
        return wrong(f"`{name}` is {loss.get('value', 'no real number')} for {call.batch} images: it must be finite.")
    if not any(event["event"] == "accumulate" for event in data["events"]):
        return wrong(f"`{name}` sends no gradient to any network. Is something detached on the way?")
    return None


def _look_at_size(name: str, calls: list[Called]) -> list[Said]:
    """Whether it is a mean: the same images several times over change nothing."""
    once, again = calls[0], next(call for call in calls if call.probe.data["copies"] > 1)
    before, after = once.data["loss"]["value"], again.data["loss"]["value"]
    numbers = f"{number(before)} for {once.batch} images, and {number(after)} for the same images {COPIES} times over"
    ratio = after / before if before else 1.0
    if ratio > GROWN:
        return [wrong(f"{name} grows with the mini-batch: {numbers}. Take the mean where it takes a sum.")]
    if 0 < ratio < 1 / GROWN:
        return [wrong(f"{name} shrinks with the mini-batch: {numbers}. It averages twice.")]
    if abs(ratio - 1) <= SAME:
        return [right(f"It is a mean: the same for {once.batch} images as for {again.batch}, {COPIES} of each.")]
    return [seen(f"It is {numbers}.")]


def _look_at_scores(name: str, calls: list[Called]) -> list[Said]:
    """Which scores of D make the loss fall: read from two mini-batches, since labels may be drawn at random."""
    calls = [call for call in calls if call.batch > 1][:2]
    of_generator = calls[0].loss == "generator"
    forms = [{part.reading.form for part in call.parts("discriminator") if part.reading} for call in calls]
    for form, says in OTHER_SCORES.items():
        if all(form in found for found in forms):
            return [wrong(f"{name} {says}. `F.binary_cross_entropy` computes it.")]
    wanted = {"sample": "up"} if of_generator else {k: "up" if LABEL[k] else "down" for k in terms_of(calls[0].probe)}
    module = "generator" if of_generator else "discriminator"
    found = {kind: [call.directions(module, kind) for call in calls] for kind in wanted}
    turned = [kind for kind, seen_in in found.items() if all(d == {_turn(wanted[kind])} for d in seen_in)]
    if len(turned) > 1:
        falls = "falls when D calls real images fake and samples real"
        return [wrong(f"{name} {falls}: its labels are swapped, or its sign is.")]
    if turned:
        called = "real" if _turn(wanted[turned[0]]) == "up" else "fake"
        return [wrong(f"{name} falls when D calls {SCORED[turned[0]]} {called}. Check the label, and the sign.")]
    mixed = [kind for kind, seen_in in found.items() if all("mixed" in d for d in seen_in)]
    if mixed:
        label = "1" if wanted[mixed[0]] == "up" else "0"
        return [wrong(f"The labels of {SCORED[mixed[0]]} in {name} are far from {label}.")]
    said: list[Said] = []
    if not all(_is_read(call, module) for call in calls):
        return [seen(f"What {name} asks of D's scores cannot be told from these examples.")]
    missing = [kind for kind, seen_in in found.items() if not any(seen_in)]
    for kind in missing:
        said.append(wrong(f"{name} does not change with D's scores of {SCORED[kind]}: a term is missing."))
    good = [kind for kind, seen_in in found.items() if all(d == {wanted[kind]} for d in seen_in)]
    balances = [] if of_generator else [say_balance(name, call.probe, call.parts(module)) for call in calls]
    if balances and all(balances):
        said.append(wrong(balances[0]))
    elif len(good) == len(wanted):
        parts = [f"calls {SCORED[kind]} {'real' if wanted[kind] == 'up' else 'fake'}" for kind in good]
        said.append(right(f"{name} falls when D {listed(parts)}."))
    return said


def _is_read(call: Called, module: str) -> bool:
    """Whether all that arrives at a network is known: D may also be computed without being called."""
    losses = [part.loss for part in call.parts(module)]
    called = any(one.module == "discriminator" for one in call.attribution.evidence.calls)
    return called and not any(loss in ("unread", "unknown", "features") or loss.startswith("other ") for loss in losses)


def _turn(direction: str) -> str:
    return "down" if direction == "up" else "up"


def _look_at_error(name: str, calls: list[Called]) -> list[Said]:
    """Whether it is the squared error between G(E(x)) and x, and over how much it averages."""
    parts = [call.parts("generator") for call in calls if call.batch > 1][:2]
    losses = [{part.loss for part in of_call} for of_call in parts]
    if all("error up" in found for found in losses):
        return [wrong(f"{name} falls when the reconstruction error grows. Check its sign.")]
    forms = [{part.error.form for part in of_call if part.error} for of_call in parts]
    for form, says in OTHER_ERRORS.items():
        if all(form in found for found in forms):
            return [wrong(f"{name} {says}.")]
    if not all(found == {"error"} for found in losses):
        return [seen(f"What {name} compares cannot be told from these examples.")]
    pixels = calls[0].given("x_real").shape[1]
    weight = sum(part.error.weight for part in parts[0] if part.error)
    if abs(weight / pixels - 1) < SAME:
        return [wrong(f"{name} is {pixels} times the mean: average over the {pixels} pixels of each image, too.")]
    factor = "" if abs(weight - 1) < SAME else f", times {weight:.4g}"
    if factor and calls[0].batch * pixels * (1 - SAME) < weight:
        return []  # a sum over everything; its size has been told
    value, error = calls[0].data["loss"]["value"], _squared_error(calls[0], parts[0])
    if abs(value - weight * error) > SAME_VALUE * abs(weight * error):
        function = f"where the squared error is {number(error)}: it is a function of it, such as its root or logarithm"
        return [wrong(f"{name} is {number(value)} {function}. Return the mean squared error itself.")]
    return [right(f"{name} is the squared error between G(E(x)) and x{factor}.")]


def _squared_error(call: Called, parts: list[Part]) -> float:
    """The mean over the reconstructions that are compared with their images."""
    compared = [(part.call.outputs.sigmoid(), part.error.targets) for part in parts if part.error]
    made, targets = (torch.cat(tensors) for tensors in zip(*compared, strict=True))  # (rows, pixels), (rows,)
    return float((made - call.given("x_real").double()[targets.long()]).square().mean())


def _look_at_weight(name: str, calls: list[Called]) -> list[Said]:
    """Whether the reconstruction error counts `weight` times, in the loss of a conditional G."""
    calls = [call for call in calls if call.batch > 1][:2]
    ratios = [weight_ratio(call.parts("discriminator"), call.parts("generator")) for call in calls]
    wanted = calls[0].probe.data["weight"]
    if any(ratio is None for ratio in ratios):
        return []
    if all(abs(ratio / wanted - 1) > TOLERANCE for ratio in ratios if ratio is not None):
        seen_as = f"{ratios[0]:.3g} times as much as the other term, for a `weight` of {wanted:g}"
        return [wrong(f"{name} weighs the reconstruction error {seen_as}. Multiply it by `weight`, and nothing else.")]
    return [right(f"{name} weighs the reconstruction error by `weight`.")]
