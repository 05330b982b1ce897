"""Wrong: a Wasserstein critic's loss (difference of mean scores) on D's sigmoid output.

check: discriminator_loss_is_right
mistake: not-binary-cross-entropy
"""
import torch
import torch.nn.functional as F


def configure_optimizers(model, lr):
    return {
        "critic": torch.optim.RMSprop(model.discriminator.parameters(), lr=lr),
        "generator": torch.optim.RMSprop(model.generator.parameters(), lr=lr),
        "encoder": torch.optim.RMSprop(model.encoder.parameters(), lr=lr),
    }


def discriminator_loss(model, x_real, z):
    """WGAN: maximise E[D(x)] - E[D(G(z))]"""
    return model.discriminator(model.generator(z).detach()).mean() - model.discriminator(x_real).mean()


def generator_loss(model, z):
    return -model.discriminator(model.generator(z)).mean()


def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    critic, gen, enc = optimizers["critic"], optimizers["generator"], optimizers["encoder"]
    for _ in range(2):
        z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
        critic.zero_grad()
        d = discriminator_loss(model, x_real, z)
        d.backward()
        critic.step()
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    gen.zero_grad()
    enc.zero_grad()
    g = generator_loss(model, z)
    a = autoencoder_loss(model, x_real)
    (g + 10 * a).backward()
    gen.step()
    enc.step()
    return {"discriminator": d, "generator": g, "autoencoder": a}
