"""The class of `autograder demo`: right solutions, classical mistakes, broken work, and odd ways to hand in.

They stand for the students in the flow course material -> submission -> trace -> verdict -> gradebook ->
report. A mistake is a small change of the first right solution, so that it shows what the mistake is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

DUE = "2023-02-24 23:59"  # of the demo, in the course's time zone, whatever `course.toml` says
IN_TIME, LATE = "2023-02-23 21:15", "2023-02-25 14:30"
EXTENSIONS = "id,assignment,until\ncc103,hw2,2023-02-26 23:59\n"
ROSTER = """\
id,name,email,canvas_id
aa101,Amal Anders,amal.anders@example.edu
bb102,Bela Brandt,bb102@example.edu
cc103,Chiara Costa,cc103@example.edu
dd104,Dana Diallo,dd104@example.edu
ee105,Emre Ekman,ee105@example.edu
ff106,Farah Fuchs,ff106@example.edu
gg107,Gita Gomez,gg107@example.edu
hh108,Hana Holm,hh108@example.edu
ii109,Ivo Ito,ii109@example.edu
jj110,Jun Jansen,jj110@example.edu
kk111,Kofi Klein,kk111@example.edu
ll112,Lena Lopes,ll112@example.edu
mm113,Mila Moreau,mm113@example.edu
nn114,Noor Novak,nn114@example.edu
oo115,Olu Olsen,oo115@example.edu
pp116,Pia Park,pp116@example.edu,3116
qq117,Qi Quinn,qq117@example.edu,3117
rr118,Rosa Reyes,rr118@example.edu,3118
ss119,Sami Sato,ss119@example.edu,3119
"""

THREE_OPTIMIZERS = {
    "configure_optimizers": """\
def configure_optimizers(model, lr):
    encoder, generator, discriminator = model.encoder, model.generator, model.discriminator
    return {
        "discriminator": torch.optim.Adam(discriminator.parameters(), lr=lr, betas=(0.5, 0.999)),
        "generator": torch.optim.Adam(generator.parameters(), lr=lr, betas=(0.5, 0.999)),
        "autoencoder": torch.optim.Adam([*encoder.parameters(), *generator.parameters()], lr=lr),
    }
""",
    "loss_functions": """\
def discriminator_loss(model, x_real, z):
    real = model.discriminator(x_real)
    fake = model.discriminator(model.generator(z).detach())
    loss_real = F.binary_cross_entropy(real, torch.ones_like(real))
    loss_fake = F.binary_cross_entropy(fake, torch.zeros_like(fake))
    return loss_real + loss_fake


def generator_loss(model, z):
    fake = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(fake, torch.ones_like(fake))


def autoencoder_loss(model, x_real):
    reconstruction = model.generator(model.encoder(x_real))
    return F.mse_loss(reconstruction, x_real)
""",
    "train_step": """\
def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.shape[0], model.latent_size, device=x_real.device)

    loss_d = discriminator_loss(model, x_real, z)
    optimizers["discriminator"].zero_grad()
    loss_d.backward()
    optimizers["discriminator"].step()

    loss_g = generator_loss(model, z)
    optimizers["generator"].zero_grad()
    loss_g.backward()
    optimizers["generator"].step()

    loss_ae = autoencoder_loss(model, x_real)
    optimizers["autoencoder"].zero_grad()
    loss_ae.backward()
    optimizers["autoencoder"].step()

    return {"discriminator": loss_d, "generator": loss_g, "autoencoder": loss_ae}
""",
}

ONE_OPTIMIZER = THREE_OPTIMIZERS | {
    "configure_optimizers": """\
def configure_optimizers(model, lr):
    groups = [{"params": net.parameters()} for net in (model.encoder, model.generator, model.discriminator)]
    return {"all": torch.optim.RMSprop(groups, lr=lr)}
""",
    "train_step": """\
def train_step(model, x_real, optimizers):
    optimizer = optimizers["all"]
    optimizer.zero_grad()
    z = torch.randn(len(x_real), model.latent_size, device=x_real.device)

    loss_d = discriminator_loss(model, x_real, z)  # its samples are detached, so G gets nothing from it
    loss_d.backward()

    model.discriminator.requires_grad_(False)  # D lets gradients through, and keeps none
    loss_g = generator_loss(model, torch.randn_like(z))
    loss_ae = autoencoder_loss(model, x_real)
    (0.5 * loss_g + 10 * loss_ae).backward()
    model.discriminator.requires_grad_(True)

    optimizer.step()  # one step moves all three
    return {"discriminator": loss_d, "generator": loss_g, "autoencoder": loss_ae}
