"""Our training step, with the way back written out, so that little is left of it but matrix products.

L_D moves D and L_G moves G with one set of Adam's averages, L_AE moves E and G with another one. All gradients are
taken at the same weights. There is no graph to build. The weights of all networks lie in one tensor, E, G, D, and what
Adam moves are two parts of it. The images lie in one tensor, too: G writes its samples and reconstructions below the
real ones, so that D finds the rows that it judges side by side,

    rows 0 to n: x_real,   n to 2n: x_fake = G(z),   2n to 3n: reconstruction = G(E(x_real)),

and each weight gets its gradient from one product over all rows that pass it. A gradient with respect to the input is
computed where somebody needs it: at the samples (for G) and at the codes (for E).
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim import Adam, Optimizer

from course_utils.models import Model

relu_backward = torch.ops.aten.threshold_backward  # (gradient, output, 0)
sigmoid_backward = torch.ops.aten.sigmoid_backward.grad_input  # (gradient, output, grad_input=where it goes)


class Layers:
    """The linear layers of one network, with a ReLU after each but the last.

    Attributes:
        outputs: what `forward` fed to each layer, for the way back; (n, width) each.
    """

    def __init__(self, network: nn.Module) -> None:
        self.linear = [layer for layer in network.net if isinstance(layer, nn.Linear)]
        self.outputs: list[Tensor] = []

    def forward(self, x: Tensor, out: Tensor | None = None) -> Tensor:
        """Output of the last layer, (n, width), for x (n, input width)."""
        self.outputs = [x]
        for layer in self.linear[:-1]:
            x = torch.addmm(layer.bias, x, layer.weight.t()).relu_()
            self.outputs.append(x)
        return torch.addmm(self.linear[-1].bias, x, self.linear[-1].weight.t(), out=out)

    def backward(self, gradient: Tensor, into: list[Tensor], rows: slice = slice(None)) -> Tensor:
        """Write the gradients of all weights into `into`; returns the one at the first layer's output, (n, width).

        Args:
            gradient: at the network's output, (n, width).
            into: for each parameter, in order, a tensor of its shape.
            rows: which rows of the last `forward` it belongs to.
        """
        for i in range(len(self.linear) - 1, -1, -1):
            output = self.outputs[i][rows]
            torch.mm(gradient.t(), output, out=into[2 * i])
            torch.sum(gradient, 0, out=into[2 * i + 1])
            if i > 0:
                gradient = relu_backward(gradient @ self.linear[i].weight, output, 0)
        return gradient


class ByHand:
    """The training step of one model; it moves the model's weights into one tensor.

    Args:
        model: E, G and D, as in the homework, with ReLU between their layers.
        noise: standard deviation of what is added to the images that D sees.
        lr: learning rate.

    Attributes:
        optimizers: one, which moves first G and D for the game, then E and G for the autoencoder; Adam keeps its
            averages for each of the two parameters, so this is the same as two of them.
    """

    def __init__(self, model: Model, noise: float, lr: float) -> None:
        self.noise = noise
        self.images = self.noises = self.at_made = torch.empty(0)  # kept from step to step
        networks = model.encoder, model.generator, model.discriminator  # in this order in memory
        self.encoder, self.generator, self.discriminator = (Layers(network) for network in networks)
        of_e, of_g, of_d = (list(network.parameters()) for network in networks)
        flat = torch.cat([parameter.detach().flatten() for parameter in of_e + of_g + of_d])
        sizes = [sum(parameter.numel() for parameter in of_network) for of_network in (of_e, of_g, of_d)]
        for parameter, values in zip(of_e + of_g + of_d, _like(flat, of_e + of_g + of_d), strict=True):
            parameter.data = values
        game, autoencoder = nn.Parameter(flat[sizes[0] :]), nn.Parameter(flat[: sizes[0] + sizes[1]])
        game.grad, autoencoder.grad = torch.zeros_like(game), torch.zeros_like(autoencoder)
        self.of_game = _like(game.grad, of_g + of_d)  # views of the gradients
        self.of_autoencoder = _like(autoencoder.grad, of_e + of_g)
        self.optimizers: dict[str, Optimizer] = {"both": Adam([game, autoencoder], lr=lr, fused=True)}

    @torch.no_grad()
    def step(self, model: Model, x_real: Tensor, optimizers: dict[str, Optimizer]) -> dict[str, Tensor]:
        """One step on x_real (n, pixels): D follows L_D, G follows L_G, and E and G follow L_AE."""
        n, pixels = x_real.shape
        if self.images.shape != (3 * n, pixels):  # the first batch, or one that is smaller than the others
            self.images = torch.empty(3 * n, pixels)
            self.noises = torch.empty(2 * n, pixels)
            self.at_made = torch.empty(2 * n, pixels)
        images, at_made = self.images, self.at_made
        images[:n] = x_real
        inputs = torch.empty(2 * n, model.latent_size)  # of G: z and the codes
        inputs[:n].normal_()
        inputs[n:] = self.encoder.forward(x_real)
        made = images[n:]  # samples and reconstructions, (2n, pixels)
        self.generator.forward(inputs, out=made).sigmoid_()
        seen = images[: 2 * n]
        if self.noise:
            seen = torch.add(seen, self.noises.normal_(), alpha=self.noise, out=self.noises)
        logits = self.discriminator.forward(seen)  # (2n, 1)

        at_logits = logits.sigmoid().div_(n)  # derivative of L_D
        at_logits[:n] -= 1 / n
        weights_of_g = len(self.generator.linear) * 2
        at_hidden = self.discriminator.backward(at_logits, self.of_game[weights_of_g:])[n:]  # of samples, (n, hidden)
        a_fake = logits[n:]
        at_hidden = at_hidden * -(-a_fake.clamp(min=-60)).exp()  # now of L_G, see designs.py

        torch.mm(at_hidden, self.discriminator.linear[0].weight, out=at_made[:n])
        difference = torch.sub(made[n:], x_real, out=at_made[n:])
        loss_autoencoder = difference.square().mean()
        difference.mul_(2 / x_real.numel())
        sigmoid_backward(at_made, made, grad_input=at_made)
        self.generator.backward(at_made[:n], self.of_game[:weights_of_g], slice(0, n))
        weights_of_e = len(self.encoder.linear) * 2
        at_codes = self.generator.backward(at_made[n:], self.of_autoencoder[weights_of_e:], slice(n, None))
        self.encoder.backward(at_codes @ self.generator.linear[0].weight, self.of_autoencoder[:weights_of_e])
        optimizers["both"].step()

        real, fake = F.softplus(-logits).view(2, n).mean(1)  # BCE with label 1: of real images, of samples
        return {
            "discriminator": real + fake + a_fake.mean(),  # softplus(a) = softplus(-a) + a
            "generator": fake,
            "autoencoder": loss_autoencoder,
        }


def _like(flat: Tensor, parameters: list[nn.Parameter]) -> list[Tensor]:
    """Views of a flat tensor, one in the shape of each parameter."""
    parts = flat.detach().split([parameter.numel() for parameter in parameters])
    return [part.view_as(parameter) for part, parameter in zip(parts, parameters, strict=True)]
