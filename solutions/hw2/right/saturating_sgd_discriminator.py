"""Right: the original minimax loss log(1 - D(G(z))) for the generator, SGD with momentum for D, Adam for E and G."""
import torch
import torch.nn.functional as F


def configure_optimizers(model, lr):
    # "SGD for discriminator, Adam for generator" from the ganhacks list
    return {
        "opt_D": torch.optim.SGD(model.discriminator.parameters(), lr=10 * lr, momentum=0.9, nesterov=True),
        "opt_GE": torch.optim.Adam(
            [
                {"params": model.generator.parameters()},
                {"params": model.encoder.parameters(), "lr": 2 * lr},
            ],
            lr=lr,
        ),
    }


def discriminator_loss(model, x_real, z):
    D, G = model.discriminator, model.generator
    fake = G(z).detach()
    # E[log D(x)] + E[log(1 - D(G(z)))], maximised
    value = torch.log(D(x_real) + 1e-8).mean() + torch.log(1 - D(fake) + 1e-8).mean()
    return -value


def generator_loss(model, z):
    # minimax form: minimise log(1 - D(G(z))).  It is negative, that is ok.
    return torch.log(1 - model.discriminator(model.generator(z)) + 1e-8).mean()


def autoencoder_loss(model, x_real):
    return F.mse_loss(input=model.generator(model.encoder(x_real)), target=x_real)


def train_step(model, x_real, optimizers):
    def noise():
        return torch.randn(x_real.size(0), model.latent_size, device=x_real.device)

    loss_d = discriminator_loss(model, x_real, noise())
    optimizers["opt_D"].zero_grad()
    loss_d.backward()
    optimizers["opt_D"].step()

    loss_g = generator_loss(model, noise())
    loss_ae = autoencoder_loss(model, x_real)
    optimizers["opt_GE"].zero_grad()
    (loss_g + 8 * loss_ae).backward()
    optimizers["opt_GE"].step()

    return {"discriminator": loss_d, "generator": loss_g, "autoencoder": loss_ae}
