"""Wrong code for a training step and for the losses, that takes the place of what a right solution does there.

Beside the flow *course material -> submission -> trace -> verdict -> gradebook -> report* these are the mutants that
are more than another word in the source: the step calls a wrong loss where the loss functions stay right, a loss uses
a part of its data or is a monotone function of what it should be, and what is returned is something else.
`autograder.selftest.mutants` makes them; `helper` is code that it appends to the source.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

LOSSES = tuple(f"{name}_loss" for name in ("discriminator", "generator", "autoencoder"))
NO_STEP = ("configure_optimizers", "draw_wrong_labels", *LOSSES)
_DRAWS = ("randn", "randn_like", "normal", "normal_", "standard_normal", "sample")


@dataclass(frozen=True)
class Slip:
    """A node in place of another one, and code that it needs."""

    operator: str
    replacement: ast.AST
    helper: str


# Expressions over what D says of reals (p), of samples (q) and, in a conditional model, of wrong labels (w).
_OF_D = {
    "reals labelled half": "wrong_bce(p(x), 0.5) + {rest}",
    "reals labelled 0": "wrong_bce(p(x), 0.0) + {rest}",
    "samples labelled 1": "wrong_bce(p(x), 1.0) + {rest}".replace("{rest}", "{accepted}"),
    "least squares": "(p(x) - 1).pow(2).mean() + q(z).pow(2).mean(){squares}",
    "logits on probabilities": "wrong_bcl(p(x), 1.0) + wrong_bcl(q(z), 0.0){logits}",
    "first image only": "wrong_bce(p(x[:1]), 1.0) + {rest}",
    "half of the images": "wrong_bce(p(x[: len(x) // 2 or 1]), 1.0) + {rest}",
    "first z only": "wrong_bce(p(x), 1.0) + {few}",
    "label tensor never refilled": "wrong_refill(p(x)) + {rest}",
    "samples of the untrained G": "wrong_bce(p(x), 1.0) + {old}",
}
_OF_G = {
    "least squares": "(q(z) - 1).pow(2).mean()",
    "minus the mean score": "-q(z).mean()",
    "logits on probabilities": "wrong_bcl(q(z), 1.0)",
    "towards fake": "wrong_bce(q(z), 0.0)",
    "first z only": "wrong_bce(q(z[:1]), 1.0)",
    "half of z": "wrong_bce(q(z[: len(z) // 2 or 1]), 1.0)",
}
_OF_AE = {
    "first image only": "(r(x[:1]) - x[:1]).pow(2).mean()",
    "half of the images": "(r(x[: len(x) // 2 or 1]) - x[: len(x) // 2 or 1]).pow(2).mean()",
    "absolute error": "(r(x) - x).abs().mean()",
    "cosine": "1 - torch.cosine_similarity(r(x), x).mean()",
    "foreground only": "((r(x) - x).pow(2) * (x > 0.2)).mean()",
}
_D_TERMS = {
    False: {
        "rest": "wrong_bce(q(z), 0.0)",
        "accepted": "wrong_bce(q(z), 1.0)",
        "squares": "",
        "logits": "",
        "few": "wrong_bce(q(z[:1]), 0.0)",
        "old": "wrong_bce(model.discriminator(wrong_old(model)(z).detach()), 0.0)",
    },
    True: {
        "rest": "0.5 * (wrong_bce(w(x), 0.0) + wrong_bce(q(z), 0.0))",
        "accepted": "0.5 * (wrong_bce(w(x), 0.0) + wrong_bce(q(z), 1.0))",
        "squares": " + w(x).pow(2).mean()",
        "logits": " + wrong_bcl(w(x), 0.0)",
        "few": "0.5 * (wrong_bce(w(x), 0.0) + wrong_bce(q(z[:1]), 0.0))",
        "old": "0.5 * (wrong_bce(w(x), 0.0) + wrong_bce(model.discriminator(wrong_old(model)(z, h).detach(), h), 0.0))",
    },
}
_TOOLS = """

def wrong_bce(p, label):
    import torch
    return torch.nn.functional.binary_cross_entropy(p, torch.full_like(p, label))


def wrong_bcl(p, label):
    import torch
    return torch.nn.functional.binary_cross_entropy_with_logits(p, torch.full_like(p, label))


WRONG_KEPT = {}


def wrong_refill(p):
    import torch
    label = WRONG_KEPT.setdefault(p.shape, torch.ones_like(p))
    loss = torch.nn.functional.binary_cross_entropy(p, label.clone())
    label.fill_(0)
    return loss


def wrong_old(model):
    import copy, weakref
    first = WRONG_KEPT.setdefault("untrained", weakref.WeakKeyDictionary())
    return first.setdefault(model, copy.deepcopy(model.generator))
"""
# Monotone functions, whose gradient points as that of the right loss does.
_MONOTONE = {
    "logarithm of the loss": "10 * ({}).log10()",
    "square of the loss": "({}) ** 2",
    "root of the loss": "({}).sqrt()",
}
_PARTS = {"first only": "{0} = {0}[:1]", "first half": "{0} = {0}[: len({0}) // 2 or 1]"}
_NOISE = {
    "one number for all dimensions": "return z[:, :1] + 0 * z",
    "halves of the batch equal": "h = len(z) // 2\n    z[h : 2 * h] = z[:h]\n    return z",
    "two draws alternating": (
        "kept = WRONG_NOISE.setdefault(tuple(z.shape), [])\n"
        "    kept.append(z if len(kept) < 2 else kept[-2])\n    return kept[-1]"
    ),
}
_RETURNED = {
    "accuracy returned": "(model.discriminator({x}) > 0.5).float().mean()",
    "mean score returned": "model.discriminator({x}).mean()",
    "moving average returned": "wrong_average({key!r}, {value})",
    "loss of another returned": "{other}",
    "total returned": "({value}) + ({other})",
}
_SMOOTHED = """

