"""The homework on convolution: a forward and a backward pass, in NumPy alone."""

import pytest
import torch
import torch.nn.functional as F

from autograder.plans import expect, fail, plan, slip

SHAPES = [((2, 3, 5, 6), (4, 3, 2, 3)), ((1, 1, 3, 3), (1, 1, 3, 3)), ((3, 2, 4, 9), (1, 2, 1, 1))]
FLIPPED = slip(
    "filter-flipped", "This is a convolution with a flipped filter, as in signal processing. Do not flip it."
)
TRANSPOSED = slip("height-and-width-exchanged", "Height and width have changed places in the filter.")
MEAN = slip("mean-of-the-window", "This is the mean of each window times the filter. Take the sum.", earned=0.5)
DW_OF_ONE = slip("last-image-only", "dw holds the last image only. Add the images up.", earned=0.5)
DX_FLIPPED = slip(
    "dx-of-the-flipped-filter", "dx is the sum over windows of dout times the filter as it is, not flipped."
)


@plan("check_conv", public=True)
def conv(ask):
    runs = []
    for of_x, of_w in SHAPES[:1] if ask.public else SHAPES:
        x, w = ask.randn(*of_x, dtype=torch.float64), ask.randn(*of_w, dtype=torch.float64)
        runs.append((x, w, ask.call("conv2d_naive", x.numpy(), w.numpy())))
    return runs


@plan("check_conv")
def slow_conv(ask):
    x, w = ask.randn(20, 3, 40, 40), ask.randn(4, 3, 5, 5)
    return x, w, ask.call("conv2d_naive", x.numpy(), w.numpy(), seconds=3)


@plan("check_backward")
def backward(ask):
    runs = []
    for of_x, of_w in SHAPES:
        x, w = ask.randn(*of_x, dtype=torch.float64), ask.randn(*of_w, dtype=torch.float64)
        dout = ask.randn(*F.conv2d(x, w).shape, dtype=torch.float64)
        runs.append((x, w, dout, ask.call("conv2d_backward", x.numpy(), w.numpy(), dout.numpy())))
    return runs


@pytest.mark.check(cell="check_conv", points=2)
def test_values_are_right(conv):
    """The convolution has the right shape and values, also for one image and one filter; its arguments stay."""
    for x, w, got in conv:
        right = F.conv2d(x, w)
        slips = {
            FLIPPED: F.conv2d(x, w.flip(2, 3)).numpy(),
            MEAN: (right / w[0].numel()).numpy(),
        }
        if w.shape[2] == w.shape[3]:
            slips[TRANSPOSED] = F.conv2d(x, w.transpose(2, 3)).numpy()
        expect(got).leaves_arguments_alone(hint="Make a new array.")
        expect(got).close(right.numpy(), slips, hint="Work a 3x3 example by hand.")


@pytest.mark.check(cell="check_conv", points=0.5, needs=["values_are_right"])
def test_convolution_is_fast_enough(slow_conv):
    """Twenty small images are no matter of minutes."""
    x, w, got = slow_conv
    expect(got).close(F.conv2d(x, w).numpy(), tolerance=1e-3)


@pytest.mark.check(cell="check_backward", points=2)
def test_gradients_are_right(backward):
    """The gradients are those of the convolution; half of the points are for each of them."""
    wrong = {}
    for x, w, dout, got in backward:
        x.requires_grad_(), w.requires_grad_()
        dx, dw = torch.autograd.grad(F.conv2d(x, w), (x, w), dout)
        returned = list(got)
        if len(returned) != 2:
            fail(f"`conv2d_backward` returned {len(returned)} values.", "return dx, dw", mistake="wrong-type")
        for name, right, array in zip(("dx", "dw"), (dx, dw), returned, strict=True):
            near = array.tensor(*right.shape, dtype=torch.float64)
            if not torch.allclose(near, right, atol=1e-8):
                wrong.setdefault(name, (array, right, x, w, dout))
    if set(wrong) == {"dx"} or set(wrong) == {"dw"}:
        ((name, (array, right, *_)),) = wrong.items()
        other = "dw" if name == "dx" else "dx"
        fail(f"{name} has other values than it should; {other} is right.", "", mistake=f"{name}-wrong", earned=0.5)
    for name, (array, right, x, w, dout) in wrong.items():
        slips = {}
        if name == "dw":
            slips[DW_OF_ONE] = (
                F.conv2d(x[-1:].transpose(0, 1), dout[-1:].transpose(0, 1)).transpose(0, 1).detach().numpy()
            )
        else:
            slips[DX_FLIPPED] = F.conv_transpose2d(dout, w.flip(2, 3)).detach().numpy()
        expect(array, name).close(right.numpy(), slips, hint="Each output adds to its whole window.")
