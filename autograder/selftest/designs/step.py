"""Writes the training step of a design: which loss is gone backward from when, and what is applied and returned.

Beside the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this is the part of
`autograder.selftest.designs.source` where the order of things matters.
"""

from textwrap import indent

from autograder.selftest.designs.source import (
    OF_NETWORKS,
    Parts,
    arguments,
    conditional,
    discriminator_terms,
    generator_terms,
    keys,
    networks,
    reconstruction_terms,
)

_LETTERS = {"discriminator": "d", "generator": "g", "autoencoder": "a"}


def write_step(parts: Parts) -> list[str]:
    """The lines of the body of `train_step`; `{W}` stands for the weight of the reconstruction error."""
    latent = [f"z = {parts['latents'].code}"]
    drawn = [*latent, "h_wrong = draw_wrong_labels(h, model.number_of_classes)"] if conditional(parts) else latent
    lines = ['STATE["steps"] += 1']
    if parts["returns"].name == "collected":
        lines.append("losses = {}")
    lines += drawn
    for block in parts["order"].name.split():
        if block == "d":
            lines += _discriminator_block(parts, drawn)
        elif block == "a":
            lines += _reconstruction_block(parts)
        else:
            lines += latent if parts["reuse of z"].name == "fresh" else []
            repeated = _generator_block(parts, joint=block == "ga")
            if parts["schedule"].name == "two steps of G":
                repeated = ["for _ in range(2):", *_inside([*latent, *repeated])]
            lines += repeated
    if parts["rates"].code:
        lines += ["for optimizer in optimizers.values():", "    optimizer.schedule.step()"]
    if parts["averages"].name == "of G":
        lines.append("update_average(model)")
    return lines + _report(parts)


def _inside(lines: list[str]) -> list[str]:
    return indent("\n".join(lines), "    ").splitlines()


def _optimizers_of(parts: Parts, loss: str) -> list[str]:
    """The optimizers that apply a loss, as Python."""
    key = {held: f"optimizers[{name}]" for held, name in zip(networks(parts), keys(parts), strict=True)}
    held = dict(zip(("discriminator", "generator", "autoencoder"), parts["layout"].code.split("|"), strict=True))
    if loss == "both":
        return list(dict.fromkeys([key[held["generator"]], key[held["autoencoder"]]]))
    # the reconstruction error moves E and G, so with one optimizer for each network two of them step
    return [key["E"], key["G"]] if loss == "autoencoder" and held[loss] == "E" else [key[held[loss]]]


def _zero(parts: Parts, opts: list[str]) -> list[str]:
    if parts["zeroing"].name == "whole model":
        return ["model.zero_grad()"]
    return [f"{opt}.zero_grad({parts['zeroing'].code})" for opt in opts]


def _apply(parts: Parts, opts: list[str], held: str) -> list[str]:
    clip = [parts["clipping"].code.format(OF_NETWORKS[held])] if parts["clipping"].code else []
    return [*clip, *(f"{opt}.step()" for opt in opts)]


def _backward(parts: Parts, loss: str, held: str) -> list[str]:
    match parts["backward"].name:
        case "list":
            return [f"torch.autograd.backward([{loss}])"]
        case "by hand":
            own = OF_NETWORKS[held] if held.startswith("E") else f"list({OF_NETWORKS[held]})"
            return [
                f"own = {own}",
                f"for weight_, gradient in zip(own, torch.autograd.grad({loss}, own)):",
                "    weight_.grad = gradient",
            ]
    return [f"{loss}.backward()"]


def _learn(parts: Parts, loss: str, compute: list[str], opts: list[str], held: str) -> list[str]:
    """Compute a loss, zero, go backward, step."""
    zero = _zero(parts, opts)
    before = [*zero, *compute] if parts["zeroing"].name == "own, before the loss" else [*compute, *zero]
    return [*before, *_backward(parts, loss, held), *_apply(parts, opts, held)]


