"""The homework on a variational autoencoder: its model, its bound, and what its training is worth."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.distributions import Normal, kl_divergence

from autograder.checks.bounds import Quantity
from autograder.plans import draw_weights, expect, plan, slip

PIXELS, HIDDEN, LATENT = 16, 24, 3
BASIS = 2 * torch.randn(2, PIXELS, generator=torch.Generator().manual_seed(0))  # of the images
QUANTITIES = (Quantity("bound", "negative lower bound of new images, in nats", "log", ("high",)),)
ORDER = slip("mean-and-log-var-exchanged", "Mean and log_var have changed places: the mean comes first.", earned=0.5)
LOGITS = slip("logits-returned", "These are the logits. Images are in [0, 1]: end with a sigmoid.", earned=0.5)
KL_MEAN = slip("divergence-averaged", "The divergence is averaged over the dimensions. Take the sum over them.")
OF_PIXELS = slip("reconstruction-averaged", "The reconstruction is averaged over the pixels. Take the sum over them.")
SUMMED = slip("sum-over-images", "Both are summed over the images. Take the mean over them.", earned=0.5)
NO_DIVERGENCE = slip("divergence-left-out", "This is the reconstruction alone. Add the divergence.")
MINUS = slip("divergence-subtracted", "The divergence is subtracted. The negative bound is the sum of both.")


class Reference(nn.Module):
    def __init__(self, pixels, hidden, latent):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(pixels, hidden), nn.ReLU(), nn.Linear(hidden, 2 * latent))
        self.decoder = nn.Sequential(nn.Linear(latent, hidden), nn.ReLU(), nn.Linear(hidden, pixels))

    def encode(self, x):
        return self.encoder(x).chunk(2, dim=1)

    def decode(self, z):
        return self.decoder(z).sigmoid()


def parts_of_bound(x, p, mean, log_var):
    q = Normal(mean, (log_var / 2).exp())
    return F.binary_cross_entropy(p, x, reduction="none"), kl_divergence(q, Normal(0.0, 1.0))


def images(ask, n):
    return ask.rand(n, PIXELS).lt((ask.randn(n, 2) @ BASIS).sigmoid()).float()


@plan("check_model", public=True)
def models(ask):
    runs = []
    for sizes, n in (((10, 8, 2), 5), ((PIXELS, HIDDEN, LATENT), 1)):
        x, z, seed = ask.rand(n, sizes[0]), ask.randn(n, sizes[2]), ask.draw()
        model = ask.module("VAE", *sizes, weights=seed)
        runs.append((sizes, seed, x, z, ask.call(model.part("encode"), x), ask.call(model.part("decode"), z)))
    return runs


@plan("check_model")
def samples(ask):
    model, seed = ask.module("VAE", PIXELS, HIDDEN, LATENT, weights=7), ask.draw()
    x = ask.rand(1, PIXELS).repeat(2000, 1)
    ask.seed(seed)
    return x, [ask.call(model.part("sample"), x) for _ in range(2)]


@plan("check_bound", public=True)
def bounds_of(ask):
    runs = []
    for n, pixels, latent in ((4, 10, 2), (3, 6, 5)):
        given = ask.rand(n, pixels), ask.rand(n, pixels) * 0.9 + 0.05, ask.randn(n, latent), ask.randn(n, latent)
        runs.append((*given, ask.call("negative_bound", *given)))
    return runs


@plan("check_training", slow=True)
def training(ask):
    x = images(ask, 1000)
    ask.seed()
    model = ask.module("VAE", PIXELS, HIDDEN, LATENT)
    optimizer = ask.optimizer("Adam", model, lr=5e-3)
    returned = ask.call("train", model, ask.loader(x, batch_size=50), optimizer, 8, seconds=30)
    return returned, ask.state(model), images(ask, 500), ask.draw()


def filled(sizes, seed):
    net = Reference(*sizes)
    net.load_state_dict(draw_weights({name: p.shape for name, p in net.named_parameters()}, seed))
    return net


@pytest.mark.check(cell="check_model", points=1)
def test_encoder_gives_mean_and_log_var(models):
    """The encoder gives the mean and log_var of each image."""
    for sizes, seed, x, _, encoded, _ in models:
        mean, log_var = (part.detach() for part in filled(sizes, seed).encode(x))
        expect(encoded).close((mean, log_var), {ORDER: (log_var, mean)}, mistake="wrong-codes")


@pytest.mark.check(cell="check_model", points=1)
def test_decoder_gives_images(models):
    """The decoder gives pixels between 0 and 1."""
    for sizes, seed, _, z, _, decoded in models:
        right = filled(sizes, seed).decode(z).detach()
        expect(decoded).close(right, {LOGITS: right.logit()}, mistake="wrong-images")


@pytest.mark.check(cell="check_model", points=1)
def test_samples_are_of_the_posterior(samples):
    """`sample` draws z from q(z | x), anew at each call."""
    x, (z, again) = samples
    mean, log_var = filled((PIXELS, HIDDEN, LATENT), 7).encode(x)
    expect(z).is_random(again)
    expect(z).is_normal(mean.detach(), (log_var / 2).exp().detach(), hint="z is mean + exp(log_var / 2) * noise.")


@pytest.mark.check(cell="check_bound", points=2)
def test_bound_is_right(bounds_of):
    """The negative bound is the reconstruction loss plus the divergence, in nats per image."""
    for x, p, mean, log_var, got in bounds_of:
        reconstruction, divergence = parts_of_bound(x, p, mean, log_var)
        first, second = reconstruction.sum(1).mean(), divergence.sum(1).mean()
        slips = {
            KL_MEAN: first + divergence.mean(),
            OF_PIXELS: reconstruction.mean() + second,
            SUMMED: reconstruction.sum() + divergence.sum(),
            NO_DIVERGENCE: first,
            MINUS: first - second,
        }
        expect(got).close(first + second, slips, hint="Sum over pixels and dimensions, mean over images.")


@pytest.mark.check(cell="check_training", points=1)
def test_losses_are_returned(training):
    """Training returns the loss of each epoch, and it falls."""
    returned, *_ = training
    expect(returned).improves(to=0.95, hint="Return a list with one number for each epoch.")


@torch.no_grad()
@pytest.mark.check(cell="check_training", points=1)
def test_training_learns(training, bounds):
    """The trained model gives new images a good bound."""
    returned, after, x, seed = training
    expect(returned).leaves_arguments_alone()
    net = after.fill(Reference(PIXELS, HIDDEN, LATENT), hint="Linear, ReLU, Linear, for both networks.")
    mean, log_var = net.encode(x)
    log_var = log_var.clamp(-50, 50)  # which no right model needs, and without which another one overflows
    noise = torch.randn(mean.shape, generator=torch.Generator().manual_seed(seed))
    reconstruction, divergence = parts_of_bound(x, net.decode(mean + (log_var / 2).exp() * noise), mean, log_var)
    bounds.hold(bound=float((reconstruction.sum(1) + divergence.sum(1)).mean()), hint="Does each step use all losses?")