WRONG_AVERAGE = {}


def wrong_average(key, value):
    WRONG_AVERAGE[key] = 0.9 * WRONG_AVERAGE.get(key, float(value)) + 0.1 * float(value)
    return WRONG_AVERAGE[key]
"""


def slips(node: ast.AST, function: str, conditional: bool) -> Iterator[Slip]:
    """What may stand in place of a node of a right solution; `function` is the outermost one that it is in."""
    if isinstance(node, ast.Name) and node.id in LOSSES and isinstance(node.ctx, ast.Load):
        if function and function not in LOSSES:
            yield from _wrong_losses(node.id, conditional)
    elif isinstance(node, ast.FunctionDef) and node.name in LOSSES and function == node.name:
        yield from _parts_of_data(node)
    elif isinstance(node, ast.Return) and function in LOSSES and node.value is not None:
        for operator, form in _MONOTONE.items():
            yield Slip(operator, ast.Return(_expression(form.format(ast.unparse(node.value)))), "")
    elif isinstance(node, ast.Call) and function not in ("", *NO_STEP):
        yield from _bad_noise(node)
    elif isinstance(node, ast.Return) and isinstance(node.value, ast.Dict) and function not in NO_STEP:
        yield from _other_returns(node.value, conditional)


def is_conditional(tree: ast.AST) -> bool:
    """Whether the solution's loss functions are given labels."""
    losses = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name in LOSSES)
    return any(argument.arg == "h" for node in losses for argument in node.args.args)


def _expression(code: str) -> ast.expr:
    return ast.parse(code, mode="eval").body


def _wrong_losses(loss: str, conditional: bool) -> Iterator[Slip]:
    h = ", h" if conditional else ""
    named = {"discriminator_loss": _OF_D, "generator_loss": _OF_G, "autoencoder_loss": _OF_AE}[loss]
    if conditional and loss == "discriminator_loss":
        named = {**named, "terms without halves": "wrong_bce(p(x), 1.0) + wrong_bce(w(x), 0.0) + wrong_bce(q(z), 0.0)"}
    arguments = {
        "discriminator_loss": f"model, x_real{', h, h_wrong' if conditional else ''}, z",
        "generator_loss": "model, x_real, h, z, weight" if conditional else "model, z",
        "autoencoder_loss": f"model, x_real{h}",
    }[loss]
    some = ("[: len(x)]", "[: len(z)]") if conditional else ("", "")
    of_x, of_z = (f", h{part}" if conditional else "" for part in some)
    detached = ".detach()" if loss == "discriminator_loss" else ""
    before = [
        f"p = lambda x: model.discriminator(x{of_x})",
        f"q = lambda z: model.discriminator(model.generator(z{of_z}){detached}{of_z})",
        f"r = lambda x: model.generator(model.encoder(x{of_x}){of_x})",
    ]
    before += ["w = lambda x: model.discriminator(x, h_wrong)"] if loss == "discriminator_loss" and conditional else []
    before += ["x = x_real"] if "x_real" in arguments else []
    for operator, form in named.items():
        value = form.format(**_D_TERMS[conditional])
        if conditional and loss == "generator_loss":
            value += " + weight * (r(x) - x).pow(2).mean()"
        lines = "\n    ".join(["import torch", *before, f"return {value}"])
        helper = f"{_TOOLS}\n\ndef wrong_loss({arguments}):\n    {lines}\n"
        yield Slip(f"step: {operator}", ast.Name("wrong_loss", ast.Load()), helper)


def _parts_of_data(node: ast.FunctionDef) -> Iterator[Slip]:
    given = {argument.arg for argument in node.args.args}
    if "h" in given:
        return  # a part of the images with all of the labels stops with an error
    for name in ("x_real", "z"):
        if name in given:
            for part, code in _PARTS.items():
                docstring = node.body[:1] if ast.get_docstring(node) else []
                body = [*docstring, *ast.parse(code.format(name)).body, *node.body[len(docstring) :]]
                changed = ast.FunctionDef(node.name, node.args, body, node.decorator_list, lineno=node.lineno)
                yield Slip(f"{part} of {name}", changed, "")


def _bad_noise(node: ast.Call) -> Iterator[Slip]:
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if called in _DRAWS:
        for operator, body in _NOISE.items():
            wrapped = ast.Call(ast.Name("wrong_noise", ast.Load()), [node], [])
            yield Slip(f"noise: {operator}", wrapped, f"\n\nWRONG_NOISE = {{}}\n\n\ndef wrong_noise(z):\n    {body}\n")


def _other_returns(node: ast.Dict, conditional: bool) -> Iterator[Slip]:
    keys = [key.value if isinstance(key, ast.Constant) else None for key in node.keys]
    for position, key in enumerate(keys):
        if key in ("discriminator", "generator"):
            other = node.values[(position + 1) % len(keys)]
            for operator, form in _RETURNED.items():
                code = form.format(
                    x="x_real, h" if conditional else "x_real",
                    key=key,
                    value=ast.unparse(node.values[position]),
                    other=ast.unparse(other),
                )
                values = [_expression(code) if i == position else value for i, value in enumerate(node.values)]
                yield Slip(operator, ast.Return(ast.Dict(node.keys, values)), _SMOOTHED)
