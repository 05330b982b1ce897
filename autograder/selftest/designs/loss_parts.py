"""The parts of the losses of right designs, with the reason why each of them is right.

Beside the flow *course material -> submission -> trace -> verdict -> gradebook -> report* these are what the selftest
knows of the ways in which students write TODO 2; those of the training step stand in
`autograder.selftest.designs.parts`.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """One way to do one thing.

    Attributes:
        name: short, unique on its axis.
        why: why a design stays right with it.
        code: what `compose` puts into the source; its form depends on the axis.
    """

    name: str
    why: str
    code: str = ""


HARD, ABOVE_ONE = "hard labels", "labels above 1"
WITH_ANY_LABEL = ("with logits", "logits from layers", "written out")  # these cross-entropies take labels above 1
EXACT = "it is the cross-entropy of D's output and the labels, averaged over the mini-batch"

# {p} is what D returned, {y} the labels, {s} D's logits
CROSS_ENTROPY = (
    Part("functional", EXACT, "F.binary_cross_entropy({p}, {y})"),
    Part("module", EXACT, "bce({p}, {y})"),
    Part("keywords", EXACT, 'F.binary_cross_entropy(input={p}, target={y}, reduction="mean")'),
    Part("sum over size", EXACT, 'F.binary_cross_entropy({p}, {y}, reduction="sum") / {p}.numel()'),
    Part("written out", EXACT, "-({y} * torch.log({p}) + (1 - {y}) * torch.log(1 - {p})).mean()"),
    Part(
        "clamped logarithm",
        "probabilities are bounded far from where D's outputs are, so nothing changes",
        "-({y} * {p}.clamp_min(1e-7).log() + (1 - {y}) * (1 - {p}).clamp_min(1e-7).log()).mean()",
    ),
    Part("with logits", EXACT, "F.binary_cross_entropy_with_logits(torch.logit({p}, eps=1e-6), {y})"),
    Part("logits from layers", EXACT, "F.binary_cross_entropy_with_logits({s}, {y})"),
    Part(
        "softplus", "softplus(-s) is -log D and softplus(s) is -log(1 - D), for the logit s", "F.softplus({s}).mean()"
    ),
)
# labels of real and of generated images, with {p} for what D returned
ORDINARY = "cross-entropy with labels of 1 and 0 is what the homework asks for"
SMOOTH = "real labels below 1, or fake ones above 0, are the usual way to keep D from being too sure"
NOISY = "labels drawn at random, real ones around 0.9 and fake ones low, are a usual kind of smoothing"
LABELS = (
    Part(HARD, ORDINARY, "torch.ones_like({p})|torch.zeros_like({p})"),
    Part("full", ORDINARY, "torch.full_like({p}, 1.0)|torch.full_like({p}, 0.0)"),
    Part("of a shape", ORDINARY, "torch.ones({p}.shape[0], 1, device={p}.device)|torch.zeros_like({p})"),
    Part("new and expanded", ORDINARY, "{p}.new_full({p}.shape, 1.0)|torch.tensor(0.0).to({p}).expand_as({p})"),
    Part("real 0.9", SMOOTH, "torch.full_like({p}, 0.9)|torch.zeros_like({p})"),
    Part("real 0.7", SMOOTH, "0.7 * torch.ones_like({p})|torch.zeros_like({p})"),
    Part("both smoothed", SMOOTH, "torch.full_like({p}, 0.9)|torch.full_like({p}, 0.1)"),
    Part("fake 0.3", SMOOTH, "torch.ones_like({p})|0.3 * torch.ones_like({p})"),
    Part("noisy reals", NOISY, "torch.empty_like({p}).uniform_(0.7, 1.0)|torch.zeros_like({p})"),
    Part("noisy", NOISY, "torch.empty_like({p}).uniform_(0.8, 1.0)|0.2 * torch.rand_like({p})"),
    Part("noisy to 0.3", NOISY, "1 - 0.3 * torch.rand_like({p})|0.3 * torch.rand_like({p})"),
    Part(ABOVE_ONE, NOISY, "torch.empty_like({p}).uniform_(0.7, 1.2)|0.3 * torch.rand_like({p})"),
)
# {q} is D's output for the samples, {s} their logits
GENERATOR = (
    Part("cross-entropy", "cross-entropy with label 1 is low when D takes the samples for real"),
    Part("logarithm", "-log D(G(z)) is that cross-entropy", "-torch.log({q}).mean()"),
    Part("softplus", "softplus(-s) is -log D(G(z)), for the logit s", "F.softplus(-{s}).mean()"),
    Part("saturating", "log(1 - D(G(z))) is the generator's side of the minimax game", "torch.log(1 - {q}).mean()"),
)
MEAN_SQUARE = "it is the mean over images and pixels of the squared error"
RECONSTRUCTION = (
    Part("functional", MEAN_SQUARE, "F.mse_loss({r}, {x})"),
    Part("module", MEAN_SQUARE, "mse({r}, {x})"),
    Part("by hand", MEAN_SQUARE, "(({r} - {x}) ** 2).mean()"),
    Part("sum over size", MEAN_SQUARE, "({x} - {r}).pow(2).sum() / {x}.numel()"),
    Part("mean of means", MEAN_SQUARE, "({r} - {x}).square().mean(dim=1).mean()"),
)
BATCHES = (
    Part("separate", "reals and samples are judged in two calls of D"),
    Part("one batch", "the mean over both together is half of the sum of two means, a factor that a step may have"),
    Part("one batch twice", "twice the mean over both together is the sum of the two means"),
    Part("halved", "half of the sum: the factor scales D's gradient only"),
)
FAKES = (
    Part("detached", "the gradient of L_D ends at the samples"),
    Part("no_grad", "no graph of G is built for D's loss"),
    Part("not detached", "what L_D leaves in G is zeroed before G's own backward pass"),
)
SAME_FOR_BOTH = "D sees real images and samples changed in the same way, so it tells them apart by nothing else"
IMAGES = (
    Part("as they are", "nothing is changed"),
    Part("noise 0.05", SAME_FOR_BOTH, "return x + 0.05 * torch.randn_like(x)"),
    Part("noise 0.2", SAME_FOR_BOTH, "return x + torch.randn_like(x) * 0.2"),
    Part("clamped noise", SAME_FOR_BOTH, "return (x + 0.1 * torch.randn_like(x)).clamp(0, 1)"),
    Part("decaying noise", SAME_FOR_BOTH, 'return x + 0.1 * 0.99 ** STATE["steps"] * torch.randn_like(x)'),
    Part("dropout", SAME_FOR_BOTH, "return F.dropout(x, 0.2)"),
    Part("brightness", SAME_FOR_BOTH, "return x * (0.7 + 0.3 * torch.rand(len(x), 1, device=x.device))"),
    Part("rescaled", SAME_FOR_BOTH, "return 0.8 * x + 0.1"),
    Part(
        "shifted",
        SAME_FOR_BOTH,
        "side = round(x.shape[1] ** 0.5)\n"
        "    by = tuple(int(i) for i in torch.randint(-1, 2, (2,)))\n"
        "    return x.view(-1, side, side).roll(by, dims=(1, 2)).flatten(1)",
    ),
)
NOISE_FOR_G = (
    Part("clean", "G is trained through D on its samples as they are"),
    Part("same", "G is trained through D on samples changed as D sees them in its own loss"),
)
