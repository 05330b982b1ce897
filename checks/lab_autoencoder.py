"""The four exercises of the class lab on autoencoders."""

import pytest
import torch

from autograder.plans import draw_weights, expect, given, plan, slip
from course_utils.labs.autoencoder import Autoencoder

SIZES = (1, 20, 16, 3)
AGAINST_NOISE = slip("compared-with-the-noisy-image", "This is the error against the noisy image. Compare with x.")
CLEAN_SEEN = slip("clean-image-encoded", "This is the error when E sees the clean image. Let E see x_seen.")
IMAGES_EXCHANGED = slip("images-exchanged", "x and x_seen have changed places: E sees x_seen, the target is x.")
SUM = slip("sum-instead-of-mean", "This is the sum over the pixels. Take the mean over all pixels.", earned=0.5)
SUM_OF_IMAGE = slip("sum-over-pixels", "This is summed over the pixels of an image. Take their mean, too.", earned=0.5)
ROOT = slip("root-of-the-mean", "This is the root of the mean squared error. Leave the root out.")
ABSOLUTE = slip("absolute-error", "This is the mean absolute error. Square the differences.")
HALF = slip("half-of-the-error", "This is a half of it. Leave the factor 1/2 out.", earned=0.5)
ADDED = slip("values-added", "Here the values are added to the coordinate. Put them in its place.")
LAST_ROW = slip("every-row-the-last", "Every row is the last one. Does each row have memory of its own?")
ZEROS = slip("other-coordinates-zero", "The other coordinates are 0. They should be those of z.")
NO_CHANGE = slip("nothing-changes", "Nothing changes from row to row. Put value i into row i.")
NEIGHBOR = slip("neighbor-changed", "The coordinate before it changes. `dimension` counts from 0, as an index does.")
NOT_CENTERED = slip("mean-not-subtracted", "These are the components without the mean subtracted. Center the codes.")
RAW = slip("directions-of-raw-codes", "These are the directions of codes that were not centered.")
UNIT_LENGTH = slip("components-of-length-1", "It is U of the SVD, without the singular values.", earned=0.5)
SMALLEST = slip("smallest-components", "These have the smallest variance. The largest singular values come first.")
FLIPPED = slip("components-exchanged", "The two components are exchanged: the larger variance comes first.", earned=0.5)
FIRST_TWO = slip("first-coordinates", "These are simply the first two coordinates of the codes.")
AROUND_ZERO = slip("mean-left-out", "These vectors lie around 0. Add the mean of the codes.")
STANDARD = slip("covariance-left-out", "These vectors are from N(0, I) around the mean. They need the covariance, too.")
DIAGONAL = slip("variances-only", "The variances are right, but the coordinates do not hang together.", earned=0.5)
SQUARED = slip("covariance-squared", "The noise was multiplied by the covariance. Multiply by its Cholesky factor.")
WRONG_SIDE = slip("factor-from-the-wrong-side", "For rows of noise it is noise @ L.T, with the Cholesky factor L.")


@plan("check_reconstruction_loss", public=True)
def reconstructions(ask):
    x = ask.rand(6, 20)
    x_seen, seed = x + 0.5 * ask.randn(6, 20), ask.draw()
    model = ask.module(given("course_utils.labs.autoencoder:Autoencoder"), *SIZES, weights=seed)
    loss = ask.call("reconstruction_loss", model, x, x_seen)
    return seed, x, x_seen, loss, ask.gradient(loss, {"E": model.part("encoder"), "G": model.part("generator")})


@plan("check_traverse", public=True)
def traversals(ask):
    runs = []
    for size, dimension in ((5, 3), (2, 0)):
        z, values = ask.randn(size), torch.linspace(-2, 2, 4)
        runs.append((z, dimension, values, ask.call("traverse", z, dimension, values)))
    return runs


@plan("check_project", public=True)
def projections(ask):
    runs = []
    for n, size in ((50, 4), (30, 2)):
        rotation, _ = torch.linalg.qr(ask.randn(size, size))
        codes = (ask.randn(n, size) * torch.tensor([5.0, 2.0, 1.0, 0.5])[:size]) @ rotation.T + 3
        runs.append((codes, ask.call("project", codes)))
    return runs


@plan("check_sample_like", public=True)
def draws(ask):
    factor = torch.tensor([[2.0, 0.0, 0.0], [1.5, 0.5, 0.0], [-1.0, 0.3, 0.7]])
    codes = ask.randn(4000, 3) @ factor.T + torch.tensor([3.0, -1.0, 0.5])
    return codes, *(ask.call("sample_like", codes, n) for n in (20_000, 20_000, 7))


