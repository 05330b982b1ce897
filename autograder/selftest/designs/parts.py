"""The parts that right designs are composed of, with the reason why each of them is right.

Beside the flow *course material -> submission -> trace -> verdict -> gradebook -> report* these are what the selftest
knows of the ways in which students write the homework. One part of each axis makes a design;
`autograder.selftest.designs.compose` writes it down as Python.
"""

from autograder.selftest.designs.loss_parts import (
    BATCHES,
    CROSS_ENTROPY,
    FAKES,
    GENERATOR,
    IMAGES,
    LABELS,
    NOISE_FOR_G,
    RECONSTRUCTION,
    Part,
)

STANDARD = "it is z ~ N(0, I), drawn anew, one row for each image"
LATENTS = (
    Part("randn", STANDARD, "torch.randn(x_real.shape[0], model.latent_size, device=x_real.device)"),
    Part("randn moved", STANDARD, "torch.randn((x_real.size(0), model.latent_size)).to(x_real)"),
    Part("filled in place", STANDARD, "x_real.new_empty(len(x_real), model.latent_size).normal_()"),
    Part("torch.normal", STANDARD, "torch.normal(0.0, 1.0, (len(x_real), model.latent_size), device=x_real.device)"),
    Part("distribution", STANDARD, "torch.distributions.Normal(0.0, 1.0).sample((len(x_real), model.latent_size))"),
    Part(
        "NumPy", STANDARD, "torch.from_numpy(RNG.standard_normal((len(x_real), model.latent_size), dtype=np.float32))"
    ),
)
OWN_RULE = "each module is updated from the gradient of its own losses, by a rule of torch's"
OPTIMIZERS = (
    Part("Adam", OWN_RULE, "torch.optim.Adam({}, lr=lr)"),
    Part("Adam with betas", OWN_RULE, "torch.optim.Adam({}, lr=lr, betas=(0.5, 0.999))"),
    Part("AdamW", OWN_RULE + "; its decay is part of the rule", "torch.optim.AdamW({}, lr=lr, weight_decay=1e-4)"),
    Part("AMSGrad", OWN_RULE, "torch.optim.Adam({}, lr=2 * lr, amsgrad=True)"),
    Part("NAdam", OWN_RULE, "torch.optim.NAdam({}, lr=lr)"),
    Part("RAdam", OWN_RULE, "torch.optim.RAdam({}, lr=lr)"),
    Part("Adamax", OWN_RULE, "torch.optim.Adamax({}, lr=lr)"),
    Part("momentum", OWN_RULE, "torch.optim.SGD({}, lr=50 * lr, momentum=0.9)"),
    Part("SGD", OWN_RULE, "torch.optim.SGD({}, 100 * lr)"),
    Part("RMSprop", OWN_RULE, "torch.optim.RMSprop({}, lr=lr)"),
    Part("Adagrad", OWN_RULE, "torch.optim.Adagrad({}, lr=10 * lr)"),
)
LAYOUTS = (
    Part("three networks", "one optimizer for each network", "D|G|E"),
    Part("three losses", "one for each loss; that of the reconstruction holds E and G", "D|G|EG"),
    Part("two", "one for D, one for E and G together", "D|EG|EG"),
    Part("one", "one for all; what has no gradient is not moved, and D is frozen in G's part", "ALL|ALL|ALL"),
    Part("LBFGS", "a closure computes the reconstruction error anew, E moves by it alone", "D|G|LBFGS"),
)
EACH_ALONE = "each loss is zeroed, gone backward from and applied on its own, so their order is free"
ORDERS = (
    Part("d g a", EACH_ALONE),
    Part("d a g", EACH_ALONE),
    Part("a d g", EACH_ALONE),
    Part("g d a", EACH_ALONE),
    Part("g a d", EACH_ALONE),
    Part("d ga", "the two losses of G are added up, E gets the gradient of its own only"),
    Part("ga d", "the two losses of G are added up, E gets the gradient of its own only"),
)
SCHEDULES = (
    Part("one step of D", "as in the original GAN"),
    Part("two steps of D", "D may be trained more often, with fresh samples"),
    Part("three steps of D, same z", "D may be trained more often, with the same samples"),
    Part("D every second call", "D may rest, so that G keeps up; its loss is still reported"),
    Part("D unless it wins", "D may rest where its loss is low; its loss is still reported"),
    Part("two steps of G", "G may be trained more often, with fresh samples"),
)
BACKWARDS = (
    Part("backward", "the gradients of the loss are added to zeroed ones"),
    Part("list", "torch.autograd.backward with one loss is its backward()"),
    Part("by hand", "torch.autograd.grad returns the same gradients, and they are put where the optimizer looks"),
    Part("accumulated", "parts of the mini-batch are weighted by their size, so their sum is the mean over all of it"),
    Part("in two parts", "the sum of the gradients is the gradient of the sum"),
)
ZEROING = (
    Part("own", "each optimizer zeroes what it holds right before the backward pass"),
    Part("own, before the loss", "each optimizer zeroes what it holds; computing the loss leaves no gradient"),
    Part(
        "filled with zeros",
        "with an optimizer for each network a gradient of zeros changes nothing",
        "set_to_none=False",
    ),
    Part("whole model", "all gradients are zeroed before each backward pass"),
)
CLIPPING = (
    Part("none", "gradients are applied as they are"),
    Part("norm", "the gradient of one's own loss is made shorter", "torch.nn.utils.clip_grad_norm_({}, 1.0)"),
    Part("norm that matters", "the gradient is made much shorter", "torch.nn.utils.clip_grad_norm_({}, 0.05)"),
    Part("value", "each element of the gradient is bounded", "torch.nn.utils.clip_grad_value_({}, 0.01)"),
)
RATES = (
    Part("constant", "the learning rate stays"),
    Part("exponential", "the learning rate decays", "ExponentialLR({}, gamma=0.999)"),
    Part("warm-up", "the learning rate grows at first", "LambdaLR({}, lambda t: min(1.0, (t + 1) / 20))"),
    Part("warm-up from 0", "the first step is of length 0", "LambdaLR({}, lambda t: min(1.0, t / 20))"),
    Part("linear", "the learning rate grows at first", "LinearLR({}, start_factor=0.1, total_iters=50)"),
    Part("cosine", "the learning rate decays", "CosineAnnealingLR({}, T_max=10_000)"),
)
AVERAGES = (
    Part("none", "nothing is kept"),
    Part("of G", "a moving average of G's weights is kept aside and never trained on"),
)
SAME_NUMBER = "it is the loss of this step"
REPORTS = (
    Part("tensors", SAME_NUMBER, "{}"),
    Part("item", SAME_NUMBER, "{}.item()"),
    Part("detached", SAME_NUMBER, "{}.detach()"),
    Part("float", SAME_NUMBER, "float({})"),
    Part("NumPy", SAME_NUMBER, "np.float32({}.item())"),
    Part("array", SAME_NUMBER, "{}.detach().cpu().numpy()"),
)
RETURNS = (
    Part("literal", "a dict"),
    Part("keywords", "a dict"),
    Part("ordered", "an OrderedDict is a mapping, and more keys do no harm"),
    Part("comprehension", "a dict"),
    Part("collected", "a dict that is filled on the way"),
)
KEYS = (
    Part("networks", "names are the student's choice", "'discriminator'|'generator'|'encoder'"),
    Part("letters", "names are the student's choice", "'D'|'G'|'E'"),
    Part("opt", "names are the student's choice", "'opt_d'|'opt_g'|'opt_ae'"),
    Part("numbers", "keys may be of any kind", "0|1|2"),
    Part("pairs", "keys may be of any kind", "('adam', 'd')|('adam', 'g')|('adam', 'e')"),
    Part("misleading", "what a key says decides nothing", "'disc_vs_gen'|'gen_vs_disc'|'recon'"),
)
WEIGHTS = tuple(Part(w, "the reconstruction error may have any weight", w) for w in ("1", "10", "30.0", "100"))
CALLS = (
    Part("functions", "the step calls the three functions of the task before"),
    Part("inline", "the step computes the same losses with code of its own"),
)
STYLES = (
    Part("plain", "a function"),
    Part("trainer", "an object that is called like a function"),
    Part("closure", "a function made by a function"),
    Part("dataclass", "settings in a dataclass, annotations as strings"),
)
REUSE = (
    Part("shared", "D and G may be trained on the same latent vectors"),
    Part("fresh", "G may get latent vectors of its own"),
)

