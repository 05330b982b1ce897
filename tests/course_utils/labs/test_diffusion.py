"""The experiments and figures of the lab on denoising diffusion."""

import numpy as np
import torch
from torch import Tensor

from course_utils.diffusion import Denoiser, limit_betas, linear_schedule
from course_utils.labs import diffusion as lab


def add_noise(x_0: Tensor, t: Tensor, epsilon: Tensor, alpha_bar: Tensor) -> Tensor:
    share = alpha_bar[t].unsqueeze(1)
    return share.sqrt() * x_0 + (1 - share).sqrt() * epsilon


def test_noise_that_is_added_step_by_step_has_the_mean_and_deviation_of_the_closed_form() -> None:
    alpha_bar = linear_schedule(50)
    times = (1, 20, 50)
    found = lab.add_noise_step_by_step(0.8, alpha_bar, times, draws=40_000)
    share = alpha_bar[list(times)].double()
    torch.testing.assert_close(found[:, 0], 0.8 * share.sqrt(), atol=0.03, rtol=0)
    torch.testing.assert_close(found[:, 1], (1 - share).sqrt(), atol=0.03, rtol=0)


def test_the_figure_of_schedules_draws_each_of_them_in_both_panels() -> None:
    figure = lab.show_schedules({"linear": linear_schedule(30), "other": limit_betas(torch.linspace(1, 0, 31))})
    assert [len(axes.lines) for axes in figure.axes] == [2, 2]
    assert all(axes.get_xlabel() and axes.get_ylabel() for axes in figure.axes)


def test_the_loss_at_each_time_is_that_of_the_denoiser() -> None:
    alpha_bar = limit_betas(torch.linspace(1, 0, 5))
    denoiser = Denoiser(0, 3, 1, alpha_bar)
    losses = lab.losses_by_time(denoiser, torch.rand(50, 3), add_noise)
    assert losses.shape == (4,) and bool((losses > 0).all())
    drawn = lab.show_losses_by_time(losses, alpha_bar).axes[0].lines
    assert np.asarray(drawn[1].get_ydata()).tolist() == losses.tolist()


def test_the_figure_of_steps_has_a_point_and_a_number_for_each() -> None:
    axes = lab.show_numbers_of_steps({5: 300.4, 10: 120.0}).axes[0]
    assert [text.get_text() for text in axes.texts] == ["300", "120"]
    assert np.asarray(axes.lines[0].get_xdata()).tolist() == [5, 10]
