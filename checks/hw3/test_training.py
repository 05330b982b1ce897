"""Hidden check of training: the bound that the trained weights reach on images that nobody has seen.

The encoder is the student's and stays in the sandbox, which is asked for its means and variances of the hidden images;
the decoder's weights come out, and the bound is computed here. Whatever the sandbox says of q, this is a lower bound of
log p(x) for that decoder, so an answer that is made up cannot be better than an honest one. `bounds.json` beside this
file says what right solutions reach, and from how many runs it was derived.
"""

from typing import Any

import pytest
import torch
from torch.distributions import Bernoulli, Normal, kl_divergence

from autograder.checks.bounds import Quantity
from autograder.plans import Ask, each, expect, given, plan
from checks.hw3.images import PIXELS, small_digits
from course_utils.binary_vae import Decoder

QUANTITIES = (Quantity("negative_bound", "negative bound on hidden images, in nats", "log", ("high",)),)
HIDDEN, LATENT = 64, 8
BATCH, BATCHES, STEPS = 64, 50, 450
LR = 2e-3
HIDDEN_IMAGES = 500


@plan("check_training", slow=True)
def trained(ask: Ask) -> Any:
    x = small_digits(BATCH * BATCHES, True, ask.random).reshape(BATCHES, BATCH, PIXELS)
    hidden = small_digits(HIDDEN_IMAGES, False, ask.random)
    encoder = ask.module("Encoder", PIXELS, HIDDEN, LATENT)
    decoder = ask.module(given("course_utils.binary_vae:Decoder"), 1, LATENT, HIDDEN, PIXELS)
    model = ask.module(given("course_utils.binary_vae:VAE"), encoder, decoder, LATENT)
    optimizer = ask.optimizer("Adam", model, lr=LR)
    last = ask.call("train_step", model, each(x), optimizer, times=STEPS, keep=50)
    ask.call(model.part("eval"))
    return hidden, last, ask.state(decoder), ask.call(encoder, hidden)


@pytest.mark.check(cell="check_training", points=1)
def test_training_reaches_a_good_bound(trained: Any, bounds: Any) -> None:
    """After a short training the bound on log p(x) of hidden images is as good as that of right solutions."""
    hidden, last, state, codes = trained
    for step in last:
        for name in ("reconstruction", "divergence"):
            step[name].number()
    expect(codes[0], "the mean").has_shape(len(hidden), LATENT)
    expect(codes[1], "the log_var").has_shape(len(hidden), LATENT)
    mean, log_var = (codes[part].tensor(len(hidden), LATENT, dtype=torch.float64) for part in range(2))
    decoder = state.fill(Decoder(1, LATENT, HIDDEN, PIXELS)).double()
    q = Normal(mean, (log_var / 2).exp().clamp(1e-12, 1e12))
    noise = torch.randn(4, *mean.shape, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    with torch.no_grad():
        logits = decoder(q.mean + q.stddev * noise)  # (draws, n, pixels)
        reconstruction = -Bernoulli(logits=logits, validate_args=False).log_prob(hidden.double()).sum(-1).mean()
    price = kl_divergence(q, Normal(0.0, 1.0)).sum(1).mean()
    hint = "Is each of the functions above right? Look at both terms during training: the loss should fall."
    bounds.hold(hint, negative_bound=float(reconstruction + price))