EVEN = "each of the other classes is equally probable, and drawn for each label anew"
NO_LABELS = Part("none", "the images have no labels")
WRONG_LABELS = (
    Part(
        "added", EVEN, "return (h + torch.randint(1, number_of_classes, h.shape, device=h.device)) % number_of_classes"
    ),
    Part(
        "skipping",
        EVEN,
        "r = torch.randint(0, number_of_classes - 1, h.shape, device=h.device)\nreturn r + (r >= h).long()",
    ),
    Part(
        "multinomial",
        EVEN,
        "chances = 1 - F.one_hot(h, number_of_classes).float()\nreturn torch.multinomial(chances, 1).squeeze(1)",
    ),
    Part(
        "until wrong",
        EVEN,
        "wrong = torch.randint_like(h, number_of_classes)\n"
        "while (wrong == h).any():\n"
        "    wrong = torch.where(wrong == h, torch.randint_like(h, number_of_classes), wrong)\n"
        "return wrong",
    ),
)

AXES: dict[str, tuple[Part, ...]] = {
    "cross-entropy": CROSS_ENTROPY,
    "labels": LABELS,
    "batches": BATCHES,
    "fakes": FAKES,
    "images": IMAGES,
    "noise for G": NOISE_FOR_G,
    "generator": GENERATOR,
    "reconstruction": RECONSTRUCTION,
    "latents": LATENTS,
    "reuse of z": REUSE,
    "optimizer of D": OPTIMIZERS,
    "optimizer of G": OPTIMIZERS,
    "layout": LAYOUTS,
    "order": ORDERS,
    "schedule": SCHEDULES,
    "backward": BACKWARDS,
    "zeroing": ZEROING,
    "clipping": CLIPPING,
    "rates": RATES,
    "averages": AVERAGES,
    "report": REPORTS,
    "returns": RETURNS,
    "keys": KEYS,
    "weight": WEIGHTS,
    "calls": CALLS,
    "style": STYLES,
}
# What each assignment adds: the extra credit's networks are given labels.
OF_ASSIGNMENT: dict[str, dict[str, tuple[Part, ...]]] = {
    "hw2": {"wrong labels": (NO_LABELS,)},
    "hw2_conditional": {"wrong labels": WRONG_LABELS},
}
# The first part of these is what most students write; others are drawn less often, so that a design stays readable.
USUAL = {"images": 0.55, "schedule": 0.5, "backward": 0.5, "clipping": 0.6, "rates": 0.6, "averages": 0.8, "style": 0.4}
