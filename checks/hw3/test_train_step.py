"""Hidden checks of TODO 4: one training step, against a step whose every weight can be computed.

The encoder of these plans says log_var = -30 whatever the image, so z is its mean but for 3e-7, and what a step does is
known exactly, without knowing which noise was drawn. A divergence may keep log_var above some bound that is out of the
way, for example with `clamp(min=-10)`, or by adding 1e-8 to the variance; the step that follows it is as right.
"""

import copy
import math
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from autograder.plans import Ask, Handle, Result, expect, fail, given, plan, slip
from checks.hw3.test_bound import WIDEST
from course_utils.binary_vae import VAE, Decoder
from course_utils.variational import VariationalEncoder

State = dict[str, Tensor]
PIXELS, LATENT = 12, 2
SHARP = -30.0
NO_FLOOR = -math.inf
ROUNDING = 0.01  # of a bound that is read from what a step reports
LR, BETA = 0.05, 3.0
STEP_TOLERANCE = 2e-3  # of the largest change; float32 weights of size 1 that change by 0.01 are exact to 1e-5
BETA_IGNORED = slip("beta-ignored", "The step does not use its argument beta.")
NO_DIVERGENCE = slip("divergence-left-out", "The step minimizes the reconstruction alone.")
UPHILL = slip("uphill", "The step goes uphill. Minimize the negative bound.")
SUM_OF_IMAGES = slip("sum-over-images", "The loss is summed over the images. Take their mean.")
NOT_CHANGED = slip("weights-stay", "No weight has changed. Is there a backward() and an optimizer.step()?")
NOT_CLEARED = slip("gradients-not-cleared", "The gradient of the step before is added. Set gradients to zero first.")
DECODER_ONLY = slip("encoder-stays", "Only the decoder has learned. Is something detached on the way to the encoder?")
TWICE = slip("two-steps", "This is what two steps do. Take one for each call.")
NO_RECONSTRUCTION = slip("reconstruction-left-out", "The step minimizes the divergence alone.")


def weights(ask: Ask, log_var: float) -> tuple[State, State]:
    encoder = {"net.0.weight": ask.randn(2 * LATENT, PIXELS), "net.0.bias": ask.randn(2 * LATENT)}
    encoder["net.0.weight"][LATENT:], encoder["net.0.bias"][LATENT:] = 0.0, log_var
    return encoder, {"net.0.weight": ask.randn(PIXELS, LATENT), "net.0.bias": ask.randn(PIXELS)}


def model_of(ask: Ask, encoder: State, decoder: State) -> Handle:
    one = ask.module(given("course_utils.variational:VariationalEncoder"), 0, PIXELS, 1, LATENT, weights=encoder)
    two = ask.module(given("course_utils.binary_vae:Decoder"), 0, LATENT, 1, PIXELS, weights=decoder)
    return ask.module(given("course_utils.binary_vae:VAE"), one, two, LATENT)


@plan("check_train_step", public=True)
def steps(ask: Ask) -> Any:
    encoder, decoder = weights(ask, SHARP)
    model = model_of(ask, encoder, decoder)
    optimizer = ask.optimizer("SGD", model, lr=LR)
    states, returned, images = [ask.state(model)], [], []
    for n in (6, 4):
        images.append((ask.rand(n, PIXELS) > 0.5).float())
        returned.append(ask.call("train_step", model, images[-1], optimizer, BETA))
        states.append(ask.state(model))
    return encoder, decoder, images, returned, states


@plan("check_train_step", public=True)
def noisy_steps(ask: Ask) -> Any:
    model = model_of(ask, *weights(ask, 0.0))
    optimizer = ask.optimizer("SGD", model, lr=0.0)
    x = (ask.rand(6, PIXELS) > 0.5).float()
    return [ask.call("train_step", model, x, optimizer) for _ in range(2)]


def right_model(encoder: State, decoder: State) -> VAE:
    model = VAE(VariationalEncoder(0, PIXELS, 1, LATENT), Decoder(0, LATENT, 1, PIXELS), LATENT)
    model.encoder.load_state_dict(encoder)
    model.decoder.load_state_dict(decoder)
    return model


def floor_of(model: VAE, x: Tensor, returned: Result) -> float:
    """The bound below which a divergence does not follow log_var, from the one that a step returned."""
    got = returned.value if returned.worked else None
    told = got.get("divergence") if isinstance(got, dict) else None
    if not isinstance(told, float | Tensor) or torch.as_tensor(told).numel() != 1:
        return NO_FLOOR
    with torch.no_grad():
        mean, log_var = model.encoder(x)
        rest = (mean.square() + log_var.exp() - 1).sum()
        floor = float(rest - 2 * len(x) * float(told)) / log_var.numel()
    return floor if SHARP + ROUNDING < floor < -WIDEST + ROUNDING else NO_FLOOR


