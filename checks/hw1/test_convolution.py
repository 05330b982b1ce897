"""The convolution, written with loops in NumPy."""

from typing import Any

import pytest
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from autograder.plans import Ask, expect, plan, slip

FLIPPED = slip("kernel-flipped", "The kernel is turned by 180°. In deep learning it is taken as it is.", earned=0.5)
NO_BIAS = slip("bias-left-out", "The bias is left out: add bias[k] to each pixel of channel k.", earned=0.5)
ONE_CHANNEL = slip("one-channel-only", "Only the first channel of the image counts: sum over all of them.")
MEAN_OF_CHANNELS = slip("mean-over-channels", "This is the mean over the channels: take the sum.", earned=0.5)
MEAN_OF_WINDOW = slip("mean-over-window", "This is the mean over each window: take the sum.", earned=0.5)
BIAS_IN_SUM = slip(
    "bias-added-too-often", "The bias is added for each channel of the image, expected once.", earned=0.5
)
ONE_FILTER = slip("one-filter-only", "All channels of the result are made with the first filter.")
ONE_SIDE = slip("padded-on-one-side", "All zeros are at one end: put `padding` rows and columns at either end.")
ONES = slip("padded-with-ones", "The border is filled with ones, expected zeros.")
EDGES = slip("padded-with-edges", "The border repeats the edge of the image, expected zeros.")
ROWS_ONLY = slip("window-not-moved", "The window moves by 1, and only the size of the result follows the stride.")


Arrays = tuple[NDArray[Any], NDArray[Any], NDArray[Any]]  # image, weights, bias


def draw(ask: Ask, channels: int, height: int, width: int, filters: int, kernel: tuple[int, int]) -> Arrays:
    image = ask.randn(channels, height, width, dtype=torch.float64)
    weights = ask.randn(filters, channels, *kernel, dtype=torch.float64)
    return image.numpy(), weights.numpy(), ask.randn(filters, dtype=torch.float64).numpy()


@plan("check_convolution", public=True)
def plain(ask: Ask) -> Any:
    sizes = ((1, 5, 6, 1, (3, 3)), (3, 6, 5, 4, (2, 3)), (2, 4, 4, 3, (1, 1)))
    runs = [draw(ask, *size) for size in sizes]
    return [(arrays, ask.call("convolve", *arrays)) for arrays in runs]


@plan("check_convolution", public=True)
def strided(ask: Ask) -> Any:
    """With windows that fit in exactly, and with a rest that is left over."""
    runs = [draw(ask, 2, 7, 9, 3, (3, 3)), draw(ask, 1, 8, 6, 2, (3, 2))]
    return [(arrays, s, ask.call("convolve", *arrays, stride=s)) for arrays, s in zip(runs, (2, 3), strict=True)]


@plan("check_convolution", public=True)
def padded(ask: Ask) -> Any:
    runs = [draw(ask, 2, 5, 4, 3, (3, 3)), draw(ask, 1, 6, 6, 2, (5, 3))]
    return [
        (arrays, p, s, ask.call("convolve", *arrays, stride=s, padding=p))
        for arrays, (p, s) in zip(runs, ((1, 1), (2, 2)), strict=True)
    ]


def conv(image: Any, weights: Any, bias: Any, stride: int = 1, padding: int = 0) -> NDArray[Any]:
    """By torch, as an array (filters, height, width)."""
    image, weights, bias = (torch.as_tensor(array) for array in (image, weights, bias))
    return F.conv2d(image[None], weights, bias, stride=stride, padding=padding)[0].numpy()


def common(image: NDArray[Any], weights: NDArray[Any], bias: NDArray[Any]) -> dict[slip, NDArray[Any]]:
    """What the same slips give with any stride and padding."""
    channels, height, width = weights.shape[1:]
    return {
        FLIPPED: conv(image, weights[:, :, ::-1, ::-1].copy(), bias),
        NO_BIAS: conv(image, weights, 0 * bias),
        ONE_CHANNEL: conv(image[:1], weights[:, :1], bias),
        MEAN_OF_CHANNELS: conv(image, weights / channels, bias),
        MEAN_OF_WINDOW: conv(image, weights / (channels * height * width), bias),
        BIAS_IN_SUM: conv(image, weights, channels * bias),
        ONE_FILTER: conv(image, weights[:1].repeat(len(weights), 0), bias),
    }


@pytest.mark.check(cell="check_convolution", points=0.5)
def test_convolution_is_right(plain: Any) -> None:
    """Each pixel of the result is the sum over its window and all channels, and the bias."""
    for (image, weights, bias), got in plain:
        hint = "result[k, i, j] is the sum of image[:, i:i+height, j:j+width] * weights[k], and bias[k]."
        expect(got).close(conv(image, weights, bias), common(image, weights, bias), hint=hint)
        expect(got).leaves_arguments_alone()


@pytest.mark.check(cell="check_convolution", points=0.5, needs=["convolution_is_right"])
def test_stride_is_right(strided: Any) -> None:
    """With a stride the window moves by so many pixels, and never over the edge."""
    for (image, weights, bias), stride, got in strided:
        right = conv(image, weights, bias, stride=stride)
        slips = {ROWS_ONLY: conv(image, weights, bias)[:, : right.shape[1], : right.shape[2]]}
        hint = (
            "There are (height - kernel height) // stride + 1 rows; window (i, j) begins at (i * stride, j * stride)."
        )
        expect(got).close(right, slips, hint=hint)


@pytest.mark.check(cell="check_convolution", points=0.5, needs=["convolution_is_right"])
def test_padding_is_right(padded: Any) -> None:
    """Padding puts rows and columns of zeros around the image."""
    for (image, weights, bias), p, stride, got in padded:
        x = torch.from_numpy(image)[None]
        slips = {
            ONE_SIDE: conv(F.pad(x, (0, 2 * p, 0, 2 * p))[0], weights, bias, stride=stride),
            ONES: conv(F.pad(x, (p,) * 4, value=1.0)[0], weights, bias, stride=stride),
            EDGES: conv(F.pad(x, (p,) * 4, mode="replicate")[0], weights, bias, stride=stride),
        }
        expect(got).close(
            conv(image, weights, bias, stride=stride, padding=p), slips, hint="np.pad leaves the channels alone."
        )
        expect(got).leaves_arguments_alone()
