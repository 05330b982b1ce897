"""The networks: shapes, ranges and depth over many sizes."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from course_utils.models import MLPDiscriminator, MLPEncoder, MLPGenerator, Model, device_of

sizes = st.integers(1, 40)
depths = st.integers(0, 4)
batches = st.integers(1, 9)


def number_of_linear_layers(network: nn.Module) -> int:
    return sum(isinstance(layer, nn.Linear) for layer in network.modules())


@settings(max_examples=40, deadline=None)
@given(batch=batches, depth=depths, pixels=sizes, hidden=sizes, latent=sizes, scale=st.sampled_from([1.0, 1e4]))
def test_networks_map_to_their_shapes_and_ranges(
    batch: int, depth: int, pixels: int, hidden: int, latent: int, scale: float
) -> None:
    model = Model(depth, pixels, hidden, latent)
    x, z = torch.rand(batch, pixels), scale * torch.randn(batch, latent)
    codes, images, probabilities = model.encoder(x), model.generator(z), model.discriminator(scale * x)
    assert codes.shape == (batch, latent)
    assert images.shape == (batch, pixels)
    assert probabilities.shape == (batch, 1)
    for output in (images, probabilities):
        assert output.min() >= 0
        assert output.max() <= 1
    assert model.latent_size == latent
    assert model.discriminator(model.generator(model.encoder(x))).shape == (batch, 1)


@settings(max_examples=20, deadline=None)
@given(depth=depths, pixels=sizes, hidden=sizes, latent=sizes)
def test_depth_counts_the_hidden_layers_of_each_network(depth: int, pixels: int, hidden: int, latent: int) -> None:
    for network in Model(depth, pixels, hidden, latent).children():
        assert number_of_linear_layers(network) == depth + 1
        assert sum(isinstance(layer, nn.ReLU) for layer in network.modules()) == depth


@settings(max_examples=20, deadline=None)
@given(batch=batches, depth=depths)
def test_a_network_is_exactly_its_sequential(batch: int, depth: int) -> None:
    x = torch.rand(batch, 6)
    for network in (
        MLPEncoder(depth, input_size=6, hidden_size=5, latent_size=3),
        MLPGenerator(depth, latent_size=6, hidden_size=5, output_size=3),
        MLPDiscriminator(depth, input_size=6, hidden_size=5),
    ):
        assert isinstance(network.net, nn.Sequential)
        assert [name for name, _ in network.named_children()] == ["net"]
        assert torch.equal(network(x), network.net(x))


def test_encoder_is_linear_at_its_end_and_the_others_end_in_a_sigmoid() -> None:
    model = Model(2, 6, 5, 3)
    assert isinstance(model.encoder.net[-1], nn.Linear)
    assert isinstance(model.generator.net[-1], nn.Sigmoid)
    assert isinstance(model.discriminator.net[-1], nn.Sigmoid)


def test_activation_may_be_a_class_a_factory_or_an_instance() -> None:
    shared = nn.Tanh()
    assert isinstance(MLPEncoder(1, 4, 3, 2, activation=nn.ELU).net[1], nn.ELU)
    leaky = MLPEncoder(2, 4, 3, 2, activation=lambda: nn.LeakyReLU(0.3)).net
    assert leaky[1].negative_slope == 0.3
    assert leaky[1] is not leaky[3]
    net = MLPEncoder(2, 4, 3, 2, activation=shared).net
    assert net[1] is shared
    assert net[3] is shared


@pytest.mark.parametrize(
    "build",
    [
        lambda: Model(-1, 4, 3, 2),
        lambda: MLPEncoder(-1, 4, 3, 2),
        lambda: MLPGenerator(-1, 2, 3, 4),
        lambda: MLPDiscriminator(-1, 4, 3),
    ],
)
def test_negative_number_of_layers_is_refused_by_name(build: object) -> None:
    with pytest.raises(ValueError, match="number_of_hidden_layers must be 0 or more, got -1"):
        build()  # type: ignore[operator]


def test_sizes_that_are_not_positive_are_refused_by_name() -> None:
    with pytest.raises(ValueError, match="input_size must be 1 or more, got 0"):
        MLPDiscriminator(1, 0, 3)
    with pytest.raises(ValueError, match="hidden_size must be 1 or more, got -3"):
        MLPGenerator(1, 2, -3, 4)
    with pytest.raises(ValueError, match="latent_size must be 1 or more, got 0"):
        Model(1, 4, 3, 0)


def test_device_of_a_model_is_where_its_weights_are() -> None:
    assert device_of(Model(1, 4, 3, 2).to("meta")) == torch.device("meta")
