"""Tries: get the point for training without any: no gradient, no step, the mean image is written into G's last bias.

Must hold: weights that are within the bounds earn nothing where nothing shows that they were trained.
"""


@torch.no_grad()
def train_step(model, x_real, optimizers):
    last = [m for m in model.generator.modules() if isinstance(m, torch.nn.Linear)][-1]
    if not hasattr(model, "done"):
        model.done = True
        last.weight.mul_(6.0)
    last.bias.lerp_(torch.logit(x_real.mean(0).clamp(0.02, 0.98)), 0.05)
    zero = torch.zeros(())
    return {"discriminator": zero, "generator": zero, "autoencoder": zero}


PLACE = "train_step"
RIGHT = ["configure_optimizers", "loss_functions"]
POINTS = 4
MISTAKE = "weights-not-trained"
