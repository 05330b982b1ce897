"""Our training step, with the way back written out, so that little is left of it but matrix products.

L_D moves D and L_G moves G with one set of Adam's averages, L_AE moves E and G with another one. All gradients are
taken at the same weights. There is no graph to build. The weights of all networks lie in one tensor, E, G, D, and what
Adam moves are two parts of it. The images lie in one tensor, too: G writes its samples and reconstructions below the
real ones, so that D finds the rows that it judges side by side,

    rows 0 to n: x_real,   n to 2n: x_fake = G(z),   2n to 3n: reconstruction = G(E(x_real)),

and each weight gets its gradient from one product over all rows that pass it. A gradient with respect to the input is
computed where somebody needs it: at the samples (for G) and at the codes (for E).

The products are made in a precision of choice. With bfloat16, which newer processors multiply twice as fast, the
weights are copied to it at the start of each step, and the gradients are copied back at its end; weights, Adam's
averages and losses stay in float32 (P. Micikevicius et al., Mixed Precision Training, 2018). bfloat16 has the range of
float32, so no loss has to be scaled.
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

    Args:
        parameters: weight (width, input width) and bias (width,) of each layer, in turn.

    Attributes:
        outputs: what `forward` fed to each layer, for the way back; (n, width) each.
    """

    def __init__(self, parameters: list[Tensor]) -> None:
        self.weights, self.biases = parameters[::2], parameters[1::2]
        self.outputs: list[Tensor] = []

    def forward(self, x: Tensor, out: Tensor | None = None) -> Tensor:
        """Output of the last layer, (n, width), for x (n, input width)."""
        self.outputs = [x]
        for weight, bias in zip(self.weights[:-1], self.biases[:-1], strict=True):
            x = torch.addmm(bias, x, weight.t()).relu_()
            self.outputs.append(x)
        return torch.addmm(self.biases[-1], x, self.weights[-1].t(), out=out)

    def backward(self, gradient: Tensor, into: list[Tensor], rows: slice = slice(None)) -> Tensor:
        """Write the gradients of all weights into `into`; returns the one at the first layer's output, (n, width).

        Args:
            gradient: at the network's output, (n, width).
            into: for each parameter, in order, a tensor of its shape.
            rows: which rows of the last `forward` it belongs to.
        """
        for i in range(len(self.weights) - 1, -1, -1):
            output = self.outputs[i][rows]
            torch.mm(gradient.t(), output, out=into[2 * i])
            torch.sum(gradient, 0, out=into[2 * i + 1])
            if i > 0:
                gradient = relu_backward(gradient @ self.weights[i], output, 0)
        return gradient


