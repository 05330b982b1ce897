"""Wrong: in the step the codes are computed under no_grad, so E never gets a gradient and its optimizer does nothing.

check: encoder_learns_only_from_the_reconstruction
mistake: encoder-never-updated
"""
import torch
import torch.nn.functional as F

LAMBDA = 30


def configure_optimizers(model, lr):
    return {
        "D": torch.optim.Adam(model.discriminator.parameters(), lr=lr, betas=(0.5, 0.999)),
        "AE": torch.optim.Adam([*model.encoder.parameters(), *model.generator.parameters()], lr=lr, betas=(0.5, 0.999)),
    }


def draw_wrong_labels(h, number_of_classes):
    step = torch.randint(number_of_classes - 1, h.shape, device=h.device) + 1
    return (h + step) % number_of_classes


def towards(scores, y):
    return F.binary_cross_entropy(scores, torch.full_like(scores, y))


def discriminator_loss(model, x_real, h, h_wrong, z):
    with torch.no_grad():
        samples = model.generator(z, h)
    rejected = towards(model.discriminator(x_real, h_wrong), 0.0) + towards(model.discriminator(samples, h), 0.0)
    return towards(model.discriminator(x_real, h), 1.0) + rejected / 2


def generator_loss(model, x_real, h, z, weight):
    convinced = towards(model.discriminator(model.generator(z, h), h), 1.0)
    return convinced + weight * autoencoder_loss(model, x_real, h)


def autoencoder_loss(model, x_real, h):
    return F.mse_loss(model.generator(model.encoder(x_real, h), h), x_real)


def train_step(model, x_real, h, optimizers):
    z = torch.randn(len(x_real), model.latent_size, device=x_real.device)
    h_wrong = draw_wrong_labels(h, model.number_of_classes)

    optimizers["D"].zero_grad()
    loss_d = discriminator_loss(model, x_real, h, h_wrong, z)
    loss_d.backward()
    optimizers["D"].step()

    # encode once, use the codes for both losses
    with torch.no_grad():
        codes = model.encoder(x_real, h)
    loss_e = F.mse_loss(model.generator(codes, h), x_real)
    loss_g = towards(model.discriminator(model.generator(z, h), h), 1.0) + LAMBDA * loss_e
    optimizers["AE"].zero_grad()
    loss_g.backward()
    optimizers["AE"].step()
    return {"discriminator": loss_d, "generator": loss_g, "autoencoder": loss_e}
