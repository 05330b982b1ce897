"""Schedules are what their papers say, and the reverse chain ends at the image that a perfect denoiser knows."""

import pytest
import torch
from torch import Tensor

from course_utils.diffusion import (
    MAX_BETA,
    Denoiser,
    DiffusionModel,
    ReverseChain,
    limit_betas,
    linear_schedule,
    respace,
    to_signed,
    to_unit,
)
from course_utils.quality import sample_images

SCHEDULE = limit_betas(torch.linspace(1, 0, 9) ** 2)  # of 8 steps


class Knowing(Denoiser):
    """Knows the one image that there is."""

    def __init__(self, image: Tensor) -> None:
        super().__init__(0, image.shape[1], 1, SCHEDULE)
        self.image = image

    def forward(self, x_t: Tensor, t: Tensor) -> Tensor:
        share = self.alpha_bar[t].unsqueeze(1)
        return (x_t - share.sqrt() * self.image) / (1 - share).sqrt()


def step_back(x_t: Tensor, t: int, predicted: Tensor, z: Tensor, alpha_bar: Tensor) -> Tensor:
    beta = 1 - alpha_bar[t] / alpha_bar[t - 1]
    mean = (x_t - beta / (1 - alpha_bar[t]).sqrt() * predicted) / (1 - beta).sqrt()
    return mean + (beta.sqrt() * z if t > 1 else 0)


def betas(alpha_bar: Tensor) -> Tensor:
    return 1 - alpha_bar[1:].double() / alpha_bar[:-1].double()


def test_the_linear_schedule_of_a_thousand_steps_has_the_betas_of_the_paper() -> None:
    found = betas(linear_schedule(1000))
    torch.testing.assert_close(found, torch.linspace(1e-4, 0.02, 1000).double(), atol=1e-6, rtol=1e-3)


@pytest.mark.parametrize("steps", [21, 100, 400])
def test_fewer_steps_of_the_linear_schedule_leave_as_little_of_the_image(steps: int) -> None:
    alpha_bar = linear_schedule(steps)
    assert alpha_bar.shape == (steps + 1,) and alpha_bar[0] == 1
    assert bool((alpha_bar.diff() < 0).all()) and 0 < alpha_bar[-1] < 1e-4


def test_a_linear_schedule_that_would_need_a_beta_above_1_is_refused() -> None:
    with pytest.raises(ValueError, match="21 or more, got 20"):
        linear_schedule(20)


def test_only_betas_above_the_limit_are_changed() -> None:
    alpha_bar = torch.tensor([1.0, 0.5, 0.2, 0.0])
    limited = limit_betas(alpha_bar)
    torch.testing.assert_close(limited[:3], alpha_bar[:3])
    assert betas(limited)[-1] == pytest.approx(MAX_BETA, abs=1e-6)


def test_a_respaced_schedule_keeps_both_ends_and_the_noise_levels_between() -> None:
    times, alpha_bar = respace(SCHEDULE, 4)
    assert times.tolist() == [0, 2, 4, 6, 8]
    assert torch.equal(alpha_bar, SCHEDULE[::2])


@pytest.mark.parametrize("steps", [0, 9])
def test_a_schedule_cannot_be_respaced_to_more_steps_than_it_has(steps: int) -> None:
    with pytest.raises(ValueError, match=f"between 1 and 8, got {steps}"):
        respace(SCHEDULE, steps)


def test_the_denoiser_gives_finite_noise_for_each_time_and_learns() -> None:
    denoiser = Denoiser(1, 5, 4, SCHEDULE)
    t = torch.arange(9)
    predicted = denoiser(torch.randn(9, 5), t)
    assert predicted.shape == (9, 5) and bool(predicted.isfinite().all())
    predicted.square().sum().backward()
    assert all(parameter.grad is not None and bool(parameter.grad.any()) for parameter in denoiser.parameters())


@pytest.mark.parametrize("steps", [None, 4, 2])
def test_with_a_perfect_denoiser_the_chain_ends_at_the_image(steps: int | None) -> None:
    image = torch.tensor([[-1.0, 0.2, 1.0]])
    chain = ReverseChain(Knowing(image), step_back, steps)
    images = chain(torch.randn(6, 3))
    torch.testing.assert_close(images, to_unit(image).expand(6, -1), atol=1e-5, rtol=0)


def test_equal_noise_gives_equal_images_and_other_noise_gives_others() -> None:
    chain = ReverseChain(Denoiser(1, 3, 4, SCHEDULE), step_back)
    x = torch.randn(4, 3)
    assert torch.equal(chain(x), chain(x.clone()))
    assert not torch.equal(chain(x), chain(x + 1))


def test_the_way_back_is_kept_where_it_is_asked_for_with_clean_images_in_range() -> None:
    chain = ReverseChain(Denoiser(1, 3, 4, SCHEDULE), step_back)
    way = chain.follow(torch.randn(2, 3), kept=(8, 3))
    assert [left for left, _, _ in way] == [8, 3, 0]
    assert all(x.shape == clean.shape == (2, 3) and clean.abs().max() <= 1 for _, x, clean in way)


def test_the_meter_can_sample_the_model() -> None:
    denoiser = Denoiser(1, 6, 4, SCHEDULE)
    images = sample_images(DiffusionModel(denoiser, ReverseChain(denoiser, step_back), 6), 7)
    assert images.shape == (7, 6) and 0 <= images.min() <= images.max() <= 1


def test_pixels_go_to_signed_values_and_back() -> None:
    pixels = torch.tensor([0.0, 0.25, 1.0])
    assert to_signed(pixels).tolist() == [-1, -0.5, 1]
    assert torch.equal(to_unit(to_signed(pixels)), pixels)
    assert to_unit(torch.tensor([-3.0, 3.0])).tolist() == [0, 1]