class ByHand:
    """The training step of one model; it moves the model's weights into one tensor.

    Args:
        model: E, G and D, as in the homework, with ReLU between their layers.
        noise: standard deviation of what is added to the images that D sees.
        lr: learning rate.
        dtype: of the matrix products, float32 or bfloat16.

    Attributes:
        optimizers: one, which moves first G and D for the game, then E and G for the autoencoder; Adam keeps its
            averages for each of the two parameters, so this is the same as two of them.
    """

    def __init__(self, model: Model, noise: float, lr: float, dtype: torch.dtype = torch.float32) -> None:
        self.noise, self.dtype = noise, dtype
        self.images = self.noises = self.seen = self.at_made = torch.empty(0)  # kept from step to step
        networks = model.encoder, model.generator, model.discriminator  # in this order in memory
        of_e, of_g, of_d = (list(network.parameters()) for network in networks)
        self.weights = torch.cat([parameter.detach().flatten() for parameter in of_e + of_g + of_d])
        sizes = [sum(parameter.numel() for parameter in of_network) for of_network in (of_e, of_g, of_d)]
        for parameter, values in zip(of_e + of_g + of_d, _like(self.weights, of_e + of_g + of_d), strict=True):
            parameter.data = values
        game, autoencoder = nn.Parameter(self.weights[sizes[0] :]), nn.Parameter(self.weights[: sizes[0] + sizes[1]])
        game.grad, autoencoder.grad = torch.zeros_like(game), torch.zeros_like(autoencoder)
        self.gradients = [game.grad, autoencoder.grad]
        self.optimizers: dict[str, Optimizer] = {"both": Adam([game, autoencoder], lr=lr, fused=True)}

        # What the products read and write: in float32 `to` copies nothing, and these are the tensors above.
        self.used = self.weights.to(dtype)
        self.computed = [gradient.to(dtype) for gradient in self.gradients]
        self.of_game = _like(self.computed[0], of_g + of_d)  # views of the gradients
        self.of_autoencoder = _like(self.computed[1], of_e + of_g)
        views = _like(self.used, of_e + of_g + of_d)
        first_of_g, first_of_d = len(of_e), len(of_e) + len(of_g)
        self.encoder = Layers(views[:first_of_g])
        self.generator = Layers(views[first_of_g:first_of_d])
        self.discriminator = Layers(views[first_of_d:])

    @torch.no_grad()
    def step(self, model: Model, x_real: Tensor, optimizers: dict[str, Optimizer]) -> dict[str, Tensor]:
        """One step on x_real (n, pixels): D follows L_D, G follows L_G, and E and G follow L_AE."""
        n, pixels = x_real.shape
        if self.images.shape != (3 * n, pixels):  # the first batch, or one that is smaller than the others
            self.images = torch.empty(3 * n, pixels, dtype=self.dtype)
            self.noises = torch.empty(2 * n, pixels)
            self.seen = torch.empty(2 * n, pixels, dtype=self.dtype)
            self.at_made = torch.empty(2 * n, pixels, dtype=self.dtype)
        if self.used is not self.weights:
            self.used.copy_(self.weights)
        images, at_made = self.images, self.at_made
        images[:n] = x_real
        made = images[n:]  # samples and reconstructions, (2n, pixels)
        inputs = torch.empty(2 * n, model.latent_size, dtype=self.dtype)  # of G: z and the codes
        inputs[:n] = torch.randn(n, model.latent_size)
        inputs[n:] = self.encoder.forward(images[:n])
        self.generator.forward(inputs, out=made).sigmoid_()
        seen = images[: 2 * n]
        if self.noise:
            seen = self.seen.copy_(self.noises.normal_(std=self.noise)).add_(seen)
        logits = self.discriminator.forward(seen).float()  # (2n, 1)

        at_logits = logits.sigmoid().div_(n)  # derivative of L_D
        at_logits[:n] -= 1 / n
        weights_of_g = len(self.generator.weights) * 2
        of_g, of_d = self.of_game[:weights_of_g], self.of_game[weights_of_g:]
        at_hidden = self.discriminator.backward(at_logits.to(self.dtype), of_d)[n:]  # of samples, (n, hidden)
        a_fake = logits[n:]
        at_hidden = at_hidden * -(-a_fake.clamp(min=-60)).exp().to(self.dtype)  # now of L_G, see designs.py

        torch.mm(at_hidden, self.discriminator.weights[0], out=at_made[:n])
        difference = torch.sub(made[n:], images[:n], out=at_made[n:])
        loss_autoencoder = torch.linalg.vector_norm(difference, dtype=torch.float32).square() / x_real.numel()
        difference.mul_(2 / x_real.numel())
        sigmoid_backward(at_made, made, grad_input=at_made)
        self.generator.backward(at_made[:n], of_g, slice(0, n))
        weights_of_e = len(self.encoder.weights) * 2
        at_codes = self.generator.backward(at_made[n:], self.of_autoencoder[weights_of_e:], slice(n, None))
        self.encoder.backward(at_codes @ self.generator.weights[0], self.of_autoencoder[:weights_of_e])
        for gradient, computed in zip(self.gradients, self.computed, strict=True):
            if computed is not gradient:
                gradient.copy_(computed)
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
