"""Hidden checks of TODO 1 and 2: the encoder with its two outputs, and a draw from the distribution that it tells."""

from typing import Any

import pytest
import torch

from autograder.plans import Ask, expect, fail, plan, slip

ENCODERS = ((64, (20, 16, 5)), (3, (7, 9, 4)))  # (images, (input, hidden, latent size))
SCALE = 20.0  # of inputs at which a mean that is squeezed into [-1, 1] shows
DRAWS = 3000
VARIANCE = slip("variance-for-deviation", "This takes sigma = exp(log_var), but that is the variance: halve log_var.")
SIGN_OF_LOG = slip("sign-of-log-var", "Here sigma is exp(-log_var / 2). Check the sign.")
LOGARITHM = slip("logarithm-for-deviation", "Here the logarithm itself multiplies the noise. exp(log_var / 2) should.")
NOT_SCALED = slip("noise-not-scaled", "The noise has deviation 1 everywhere. Multiply it with sigma.")
EXCHANGED = slip("mean-and-noise-exchanged", "Mean and noise have changed places: z = mean + sigma * epsilon.")
FOURTH_ROOT = slip("log-var-quartered", "Here sigma is exp(log_var / 4): halve log_var once only.")


@plan("check_encoder", public=True)
def encoders(ask: Ask) -> Any:
    runs = []
    for n, sizes in ENCODERS:
        x, seed = ask.randn(n, sizes[0]), ask.draw()
        encoder, other = (ask.module("Encoder", *sizes, weights=seed) for _ in range(2))
        for one in (encoder, other):
            ask.call(one.part("eval"))
        returned = ask.call(encoder, x)
        weights = {"its weights": encoder}
        more = [ask.call(encoder, value) for value in (SCALE * x, -x, 0 * x, x[:2])]
        gradients = [ask.gradient(returned[part], weights) for part in range(2)]
        runs.append((n, sizes[2], returned, ask.call(encoder, x), ask.call(other, x), more, gradients))
    return runs


@plan("check_reparameterize", public=True)
def samples(ask: Ask) -> Any:
    runs = []
    for n, size, spread in ((20, 3, 0.0), (DRAWS, 3, 1.5), (1, 4, 1.5)):  # noise that is shared shows if sigma is
        mean, log_var = 2 * ask.randn(n, size), spread * ask.randn(n, size) - 0.5
        live = [ask.value(mean, requires_grad=True), ask.value(log_var, requires_grad=True)]
        z, again = (ask.call("reparameterize", *live) for _ in range(2))
        runs.append((mean, log_var, z, again, ask.gradient(z, {"mean": live[0], "log_var": live[1]})))
    return runs


@pytest.mark.check(cell="check_encoder", points=1)
def test_encoder_gives_mean_and_log_var(encoders: Any) -> None:
    """The encoder gives two outputs of its own, as wide as z, that may take any value."""
    hint = "Return the pair mean, log_var: one row for each image, latent_size wide."
    parts = ("the mean", "the log_var")
    for n, latent_size, returned, *_ in encoders:
        for number, part in enumerate(parts):
            expect(returned[number], part).has_shape(n, latent_size, hint=hint)
    for n, latent_size, returned, _, _, more, _ in encoders:
        mean, log_var = (returned[number].tensor(n, latent_size) for number in range(2))
        if torch.allclose(mean, log_var):
            told = "the mean and the log_var are the same numbers, expected two outputs with weights of their own."
            fail(told, "Give each of them a linear layer of its own.", mistake="one-head-for-both")
        if n * latent_size < 100:
            continue  # too few numbers to say anything of their range
        for part, value in zip(parts, (mean, log_var), strict=True):
            if not (value < 0).any() or not (value > 0).any():
                told = f"{part} has the same sign in all {value.numel()} numbers, expected both signs"
                hint = "Leave out the ReLU, softplus or exp after the last layer."
                fail(f"{told}: its last layer is linear.", hint, mistake="head-of-one-sign")
        for part, value in zip(parts, more[0], strict=False):
            if value.tensor(n, latent_size).abs().max() <= 1:
                told = f"{part} stays between -1 and 1 even for large inputs, expected that it may take any value."
                fail(told, "Leave out the tanh or sigmoid after the last layer.", mistake="head-squeezed")


