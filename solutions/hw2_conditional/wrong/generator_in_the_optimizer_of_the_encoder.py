"""Wrong: the line of the generator's optimizer was copied for the encoder and not changed.

check: every_module_has_an_optimizer
mistake: module-without-optimizer
also: encoder-never-updated
"""
import torch
import torch.nn.functional as F


def configure_optimizers(model, lr):
    optimizer_D = torch.optim.Adam(model.discriminator.parameters(), lr=lr, betas=(0.5, 0.999))
    optimizer_G = torch.optim.Adam(model.generator.parameters(), lr=lr, betas=(0.5, 0.999))
    optimizer_E = torch.optim.Adam(model.generator.parameters(), lr=lr, betas=(0.5, 0.999))
    return {"D": optimizer_D, "G": optimizer_G, "E": optimizer_E}


def draw_wrong_labels(h, number_of_classes):
    r = torch.randint(number_of_classes - 1, h.shape, device=h.device)
    r[r >= h] += 1
    return r


def discriminator_loss(model, x_real, h, h_wrong, z):
    pred_real = model.discriminator(x_real, h)
    pred_mismatch = model.discriminator(x_real, h_wrong)
    pred_fake = model.discriminator(model.generator(z, h).detach(), h)
    loss_real = F.binary_cross_entropy(pred_real, torch.ones_like(pred_real))
    loss_mismatch = F.binary_cross_entropy(pred_mismatch, torch.zeros_like(pred_mismatch))
    loss_fake = F.binary_cross_entropy(pred_fake, torch.zeros_like(pred_fake))
    return loss_real + (loss_mismatch + loss_fake) * 0.5


def generator_loss(model, x_real, h, z, weight):
    pred_fake = model.discriminator(model.generator(z, h), h)
    adv = F.binary_cross_entropy(pred_fake, torch.ones_like(pred_fake))
    rec = F.mse_loss(model.generator(model.encoder(x_real, h), h), x_real)
    return adv + weight * rec


def autoencoder_loss(model, x_real, h):
    return F.mse_loss(model.generator(model.encoder(x_real, h), h), x_real)


def train_step(model, x_real, h, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    h_wrong = draw_wrong_labels(h, model.number_of_classes)

    optimizers["D"].zero_grad()
    loss_D = discriminator_loss(model, x_real, h, h_wrong, z)
    loss_D.backward()
    optimizers["D"].step()

    optimizers["G"].zero_grad()
    loss_G = generator_loss(model, x_real, h, z, 30)
    loss_G.backward()
    optimizers["G"].step()

    optimizers["E"].zero_grad()
    loss_E = autoencoder_loss(model, x_real, h)
    loss_E.backward()
    optimizers["E"].step()
    return {"discriminator": loss_D, "generator": loss_G, "autoencoder": loss_E}