@pytest.mark.check(cell="check_reconstruction_loss", points=1)
def test_loss_is_the_mean_squared_error(reconstructions):
    """The loss is the mean squared error between x and what the model makes of x_seen."""
    seed, x, x_seen, loss, gradient = reconstructions
    model = Autoencoder(*SIZES)
    model.load_state_dict(draw_weights({name: p.shape for name, p in model.named_parameters()}, seed))
    with torch.no_grad():
        of_seen, of_clean = model.generator(model.encoder(x_seen)), model.generator(model.encoder(x))
    right = (of_seen - x).square().mean()
    slips = {
        AGAINST_NOISE: (of_seen - x_seen).square().mean(),
        CLEAN_SEEN: (of_clean - x).square().mean(),
        IMAGES_EXCHANGED: (of_clean - x_seen).square().mean(),
        SUM: (of_seen - x).square().sum(),
        SUM_OF_IMAGE: (of_seen - x).square().sum(1).mean(),
        ROOT: right.sqrt(),
        ABSOLUTE: (of_seen - x).abs().mean(),
        HALF: right / 2,
    }
    expect(loss).leaves_arguments_alone()
    expect(loss).close(right, slips, hint="Compare G(E(x_seen)) with x, and return the tensor itself.")
    expect(gradient).reaches(hint="Is something detached on the way?")


@pytest.mark.check(cell="check_traverse", points=1)
def test_one_coordinate_changes(traversals):
    """Each row is z with one coordinate changed, and z itself stays."""
    for z, dimension, values, got in traversals:
        one, neighbor = torch.eye(len(z))[dimension], torch.eye(len(z))[dimension - 1]
        right = z * (1 - one) + torch.outer(values, one)  # (k, latent_size)
        slips = {
            ADDED: z + torch.outer(values, one),
            LAST_ROW: right[-1].expand(4, -1),
            ZEROS: torch.outer(values, one),
            NO_CHANGE: z.expand(4, -1),
            NEIGHBOR: z * (1 - neighbor) + torch.outer(values, neighbor),
        }
        expect(got).leaves_arguments_alone(hint="Work on a copy, such as z.clone().")
        expect(got).close(right, slips, hint="Row i is z with values[i] as that coordinate; everything else stays.")


@pytest.mark.check(cell="check_project", points=1)
def test_components_are_the_principal_ones(projections):
    """The two numbers of a code are its first two principal components, whatever their sign."""
    for codes, got in projections:
        centered = codes - codes.mean(0)
        directions = torch.linalg.eigh(centered.double().T @ centered.double())[1].float()
        of_raw = torch.linalg.eigh(codes.double().T @ codes.double())[1].float()[:, [-1, -2]]
        right = centered @ directions[:, [-1, -2]]  # (n, 2)
        slips = {
            NOT_CENTERED: codes @ directions[:, [-1, -2]],
            RAW: codes @ of_raw,
            UNIT_LENGTH: right / right.norm(dim=0),
            FLIPPED: right.flip(1),
            SMALLEST: centered @ directions[:, [0, 1]],
            FIRST_TWO: codes[:, :2],
        }
        hint = "Center the codes, take their SVD, and multiply by the first two right singular vectors."
        expect(got).close(right, slips, hint=hint, tolerance=1e-3, free_signs=True)


@pytest.mark.check(cell="check_sample_like", points=1)
def test_draws_are_like_the_codes(draws):
    """Random vectors are drawn anew at each call, with the mean and the covariance of the codes."""
    codes, many, again, few = draws
    mean, covariance = codes.mean(0), codes.T.cov()
    lower = torch.linalg.cholesky(covariance)
    expect(few).has_shape(7, 3, hint="One row for each of the n vectors, as wide as the codes.")
    expect(many).has_shape(20_000, 3)
    expect(many).is_random(again)
    # of 20,000 draws with deviation 2 the mean strays by 0.014 and the variance by 0.04: five times that is allowed
    slips = {AROUND_ZERO: torch.zeros(3)}
    expect(many, "the mean of what `sample_like` draws").close(mean, slips, tolerance=0.03, of="row mean")
    slips = {STANDARD: torch.eye(3), DIAGONAL: covariance.diag().diag(), SQUARED: covariance @ covariance}
    slips[WRONG_SIDE] = lower.T @ lower
    name = "the covariance of what `sample_like` draws"
    expect(many, name).close(covariance, slips, tolerance=0.06, of="covariance", mistake="wrong-covariance")