def _discriminator_block(parts: Parts, drawn: list[str]) -> list[str]:
    opts = _optimizers_of(parts, "discriminator")
    inline = parts["calls"].name == "inline"
    before, terms, sum_of = discriminator_terms(parts)
    called = [f"loss_d = discriminator_loss({arguments(parts, 'discriminator')})"]
    compute = [*before, f"loss_d = {sum_of.format(*terms)}"] if inline else called
    apply = _apply(parts, opts, "D")
    if parts["backward"].name == "accumulated":
        given = arguments(parts, "discriminator").split(", ")[1:]
        block = [
            *_zero(parts, opts),
            "loss_d = 0.0",
            f"for some in zip({', '.join(f'{name}.chunk(2)' for name in given)}):",
            "    part = discriminator_loss(model, *some) * (len(some[0]) / len(x_real))",
            "    part.backward()",
            "    loss_d = loss_d + part.detach()",
            *apply,
        ]
    elif parts["backward"].name == "in two parts":
        block = [*before, *_zero(parts, opts)]
        for name, term in zip(("loss_real", "loss_fake"), terms, strict=True):
            block += [f"{name} = {term}", f"{name}.backward()"]
        block += ["loss_d = loss_real + loss_fake", *apply]
    else:
        block = _learn(parts, "loss_d", compute, opts, "D")
    match parts["schedule"].name:
        case "two steps of D":
            return ["for _ in range(2):", *_inside([*drawn, *block])]
        case "three steps of D, same z":
            return ["for _ in range(3):", *_inside(block)]
        case "D every second call":
            resting = [
                "else:",
                "    with torch.no_grad():",
                *_inside(_inside(called)),
            ]
            return ['if STATE["steps"] % 2:', *_inside(block), *resting]
        case "D unless it wins":
            return [*called, "if loss_d.item() > 0.3:", *_inside(block)]
    return block


def _generator_block(parts: Parts, joint: bool) -> list[str]:
    opts = _optimizers_of(parts, "both" if joint else "generator")
    inline = parts["calls"].name == "inline"
    before, loss = generator_terms(parts, "{W}")
    called = f"loss_g = generator_loss({arguments(parts, 'generator', weight='{W}')})"
    compute = [*before, f"loss_g = {loss}"] if inline else [called]
    if joint:
        compute += [*_reconstruction(parts), "total = loss_g + {W} * loss_a"]
    block = _learn(parts, "total" if joint else "loss_g", compute, opts, "EG" if joint else "G")
    if parts["layout"].name == "one":
        freeze = "model.discriminator.requires_grad_({})"
        return [freeze.format(False), *block, freeze.format(True)]
    return block


def _reconstruction(parts: Parts) -> list[str]:
    before, loss = reconstruction_terms(parts)
    called = f"loss_a = autoencoder_loss({arguments(parts, 'autoencoder')})"
    return [*before, f"loss_a = {loss}"] if parts["calls"].name == "inline" else [called]


def _reconstruction_block(parts: Parts) -> list[str]:
    opts = _optimizers_of(parts, "autoencoder")
    if parts["layout"].name == "LBFGS":
        closure = [*_zero(parts, opts), *_reconstruction(parts), *_backward(parts, "loss_a", "EG"), "return loss_a"]
        return ["def closure():", *_inside(closure), f"loss_a = {opts[0]}.step(closure)"]
    compute = [*_reconstruction(parts), "weighted = {W} * loss_a"]
    return _learn(parts, "weighted", compute, opts, "EG")


def _report(parts: Parts) -> list[str]:
    values = {name: parts["report"].code.format(f"loss_{letter}") for name, letter in _LETTERS.items()}
    match parts["returns"].name:
        case "keywords":
            return [f"return dict({', '.join(f'{name}={value}' for name, value in values.items())})"]
        case "ordered":
            pairs = ", ".join(f'("{name}", {value})' for name, value in values.items())
            return [f'return OrderedDict([{pairs}, ("steps", STATE["steps"]), (0, None)])']
        case "comprehension":
            named = 'zip(("discriminator", "generator", "autoencoder"), (loss_d, loss_g, loss_a))'
            return [f"return {{name: {parts['report'].code.format('loss')} for name, loss in {named}}}"]
        case "collected":
            return [*(f'losses["{name}"] = {value}' for name, value in values.items()), "return losses"]
    return [f"return {{{', '.join(f'{name!r}: {value}' for name, value in values.items())}}}"]
