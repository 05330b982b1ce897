"""Writes a design down as the Python that a student might hand in: losses, optimizers, helpers and the class around.

Beside the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this turns chosen parts into
a solution file; `autograder.selftest.designs.step` writes the training step. `Parts` says by axis what was chosen.
"""

from textwrap import indent

from autograder.selftest.designs.loss_parts import Part

Parts = dict[str, Part]
# What stands at the top of a design, each line only where its name is used.
IMPORTS = (
    ("copy.", "import copy"),
    ("WeakKeyDictionary", "from weakref import WeakKeyDictionary"),
    ("OrderedDict", "from collections import OrderedDict"),
    ("dataclass", "from dataclasses import dataclass"),
    ("np.", "import numpy as np"),
    ("torch.", "import torch"),
    ("F.", "import torch.nn.functional as F"),
    ("nn.BCE", "from torch import nn"),
    ("ExponentialLR", "from torch.optim.lr_scheduler import ExponentialLR"),
    ("LambdaLR", "from torch.optim.lr_scheduler import LambdaLR"),
    ("LinearLR", "from torch.optim.lr_scheduler import LinearLR"),
    ("CosineAnnealingLR", "from torch.optim.lr_scheduler import CosineAnnealingLR"),
)
AVERAGE = """\
AVERAGES = WeakKeyDictionary()


def update_average(model):
    if model not in AVERAGES:
        AVERAGES[model] = copy.deepcopy(model.generator).requires_grad_(False)
    with torch.no_grad():
        for kept, weight in zip(AVERAGES[model].parameters(), model.generator.parameters()):
            kept.lerp_(weight, 0.01)"""
OF_NETWORKS = {
    "D": "model.discriminator.parameters()",
    "G": "model.generator.parameters()",
    "E": "model.encoder.parameters()",
    "EG": "[*model.encoder.parameters(), *model.generator.parameters()]",
    "ALL": "model.parameters()",
}


def cross_entropy(parts: Parts, scores: str, labels: str, label: int = 0) -> str:
    """The cross-entropy of the images that were judged as `scores`, a name; their logits have the name with an s.

    The form that has no place for labels takes `label`.
    """
    sign = "-" if label and parts["cross-entropy"].name == "softplus" else ""
    return parts["cross-entropy"].code.format(p=scores, y=labels, s=f"{sign}{scores}_s")


def conditional(parts: Parts) -> bool:
    """Whether the images have labels, which the networks are given."""
    return parts["wrong labels"].code != ""


def labelled(parts: Parts, rows: str, label: str = "h") -> str:
    """The arguments of a network: rows and, where there are labels, theirs."""
    return f"{rows}, {label}" if conditional(parts) else rows


def judge(parts: Parts, name: str, images: str, label: str = "h") -> list[str]:
    """Lines that have D judge images: probabilities under that name, and logits where they are used."""
    if parts["cross-entropy"].name == "logits from layers":
        return [f"{name}_s = model.discriminator.net[:-1]({images})", f"{name} = torch.sigmoid({name}_s)"]
    lines = [f"{name} = model.discriminator({labelled(parts, images, label)})"]
    return [*lines, f"{name}_s = torch.logit({name}, eps=1e-6)"] if parts["cross-entropy"].name == "softplus" else lines


def seen(parts: Parts, images: str) -> str:
    """The images as D sees them."""
    return images if parts["images"].name == "as they are" else f"changed({images})"


def discriminator_terms(parts: Parts) -> tuple[list[str], list[str], str]:
    """Lines before D's loss, its terms, and the loss with `{}` for each term."""
    fakes = f"model.generator({labelled(parts, 'z')})"
    lines = {
        "detached": [f"x_fake = {fakes}.detach()"],
        "not detached": [f"x_fake = {fakes}"],
        "no_grad": ["with torch.no_grad():", f"    x_fake = {fakes}"],
    }[parts["fakes"].name]
    real_label, fake_label = parts["labels"].code.split("|")
    if parts["batches"].name.startswith("one batch"):
        both = seen(parts, "torch.cat([x_real, x_fake])")
        labels = f"torch.cat([{real_label.format(p='on_real')}, {fake_label.format(p='on_fake')}])"
        lines += [*judge(parts, "scores", both), "on_real, on_fake = scores.chunk(2)", f"labels = {labels}"]
        twice = "2 * ({})" if parts["batches"].name == "one batch twice" else "{}"
        return lines, [cross_entropy(parts, "scores", "labels")], twice
    judged = {"real": ("x_real", "h", real_label), "fake": ("x_fake", "h", fake_label)}
    if conditional(parts):
        judged["wrong"] = ("x_real", "h_wrong", fake_label)
    terms = []
    for name, (images, label, target) in judged.items():
        lines += judge(parts, f"p_{name}", seen(parts, images), label)
        target = target.format(p=f"p_{name}")
        if parts["labels"].name not in ("hard labels", "full"):  # some forms use it twice, but it is drawn once
            lines.append(f"y_{name} = {target}")
            target = f"y_{name}"
        terms.append(cross_entropy(parts, f"p_{name}", target, label=int(name == "real")))
    total = "{} + ({} + {}) / 2" if conditional(parts) else "{} + {}"
    return lines, terms, f"({total}) / 2" if parts["batches"].name == "halved" else total


def generator_terms(parts: Parts, weight: str) -> tuple[list[str], str]:
    """Lines before G's loss, and the loss: the adversarial one and, with labels, the weighted reconstruction error."""
    images = f"model.generator({labelled(parts, 'z')})"
    if parts["noise for G"].name == "same":
        images = seen(parts, images)
    form = parts["generator"]
    if form.code:
        lines = [f"q = model.discriminator({labelled(parts, images)})"]
        lines += ["q_s = torch.logit(q, eps=1e-6)"] if "{s}" in form.code else []
        loss = form.code.format(q="q", s="q_s")
    else:
        lines = judge(parts, "q", images)
        loss = cross_entropy(parts, "q", "torch.ones_like(q)", label=1)
    if conditional(parts):
        before, error = reconstruction_terms(parts)
        return lines + before, f"{loss} + {weight} * ({error})"
    return lines, loss


