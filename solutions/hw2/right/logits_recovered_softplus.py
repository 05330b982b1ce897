"""Right: logits recovered from D's probabilities with torch.logit, losses written with softplus."""
import torch
from torch.nn.functional import softplus

# BCE in terms of the logit s:  -log sigmoid(s) = softplus(-s),   -log(1 - sigmoid(s)) = softplus(s)

def score(model, x):
    return torch.logit(model.discriminator(x), eps=1e-6)

def configure_optimizers(model, lr):
    return {"discriminator": torch.optim.Adamax(model.discriminator.parameters(), lr=lr),
            "generator": torch.optim.Adamax(model.generator.parameters(), lr=2*lr),
            "encoder": torch.optim.Adamax(model.encoder.parameters(), lr=2*lr)}

def discriminator_loss(model, x_real, z):
    s_real = score(model, x_real)
    s_fake = score(model, model.generator(z).detach())
    return softplus(-s_real).mean() + softplus(s_fake).mean()

def generator_loss(model, z):
    return softplus(-score(model, model.generator(z))).mean()

def autoencoder_loss(model, x_real):
    err = x_real - model.generator(model.encoder(x_real))
    return (err * err).mean()

def train_step(model, x_real, optimizers):
    z = torch.randn((x_real.shape[0], model.latent_size), device=x_real.device)
    oD, oG, oE = (optimizers[k] for k in ("discriminator", "generator", "encoder"))

    oD.zero_grad()
    ld = discriminator_loss(model, x_real, z)
    ld.backward()
    oD.step()

    oG.zero_grad()
    oE.zero_grad()
    lg = generator_loss(model, z)
    la = autoencoder_loss(model, x_real)
    (0.5*lg + 10*la).backward()
    oG.step()
    oE.step()
    return {"discriminator": ld, "generator": lg, "autoencoder": la}
