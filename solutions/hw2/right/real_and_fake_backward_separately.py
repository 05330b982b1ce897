"""Right: DCGAN-tutorial style, D's real and fake parts are backpropagated one after the other, then one step."""
import torch
import torch.nn as nn

criterion = nn.BCELoss()
real_label = 1.
fake_label = 0.

def configure_optimizers(model, lr):
    optimizerD = torch.optim.Adam(model.discriminator.parameters(), lr=lr, betas=(0.5, 0.999))
    optimizerG = torch.optim.Adam(model.generator.parameters(), lr=lr, betas=(0.5, 0.999))
    optimizerE = torch.optim.Adam(model.encoder.parameters(), lr=lr, betas=(0.5, 0.999))
    return {"D": optimizerD, "G": optimizerG, "E": optimizerE}

def discriminator_loss(model, x_real, z):
    return real_part(model, x_real) + fake_part(model, model.generator(z).detach())

def real_part(model, x_real):
    output = model.discriminator(x_real).view(-1)
    label = torch.full((output.size(0),), real_label, dtype=torch.float, device=x_real.device)
    return criterion(output, label)

def fake_part(model, fake):
    output = model.discriminator(fake).view(-1)
    label = torch.full((output.size(0),), fake_label, dtype=torch.float, device=fake.device)
    return criterion(output, label)

def generator_loss(model, z):
    output = model.discriminator(model.generator(z)).view(-1)
    label = torch.full((z.size(0),), real_label, dtype=torch.float, device=z.device)
    return criterion(output, label)

def autoencoder_loss(model, x_real):
    return nn.MSELoss()(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    b_size = x_real.size(0)
    ## Train with all-real batch
    model.discriminator.zero_grad()
    errD_real = real_part(model, x_real)
    errD_real.backward()
    ## Train with all-fake batch
    noise = torch.randn(b_size, model.latent_size, device=x_real.device)
    fake = model.generator(noise)
    errD_fake = fake_part(model, fake.detach())
    # gradients accumulate (sum) with the previous ones
    errD_fake.backward()
    errD = errD_real + errD_fake
    optimizers["D"].step()

    model.generator.zero_grad()
    errG = generator_loss(model, noise)
    errG.backward()
    optimizers["G"].step()

    model.encoder.zero_grad()
    model.generator.zero_grad()
    errAE = autoencoder_loss(model, x_real)
    errAE.backward()
    optimizers["E"].step()
    optimizers["G"].step()
    return {"discriminator": errD, "generator": errG, "autoencoder": errAE}
