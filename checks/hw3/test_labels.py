"""Hidden checks of the bonus: labels beside rows of numbers, and digits that are drawn as asked."""

from typing import Any

import pytest
import torch
import torch.nn.functional as F

from autograder.plans import Ask, expect, fail, given, plan, slip

CLASSES, LATENT, N = 10, 3, 600
LABELS_FIRST = slip("labels-first", "The labels stand before the rows. Put them behind.")
SIGMAS = 6.0


@plan("check_labels", public=True)
def appended(ask: Ask) -> Any:
    runs = []
    for n, width, most in ((12, 4, CLASSES), (1, 7, CLASSES - 1)):  # the last class is not in each mini-batch
        rows, labels = ask.randn(n, width), ask.randint(most, n)
        runs.append((rows, labels, ask.call("append_labels", rows, labels)))
    return runs


@plan("check_labels")
def drawn(ask: Ask) -> Any:
    width = LATENT + CLASSES
    exact = {"net.0.weight": torch.eye(width), "net.0.bias": torch.zeros(width)}  # the logits are what goes in
    encoder = ask.module(given("course_utils.variational:VariationalEncoder"), 0, width, 1, LATENT)
    decoder = ask.module(given("course_utils.binary_vae:Decoder"), 0, width, 1, width, weights=exact)
    model = ask.module(given("course_utils.binary_vae:VAE"), encoder, decoder, LATENT)
    labels = ask.randint(CLASSES, N)
    return labels, *(ask.call("sample_digits", model, labels) for _ in range(2))


@pytest.mark.check(cell="check_labels", points=0.5)
def test_labels_stand_behind_the_rows(appended: Any) -> None:
    """Each row is followed by ten numbers, 1 at the place of its label and 0 elsewhere."""
    for rows, labels, got in appended:
        one_hot = F.one_hot(labels, CLASSES).float()
        right = torch.cat([rows, one_hot], 1)
        slips = {LABELS_FIRST: torch.cat([one_hot, rows], 1)}
        expect(got).close(right, slips, hint="Use F.one_hot(labels, 10), as floats, and torch.cat along dimension 1.")


@pytest.mark.check(cell="check_labels", points=0.5, needs=["labels_stand_behind_the_rows"])
def test_digits_are_drawn_as_asked(drawn: Any) -> None:
    """The decoder gets z ~ N(0, I) with the label that was asked for, and gives probabilities."""
    labels, one, two = drawn
    hint = "Draw z ~ N(0, I), append the labels, and return the sigmoid of the decoder's logits."
    expect(one).has_shape(N, LATENT + CLASSES, hint=hint)
    p, again = (got.tensor(N, LATENT + CLASSES, dtype=torch.float64) for got in (one, two))
    if not ((p > 0) & (p < 1)).all():
        fail("`sample_digits` returned values that are no probabilities.", hint, mistake="not-probabilities")
    seen = p.logit()  # what went into the decoder
    if not torch.allclose(seen[:, LATENT:], F.one_hot(labels, CLASSES).double(), atol=1e-3):
        told = "`sample_digits` did not give the decoder the labels that were asked for."
        fail(told, hint, mistake="other-labels")
    z = seen[:, :LATENT]
    if torch.allclose(z, again.logit()[:, :LATENT]) or bool((z - z[0]).abs().max() < 1e-6):
        fail("`sample_digits` draws the same z again, expected new ones.", hint, mistake="not-random")
    strays = abs(float(z.mean())) * z.numel() ** 0.5
    if strays > SIGMAS or abs(float(z.std()) - 1) > SIGMAS / (2 * z.numel()) ** 0.5:
        told = f"z has mean {z.mean():.2f} and deviation {z.std():.2f}, expected 0 and 1."
        fail(told, hint, mistake="wrong-distribution")
