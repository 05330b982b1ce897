"""The recorder sees the same calls and gradients inside the transformations of torch.func as outside of them."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.func import functional_call, grad, vjp, vmap

from course_utils.gan.record import Recorder
from course_utils.models import Model

SIZES: dict[str, Any] = {"number_of_hidden_layers": 1, "input_size": 64, "hidden_size": 8, "latent_size": 3}
Go = Callable[[Model, Tensor], object]


def by_backward(model: Model, x: Tensor) -> None:
    model.discriminator(x).log().mean().backward()


def by_vmap(model: Model, x: Tensor) -> None:
    vmap(model.discriminator)(x).log().mean().backward()


def by_vmap_over_columns(model: Model, x: Tensor) -> None:
    vmap(lambda one: model.discriminator(one[None]), in_dims=1, out_dims=1)(x.T).log().mean().backward()


def by_grad(model: Model, x: Tensor) -> object:
    return grad(lambda weights: called(model, weights, x).log().mean())(weights_of(model))


def by_vmap_in_grad(model: Model, x: Tensor) -> object:
    return grad(lambda weights: vmap(lambda one: called(model, weights, one))(x).log().mean())(weights_of(model))


def by_grad_in_vmap(model: Model, x: Tensor) -> object:
    each = grad(lambda weights, one: called(model, weights, one).log().squeeze() / len(x))
    return vmap(each, in_dims=(None, 0))(weights_of(model), x)


def by_vjp(model: Model, x: Tensor) -> object:
    pull = vjp(lambda weights: called(model, weights, x).log().mean(), weights_of(model))[1]
    return pull(torch.ones(()))


def weights_of(model: Model) -> dict[str, Tensor]:
    return {name: p.detach() for name, p in model.discriminator.named_parameters()}


def called(model: Model, weights: dict[str, Tensor], x: Tensor) -> Tensor:
    scores: Tensor = functional_call(model.discriminator, weights, (x,))
    return scores


def recorded(go: Go, *, mute: bool = False) -> tuple[dict[str, Any], list[Tensor]]:
    """What a single call of D and the gradient at its output are recorded as."""
    torch.manual_seed(1)
    model, x = Model(**SIZES), torch.rand(5, 64)
    with Recorder(model, mute=mute) as recorder:
        go(model, x)
    call, gradient = (event for event in recorder.events if event["event"] in ("call", "gradient"))
    names = call.pop("input"), call.pop("output"), call.pop("weights"), gradient["gradient"]
    tensors = recorder.trace.tensors
    return {**call, "differentiable": gradient["differentiable"]}, [tensors[name].flatten() for name in names]


@pytest.mark.parametrize(
    "go", [by_vmap, by_vmap_over_columns, by_grad, by_vmap_in_grad, by_grad_in_vmap, by_vjp], ids=lambda go: go.__name__
)
def test_what_is_done_in_a_transformation_is_recorded_as_outside(go: Go) -> None:
    expected, values = recorded(by_backward)
    found, own = recorded(go)
    assert found == expected
    assert expected["own"] is True
    assert all(expected["trainable"])
    for value, other in zip(values, own, strict=True):
        torch.testing.assert_close(value, other)


def test_inside_grad_only_what_it_differentiates_is_trainable() -> None:
    def towards_real(model: Model, x: Tensor) -> object:
        def loss(weights: dict[str, Tensor]) -> Tensor:
            images = functional_call(model.generator, weights, (x[:, :3],))
            return torch.as_tensor(model.discriminator(images)).log().mean()

        return grad(loss)({name: p.detach() for name, p in model.generator.named_parameters()})

    torch.manual_seed(1)
    model = Model(**SIZES)
    with Recorder(model) as recorder:
        towards_real(model, torch.rand(5, 64))
    of_g, of_d = (event for event in recorder.events if event["event"] == "call")
    assert [of_g["module"], all(of_g["trainable"]), of_g["input_requires_grad"]] == ["generator", True, False]
    assert [of_d["module"], any(of_d["trainable"]), of_d["input_requires_grad"]] == ["discriminator", False, True]


def test_a_mute_discriminator_passes_no_gradient_on_inside_grad() -> None:
    def of_images(model: Model, x: Tensor) -> None:
        slopes.append(grad(lambda images: torch.as_tensor(model.discriminator(images)).log().mean())(x))

    slopes: list[Tensor] = []
    recorded(of_images)
    recorded(of_images, mute=True)
    assert bool(slopes[0].any())
    assert not bool(slopes[1].any())