def terms(model: VAE, x: Tensor, floor: float = NO_FLOOR) -> tuple[Tensor, Tensor]:
    """Both terms of the bound where z is the mean: mean over images, in nats."""
    mean, log_var = model.encoder(x)
    log_var = log_var.clamp(min=floor)
    reconstruction = F.binary_cross_entropy_with_logits(model.decoder(mean), x, reduction="sum") / len(x)
    return reconstruction, (mean.square() + log_var.exp() - 1 - log_var).sum() / (2 * len(x))


def gradients(model: VAE, x: Tensor, floor: float, reconstructing: float = 1.0, beta: float = BETA) -> State:
    reconstruction, price = terms(model, x, floor)
    found = torch.autograd.grad(reconstructing * reconstruction + beta * price, [*model.parameters()])
    return dict(zip(dict(model.named_parameters()), found, strict=True))


def moved(model: VAE, *directions: State, lr: float = LR) -> State:
    """The weights after a step along these gradients."""
    return {name: p.detach() - lr * sum(d[name] for d in directions) for name, p in model.named_parameters()}


@pytest.mark.check(cell="check_train_step", points=0.5)
def test_step_reports_both_terms(steps: Any) -> None:
    """A step returns both terms of the bound in nats, as they were before it, and leaves the images alone."""
    encoder, decoder, images, returned, _ = steps
    model = right_model(encoder, decoder)
    hint = 'Return {"reconstruction": ..., "divergence": ...}, each the mean over the images, without beta.'
    floor = floor_of(model, images[0], returned[0])
    with torch.no_grad():
        reconstruction, price = (float(term) for term in terms(model, images[0], floor))
    n, got = len(images[0]), returned[0]
    expect(got).leaves_arguments_alone()
    slips = {
        slip("wrong-sign", "The sign is wrong: it is minus the log-likelihood."): -reconstruction,
        slip("mean-over-pixels", "This is the mean over the pixels, not their sum."): reconstruction / PIXELS,
        SUM_OF_IMAGES: n * reconstruction,
        slip("terms-exchanged", "The two terms have changed places."): price,
        slip("loss-for-term", "This is the whole loss. Report the two terms."): reconstruction + BETA * price,
    }
    expect(got["reconstruction"], "the reconstruction").close(reconstruction, slips, hint=hint, tolerance=1e-3)
    slips = {
        slip("beta-in-the-report", "This holds the factor beta. Report the divergence itself."): BETA * price,
        slip("wrong-sign", "The sign is wrong: a divergence is never negative."): -price,
        slip("mean-over-dimensions", "This is the mean over the dimensions, not their sum."): price / LATENT,
        SUM_OF_IMAGES: n * price,
        slip("loss-for-term", "This is the whole loss. Report the two terms."): reconstruction + BETA * price,
    }
    expect(got["divergence"], "the divergence").close(price, slips, hint=hint, tolerance=1e-3)


@pytest.mark.check(cell="check_train_step", points=0.5)
def test_step_follows_the_gradient_of_the_bound(steps: Any, noisy_steps: Any) -> None:
    """A step moves encoder and decoder along the gradient of the negative bound, with fresh noise in z."""
    encoder, decoder, images, returned, states = steps
    model = right_model(encoder, decoder)
    floor = floor_of(model, images[0], returned[0])
    first = gradients(model, images[0], floor)
    hint = "Compute the loss with beta, set gradients to zero, go backward, and let the optimizer step once."
    after = copy.deepcopy(model)
    after.load_state_dict(moved(model, first))
    slips = {
        NOT_CHANGED: moved(model, lr=0.0),
        BETA_IGNORED: moved(model, gradients(model, images[0], floor, beta=1.0)),
        NO_DIVERGENCE: moved(model, gradients(model, images[0], floor, beta=0.0)),
        NO_RECONSTRUCTION: moved(model, gradients(model, images[0], floor, 0.0)),
        UPHILL: moved(model, first, lr=-LR),
        SUM_OF_IMAGES: moved(model, first, lr=LR * len(images[0])),
        DECODER_ONLY: {n: v if n.startswith("g") else encoder[n[8:]] for n, v in moved(model, first).items()},
        TWICE: moved(after, gradients(after, images[0], floor)),
    }
    called = "the model"
    expect(states[1], called).close(moved(model, first), slips, hint, STEP_TOLERANCE, "wrong-step", since=states[0])
    second = gradients(after, images[1], floor)
    slips = {NOT_CLEARED: moved(after, first, second), NOT_CHANGED: moved(after, lr=0.0)}
    expect(states[2], called).close(moved(after, second), slips, hint, STEP_TOLERANCE, "wrong-step", since=states[1])
    one, two = (got["reconstruction"].number() for got in noisy_steps)
    if one == two:
        told = f"the reconstruction of two steps on the same weights and images is the same, {one:.6g}"
        fail(f"{told}: z holds no noise.", "Draw z with your function reparameterize.", mistake="no-noise")
