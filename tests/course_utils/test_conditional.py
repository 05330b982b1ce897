"""The conditional networks: shapes, where the label goes, and what a training loop gives to the step."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from course_utils.conditional import ConditionalModel, append_labels, make_model
from course_utils.data import ImageLoader
from course_utils.models import Model
from course_utils.training import train

sizes = st.integers(1, 40)


@settings(max_examples=40, deadline=None)
@given(batch=st.integers(1, 9), depth=st.integers(0, 3), pixels=sizes, hidden=sizes, latent=sizes, classes=sizes)
def test_conditional_networks_map_to_their_shapes_and_ranges(
    batch: int, depth: int, pixels: int, hidden: int, latent: int, classes: int
) -> None:
    model = ConditionalModel(depth, pixels, hidden, latent, classes)
    x, z, h = torch.rand(batch, pixels), torch.randn(batch, latent), torch.randint(classes, (batch,))
    images, probabilities = model.generator(z, h), model.discriminator(x, h)
    assert model.encoder(x, h).shape == (batch, latent)
    assert images.shape == (batch, pixels)
    assert probabilities.shape == (batch, 1)
    for output in (images, probabilities):
        assert output.min() >= 0
        assert output.max() <= 1


def test_each_network_is_its_sequential_on_the_input_with_the_label_behind() -> None:
    model = ConditionalModel(1, input_size=6, hidden_size=5, latent_size=3, number_of_classes=4)
    x, z, h = torch.rand(4, 6), torch.randn(4, 3), torch.tensor([0, 3, 1, 1])
    one_hot = torch.eye(4)[h]
    assert torch.equal(model.encoder(x, h), model.encoder.net(torch.cat([x, one_hot], dim=1)))
    assert torch.equal(model.generator(z, h), model.generator.net(torch.cat([z, one_hot], dim=1)))
    assert torch.equal(model.discriminator(x, h), model.discriminator.net(torch.cat([x, one_hot], dim=1)))


@pytest.mark.parametrize("h", [torch.zeros(3, dtype=torch.int64), torch.zeros(4), torch.zeros(4, 1).long()])
def test_labels_that_are_not_one_integer_for_each_row_are_refused(h: Tensor) -> None:
    with pytest.raises(ValueError, match="one integer for each of the 4 rows"):
        append_labels(torch.rand(4, 6), h, 10)


def test_number_of_classes_makes_the_model_conditional() -> None:
    made = {"number_of_hidden_layers": 1, "input_size": 4, "hidden_size": 3, "latent_size": 2}
    assert isinstance(make_model(**made), Model)
    assert isinstance(make_model(**made, number_of_classes=3), ConditionalModel)


def test_the_loop_gives_a_conditional_step_the_labels_of_its_images_and_follows_each_class() -> None:
    images = torch.arange(6, dtype=torch.uint8).repeat_interleave(4).view(6, 2, 2)
    loader = ImageLoader(images, torch.arange(6) % 3, batch_size=4)
    model = ConditionalModel(0, input_size=4, hidden_size=3, latent_size=2, number_of_classes=3)
    seen: list[tuple[int, int]] = []

    def train_step(model: ConditionalModel, x_real: Tensor, h: Tensor, optimizers: object) -> dict[str, float]:
        seen.extend((round(float(x[0]) * 255), int(label)) for x, label in zip(x_real, h, strict=True))
        return {"discriminator": 0.0, "generator": 0.0, "autoencoder": 0.0}

    history = train(model, train_step, {}, loader, num_epochs=1, num_samples=3, progress=False)
    assert sorted(seen) == [(image, image % 3) for image in range(6)]
    z = torch.randn(3, 2, generator=torch.Generator().manual_seed(0))
    expected = model.generator(z, torch.arange(3)).detach().mul(255).round().to(torch.uint8)
    assert torch.equal(history.samples[-1], expected)