def reconstruction_terms(parts: Parts) -> tuple[list[str], str]:
    """Lines before the reconstruction error, and the error."""
    code = f"model.encoder({labelled(parts, 'x_real')})"
    error = parts["reconstruction"].code.format(r="x_rec", x="x_real")
    return [f"x_rec = model.generator({labelled(parts, code)})"], error


def arguments(parts: Parts, loss: str, weight: str = "weight") -> str:
    """What a loss function is given, by the notebook."""
    if not conditional(parts):
        return {"discriminator": "model, x_real, z", "generator": "model, z", "autoencoder": "model, x_real"}[loss]
    return {
        "discriminator": "model, x_real, h, h_wrong, z",
        "generator": f"model, x_real, h, z, {weight}",
        "autoencoder": "model, x_real, h",
    }[loss]


def losses(parts: Parts) -> str:
    """The loss functions of the notebook and, with labels, the function that draws wrong ones."""
    before, terms, sum_of = discriminator_terms(parts)
    bodies = {
        "discriminator": (before, sum_of.format(*terms)),
        "generator": generator_terms(parts, "weight"),
        "autoencoder": reconstruction_terms(parts),
    }
    functions = [
        _function(f"{loss}_loss({arguments(parts, loss)})", [*lines, f"return {value}"])
        for loss, (lines, value) in bodies.items()
    ]
    if conditional(parts):
        functions.insert(
            0, _function("draw_wrong_labels(h, number_of_classes)", parts["wrong labels"].code.splitlines())
        )
    return "\n\n\n".join(functions)


def networks(parts: Parts) -> list[str]:
    """Which networks each optimizer holds, one entry for each optimizer."""
    return list(dict.fromkeys(parts["layout"].code.split("|")))


def keys(parts: Parts) -> list[str]:
    """The key of each optimizer, as Python."""
    return parts["keys"].code.split("|")[: len(networks(parts))]


def optimizers(parts: Parts) -> str:
    """The function of TODO 1."""
    lines = []
    for name, held in zip("abc", networks(parts), strict=False):
        rule = parts["optimizer of D" if held in ("D", "ALL") else "optimizer of G"].code
        if held == "LBFGS":
            held, rule = "EG", "torch.optim.LBFGS({}, lr=lr, max_iter=2)"
        lines.append(f"{name} = {rule.format(OF_NETWORKS[held])}")
    names = ["a", "b", "c"][: len(lines)]
    if parts["rates"].code:
        lines.append(f"for optimizer in ({', '.join(names)},):")
        lines.append(f"    optimizer.schedule = {parts['rates'].code.format('optimizer')}")
    pairs = ", ".join(f"{key}: {name}" for key, name in zip(keys(parts), names, strict=True))
    return _function("configure_optimizers(model, lr)", [*lines, f"return {{{pairs}}}"])


def helpers(parts: Parts) -> list[str]:
    """What the functions use beside each other."""
    blocks = []
    if "mse(" in parts["reconstruction"].code or "bce(" in parts["cross-entropy"].code:
        blocks.append("bce, mse = nn.BCELoss(), nn.MSELoss()")
    if parts["latents"].name == "NumPy":
        blocks.append("RNG = np.random.default_rng(0)")
    blocks.append('STATE = {"steps": 0}')
    if parts["images"].code:
        blocks.append(f"def changed(x):\n    {parts['images'].code}")
    if parts["averages"].name == "of G":
        blocks.append(AVERAGE)
    return blocks


def wrap(parts: Parts, body: list[str]) -> str:
    """The training step in the style of the design; `{W}` in its body is the weight of the reconstruction error."""
    weight = parts["weight"].code
    signature = "model, x_real, h, optimizers" if conditional(parts) else "model, x_real, optimizers"

    def step(name: str, first: str, expression: str) -> str:
        return _function(f"{name}({first}{signature})", [line.replace("{W}", expression) for line in body])

    match parts["style"].name:
        case "trainer":
            method = indent(step("__call__", "self, ", "self.weight"), "    ")
            return (
                f"class Trainer:\n    def __init__(self, weight):\n        self.weight = weight\n\n{method}\n\n\n"
                f"train_step = Trainer(weight={weight})"
            )
        case "closure":
            inner = indent(step("step", "", "weight"), "    ")
            return f"def make_step(weight):\n{inner}\n\n    return step\n\n\ntrain_step = make_step({weight})"
        case "dataclass":
            config = (
                f"@dataclass(frozen=True)\nclass Config:\n    weight: float = {weight}\n    name: str | None = None"
            )
            return f"{config}\n\n\nCONFIG = Config()\n\n\n{step('train_step', '', 'CONFIG.weight')}"
    return step("train_step", "", weight)


def solution(parts: Parts, title: str, step: list[str]) -> str:
    """The whole file."""
    blocks = [*helpers(parts), optimizers(parts), losses(parts), wrap(parts, step)]
    body = "\n\n\n".join(blocks)
    future = "from __future__ import annotations\n" if parts["style"].name == "dataclass" else ""
    imports = [line for name, line in IMPORTS if name in body]
    return f'"""Right: {title}."""\n{future}' + "\n".join(imports) + f"\n\n{body}\n"


def _function(signature: str, lines: list[str]) -> str:
    return f"def {signature}:\n" + indent("\n".join(lines), "    ")