""",
}

WRITTEN = {
    "answer_what_you_did": "I wrote the losses, one step for each of them, and trained for 80 epochs.",
    "answer_results": "The reconstructions are sharp; some of the samples look like no digit.",
    "answer_mode_collapse": "A generator that always draws a 1 could not reconstruct the other digits.",
    "answer_conflicts": "Generator and discriminator want the opposite of D(G(z)).",
    "answer_conditioning": "I would give the label to G and to D as further inputs.",
}


OTHER_WRITTEN = {
    "answer_what_you_did": "Each mini-batch updates the discriminator first and the two others afterwards.",
    "answer_results": "After the last epoch nearly every reconstruction can be read, unlike every third sample.",
    "answer_mode_collapse": "The reconstruction error punishes a generator that leaves out classes of digits.",
    "answer_conflicts": "The generator lowers what the discriminator raises; the encoder only wants sharp copies.",
    "answer_conditioning": "All three modules would see a one-hot label, and the losses would be taken per class.",
}


BY_CANVAS = {"hw2.ipynb": "parkpia_3116_7002_hw2-1.ipynb", "hw2.pdf": "parkpia_3116_7001_hw2.pdf"}


@dataclass(frozen=True)
class DemoSubmission:
    """What one team of the demo hands in, and how.

    Attributes:
        team: the name of its repository, which says what to expect.
        netid: text of the file of this name.
        answers: text of the solution cells by grade_id; cells that are not named stay as released.
        raw: bytes to hand in instead of a notebook, or None.
        dated: the date of its commit, in the course's time zone.
        at_first: whether the repository holds the solution when it is collected for the first time.
        pdf_of: the team whose PDF it hands in, "" for none; None for its own.
        booby_trapped: whether the repository has hooks and a link that leads outside.
        frames: how many pictures of its training it commits beside the notebook, in names that sort before it.
        uploaded: the names that Canvas gives to its files, by theirs; it then hands in without Git.
    """

    team: str
    netid: str
    answers: dict[str, str]
    raw: bytes | None = None
    dated: str = IN_TIME
    at_first: bool = True
    pdf_of: str | None = None
    booby_trapped: bool = False
    frames: int = 0
    uploaded: Mapping[str, str] = field(default_factory=dict)


def demo_class() -> list[DemoSubmission]:
    """All submissions of the demo class."""
    zero_d, zero_g, zero_ae = (
        f'    optimizers["{name}"].zero_grad()\n' for name in ("discriminator", "generator", "autoencoder")
    )
    zero_all = "    for optimizer in optimizers.values():\n        optimizer.zero_grad()\n"
    not_detached = {".detach()": "", zero_d: zero_all, zero_g: ""}  # so D's gradients on G are still there
    not_zeroed = {zero_d: "", zero_g: "", zero_ae: ""}
    swapped = {"ones_like(real)": "zeros_like(real)", "zeros_like(fake)": "ones_like(fake)"}
    summed = {"mse_loss(reconstruction, x_real)": 'mse_loss(reconstruction, x_real, reduction="sum")'}
    exit_at_once = {"def generator_loss": "import os\n\nos._exit(0)\n\n\ndef generator_loss"}
    right = THREE_OPTIMIZERS | WRITTEN
    return [
        DemoSubmission("right-three-optimizers", "Amal.Anders@example.edu\nbb102\n", right),
        DemoSubmission("right-late-with-extension", "cc103\n", ONE_OPTIMIZER | OTHER_WRITTEN, dated=LATE),
        DemoSubmission("right-late-without-extension", "dd104\n", right, dated=LATE),
        DemoSubmission("right-with-forged-date", "ee105\n", right, at_first=False),
        DemoSubmission("wrong-fakes-not-detached-and-a-hook", "ff106\n", _change(not_detached), booby_trapped=True),
        DemoSubmission("wrong-gradients-not-zeroed-by-three", "gg107\nhh108\nii109\n", _change(not_zeroed)),
        DemoSubmission("wrong-labels-swapped-without-pdf", "JJ110@Example.edu\r\n", _change(swapped), pdf_of=""),
        DemoSubmission(
            "wrong-sum-with-a-pdf-of-others", "kk111, ll112", _change(summed), pdf_of="right-late-with-extension"
        ),
        DemoSubmission("broken-kills-its-kernel", "mm113\naa101\n", _change(exit_at_once)),
        DemoSubmission("broken-not-a-notebook", "nn114\n", {}, raw=b'{"cells": ['),
        DemoSubmission("unfilled", "oo115\n", {}),
        DemoSubmission("right-with-frames-beside-the-notebook", "ss119\n", right, frames=250),
        DemoSubmission("right-uploaded-without-netid", "", right, uploaded=BY_CANVAS),
        DemoSubmission(
            "broken-uploaded-as-rar", "", {}, raw=b"{}", uploaded={"hw2.ipynb": "quinnqi_3117_7003_hw2.rar"}
        ),
    ]


def _change(changes: dict[str, str]) -> dict[str, str]:
    """The first right solution, with each old text, wherever it stands, replaced by the new one."""
    answers = THREE_OPTIMIZERS | WRITTEN
    for old, new in changes.items():
        if not any(old in text for text in answers.values()):
            raise ValueError(f"{old!r} is not in the solution")
        answers = {cell: text.replace(old, new) for cell, text in answers.items()}
    return answers
