"""The networks of the variational autoencoder have the shapes that they promise, and encode in batches."""

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from course_utils.quality import sample_images
from course_utils.variational import VariationalAutoencoder, VariationalEncoder, active_units, encode_all

sizes = st.integers(1, 9)


@given(n=sizes, pixels=sizes, hidden=sizes, latent=sizes, layers=st.integers(0, 3))
@settings(max_examples=30)
def test_the_encoder_gives_a_mean_and_a_log_variance_for_each_image(
    n: int, pixels: int, hidden: int, latent: int, layers: int
) -> None:
    encoder = VariationalEncoder(layers, pixels, hidden, latent)
    x = torch.rand(n, pixels)
    mean, log_var = encoder(x)
    assert mean.shape == log_var.shape == (n, latent)
    assert torch.equal(torch.cat([mean, log_var], 1), encoder.net(x))


@given(n=sizes, pixels=sizes, latent=sizes)
@settings(max_examples=20)
def test_encoder_and_generator_fit_together(n: int, pixels: int, latent: int) -> None:
    model = VariationalAutoencoder(1, pixels, 4, latent)
    mean, _ = model.encoder(torch.rand(n, pixels))
    images = model.generator(mean)
    assert images.shape == (n, pixels)
    assert 0 <= images.min() <= images.max() <= 1
    assert sample_images(model, n).shape == (n, pixels)


def test_each_network_is_one_sequential() -> None:
    model = VariationalAutoencoder(2, 20, 8, 3, activation=nn.Tanh)
    assert isinstance(model.encoder.net, nn.Sequential)
    assert [type(layer) for layer in model.encoder.net] == [nn.Linear, nn.Tanh, nn.Linear, nn.Tanh, nn.Linear]
    assert model.encoder.net[-1].out_features == 2 * model.latent_size


@pytest.mark.parametrize("size", ["input_size", "hidden_size", "latent_size"])
def test_a_size_that_is_not_positive_is_refused(size: str) -> None:
    given_sizes: dict[str, Any] = {"input_size": 4, "hidden_size": 4, "latent_size": 2} | {size: 0}
    with pytest.raises(ValueError, match=size):
        VariationalEncoder(1, **given_sizes)


def test_encoding_in_batches_is_what_the_encoder_does_without_gradients() -> None:
    model = VariationalAutoencoder(1, 5, 4, 2)
    x = torch.rand(2100, 5)
    for got, expected in zip(encode_all(model, x), model.encoder(x), strict=True):
        torch.testing.assert_close(got, expected.detach())
        assert not got.requires_grad


def test_a_dimension_is_active_if_it_carries_more_than_a_tenth_of_a_nat() -> None:
    assert active_units(torch.tensor([2.0, 0.11, 0.09, 0.0])) == 2
    assert active_units(torch.tensor([2.0, 0.11]), threshold=1) == 1
