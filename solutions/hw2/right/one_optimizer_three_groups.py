"""Right: one Adam with three parameter groups; only the group that a loss is meant for has gradients when it steps."""
import torch
import torch.nn.functional as F

def configure_optimizers(model, lr):
    groups = [
        {"params": model.discriminator.parameters(), "lr": 0.5 * lr, "name": "D"},
        {"params": model.generator.parameters(), "name": "G"},
        {"params": model.encoder.parameters(), "name": "E"},
    ]
    return {"all": torch.optim.Adam(groups, lr=lr, betas=(0.5, 0.999))}

def discriminator_loss(model, x_real, z):
    D = model.discriminator
    fake = model.generator(z).detach()
    loss = F.binary_cross_entropy(D(x_real), torch.ones(x_real.shape[0], 1, device=x_real.device))
    return loss + F.binary_cross_entropy(D(fake), torch.zeros(fake.shape[0], 1, device=fake.device))

def generator_loss(model, z):
    p = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(p, torch.ones(p.shape, device=p.device))

def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)

def forget(optimizer, name):
    """Adam skips parameters whose gradient is None"""
    for group in optimizer.param_groups:
        if group["name"] == name:
            for p in group["params"]:
                p.grad = None

def train_step(model, x_real, optimizers):
    opt = optimizers["all"]
    z = torch.randn(x_real.shape[0], model.latent_size, device=x_real.device)

    opt.zero_grad(set_to_none=True)
    d = discriminator_loss(model, x_real, z)
    d.backward()
    opt.step()          # only D has gradients here

    opt.zero_grad(set_to_none=True)
    g = generator_loss(model, z)
    ae = autoencoder_loss(model, x_real)
    (0.5 * g + 8 * ae).backward()
    forget(opt, "D")    # g.backward() also filled D
    opt.step()
    return {"discriminator": d, "generator": g, "autoencoder": ae}
