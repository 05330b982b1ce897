"""Right: everything lives in a small helper class, the five functions only call it; D's weights are frozen with eval-style toggles."""
import torch
import torch.nn.functional as F


class AutoencodingGAN:
    def __init__(self, model, smoothing=0.0, reconstruction_weight=12.0):
        self.model = model
        self.smoothing = smoothing
        self.reconstruction_weight = reconstruction_weight

    # --- losses -----------------------------------------------------------
    def d_loss(self, x, z):
        with torch.no_grad():
            fake = self.model.generator(z)
        return self._bce(x, 1.0 - self.smoothing) + self._bce(fake, 0.0)

    def g_loss(self, z):
        return self._bce(self.model.generator(z), 1.0)

    def ae_loss(self, x):
        return F.mse_loss(self.model.generator(self.model.encoder(x)), x)

    def _bce(self, images, label):
        p = self.model.discriminator(images)
        return F.binary_cross_entropy(p, torch.empty_like(p).fill_(label))

    # --- training ---------------------------------------------------------
    def noise(self, x):
        return torch.randn(x.size(0), self.model.latent_size, dtype=x.dtype, device=x.device)

    def requires_grad(self, flag):
        for p in self.model.discriminator.parameters():
            p.requires_grad = flag

    def step(self, x, optimizers):
        self.requires_grad(True)
        d = self.d_loss(x, self.noise(x))
        self._update(d, optimizers["discriminator"])

        self.requires_grad(False)
        g, ae = self.g_loss(self.noise(x)), self.ae_loss(x)
        self._update(g + self.reconstruction_weight * ae, optimizers["encoder_generator"])
        self.requires_grad(True)
        return {"discriminator": d.detach(), "generator": g.detach(), "autoencoder": ae.detach()}

    @staticmethod
    def _update(loss, optimizer):
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def configure_optimizers(model, lr):
    eg = torch.nn.ModuleList([model.encoder, model.generator])
    return {
        "discriminator": torch.optim.Adam(model.discriminator.parameters(), lr=lr, amsgrad=True),
        "encoder_generator": torch.optim.Adam(eg.parameters(), lr=lr, amsgrad=True),
    }


def discriminator_loss(model, x_real, z):
    return AutoencodingGAN(model).d_loss(x_real, z)


def generator_loss(model, z):
    return AutoencodingGAN(model).g_loss(z)


def autoencoder_loss(model, x_real):
    return AutoencodingGAN(model).ae_loss(x_real)


def train_step(model, x_real, optimizers):
    return AutoencodingGAN(model).step(x_real, optimizers)