@pytest.mark.check(cell="check_encoder", points=0.5, needs=["encoder_gives_mean_and_log_var"])
def test_encoder_is_a_network_with_a_hidden_layer(encoders: Any) -> None:
    """The encoder is a nonlinear network, whose weights belong to it and are trained."""
    for _, _, returned, again, _, _, gradients in encoders:
        for part in range(2):
            hint = "Make the layers in __init__, and draw nothing in forward: drawing z is the next task."
            expect(returned[part]).same_as(again[part], hint=hint)
        for gradient in gradients:
            expect(gradient).reaches(hint="Is something detached, or under torch.no_grad()?")
    for n, latent_size, returned, _, other, more, _ in encoders:
        for part, called in enumerate(("mean", "log_var")):
            value, elsewhere = returned[part].tensor(n, latent_size), other[part].tensor(n, latent_size)
            if not torch.allclose(value, elsewhere, atol=1e-4):
                told = f"two encoders with the same parameters give another {called}, expected the same"
                hint = "Keep layers as attributes, or in nn.Sequential or nn.ModuleList; a plain list hides them."
                fail(f"{told}: some layers are not among the parameters.", hint, mistake="layers-not-registered")
            alone = more[3][part].tensor(2, latent_size)
            if not torch.allclose(value[:2], alone, atol=1e-4):
                told = f"the {called} of an image depends on the other images, expected that it does not."
                fail(told, "Each row is an image by itself: work along dimension 1.", mistake="images-mixed")
            opposite, zero = more[1][part].tensor(n, latent_size), more[2][part].tensor(n, latent_size)
            if torch.allclose(value + opposite, 2 * zero, atol=1e-3):
                told = f"the {called} is a linear function of the image, expected a hidden layer with an activation."
                fail(told, "Put an activation, such as nn.ReLU(), between the layers.", mistake="no-activation")


@pytest.mark.check(cell="check_reparameterize", points=1)
def test_z_is_a_draw_from_q(samples: Any) -> None:
    """z is drawn anew from N(mean, diag(exp(log_var))) at each call, for each image and dimension."""
    for mean, log_var, z, again, _ in samples:
        expect(z).has_shape(*mean.shape, hint="One z for each image, as wide as mean.")
        expect(z).is_random(again, about=mean, hint="Draw epsilon in the function, with torch.randn_like(mean).")
        if len(mean) < DRAWS:
            continue
        sigma = (log_var / 2).exp()
        slips = {
            VARIANCE: (mean, log_var.exp()),
            SIGN_OF_LOG: (mean, 1 / sigma),
            LOGARITHM: (mean, log_var.abs()),
            NOT_SCALED: (mean, 1.0),
            EXCHANGED: (sigma, mean.abs()),
            FOURTH_ROOT: (mean, sigma.sqrt()),
        }
        expect(z).is_normal(mean, sigma, slips, hint="It should be mean + sigma * epsilon, with epsilon ~ N(0, 1).")


@pytest.mark.check(cell="check_reparameterize", points=0.5, needs=["z_is_a_draw_from_q"])
def test_gradient_passes_through_the_draw(samples: Any) -> None:
    """The gradient of z reaches mean and log_var, as that of mean + sigma * epsilon."""
    hint = "Is something detached, under torch.no_grad(), or drawn with .sample()? Use mean + sigma * epsilon."
    for _, _, _, _, gradient in samples:
        expect(gradient).reaches(hint=hint)
    for mean, _, z, _, gradient in samples:
        of_mean, of_log_var = (gradient.gradients[part][""] for part in ("mean", "log_var"))
        wanted = (z.tensor(*mean.shape) - mean) / 2  # the derivative of sigma * epsilon with regard to log_var
        if of_mean is None or not torch.allclose(of_mean, torch.ones_like(mean)):
            fail("the gradient of z with regard to mean is not 1.", hint, mistake="gradient-wrong")
        if of_log_var is None or not torch.allclose(of_log_var, wanted, rtol=1e-3, atol=1e-4):
            told = "the gradient of z with regard to log_var is not sigma * epsilon / 2, its derivative."
            fail(told, hint, mistake="gradient-wrong")
