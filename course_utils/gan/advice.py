"""What the commonest errors of training GANs mean, and what to try: by the words of torch and Python.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* both the visible checks and the
hidden ones add this to an error that they quote. It is about errors only, and knows of no right solution.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Advice:
    """What an error means, in one sentence or none, and what to try.

    Attributes:
        means: in one sentence; empty where nothing is known of it.
        help: what to try.
        mistake: its short name.
        for_single: it is about mini-batches of a single image.
    """

    means: str
    help: str
    mistake: str = "function-raises"
    for_single: bool = False


_MODULES = "E and D take images of `x_real.shape[1]` pixels, G takes latent vectors of `model.latent_size` numbers"
_SHAPES = (
    "Print the shapes on that line: D returns `(batch, 1)`, so labels made with `torch.ones_like(...)` always fit."
)
_AVERAGE = 'Average first, with `.mean()` or the default `reduction="mean"`.'
_BATCH_NORM = r"Expected more than 1 value per channel when training"
_NO_DICT = re.compile(r"'(\w+)' object has no attribute 'items'")
_RETURN = "Check that each function ends with `return` and returns just what the notebook asks for."

# A pattern of "Type: message" and the advice; the first that is found counts. Its groups may stand in the text.
_KNOWN: tuple[tuple[str, str, str], ...] = (
    (
        r"backward through the graph a second time",
        "Two backward passes go through the same part of the graph, and the first one frees it.",
        "Compute what two losses share anew for each of them, detach it in one of them (such as the samples in D's "
        "loss), or add the losses up and go backward once. `retain_graph=True` is rarely what is meant.",
    ),
    (
        r"modified by an inplace operation",
        "Something that this backward pass needs was changed after the loss was computed: most often the weights, by "
        "the step of an optimizer.",
        "Compute each loss after the steps that change its weights, right before its own `backward()`; or call every "
        "`backward()` before the first `step()`.",
    ),
    (
        r"does not require grad and does not have a grad_fn|appears? to not have been used in the graph",
        "No weights are behind this loss any more, so there is nothing to go backward to.",
        "Look for `.detach()`, `.item()`, `.data`, `torch.no_grad()`, `requires_grad_(False)` or a new "
        "`torch.tensor(...)` on the way to it.",
    ),
    (
        r"grad can be implicitly created only for scalar outputs",
        "The loss has more than one element, but `backward()` needs one number.",
        _AVERAGE,
    ),
    (
        r'Module \[(\w+)\] is missing the required "forward"',
        r"\1 itself cannot be called like a function.",
        "Call its parts: `model.encoder(...)`, `model.generator(...)` and `model.discriminator(...)`.",
    ),
    (
        r"mat1 and mat2 shapes cannot be multiplied \(\d+x(\d+) and (\d+)x\d+\)",
        r"A network that takes rows of \2 numbers was given rows of \1.",
        _MODULES + ".",
    ),
    (
        r"target size .* (?:is different to|must be the same as|different to) .*input size|"
        r"size of tensor a \(\d+\) must match the size of tensor b|Tensors must have same number of dimensions|"
        r"Sizes of tensors must match|shape '.*' is invalid for input of size|Expected \dD .*input",
        "The shapes of two tensors do not fit together.",
        _SHAPES,
    ),
    (
        r"all elements of (input|target) should be between 0 and 1",
        r"Cross-entropy takes probabilities and labels between 0 and 1, but its \1 holds others, or no numbers (NaN).",
        "Pass D's output first and the labels second. Where D's output is no number, look at what made the weights so: "
        "the logarithm of 0, or steps that are far too large.",
    ),
    (
        r"must have the same dtype|expected scalar type|Found dtype (?!.*device)|expected m1 and m2 to have the same|"
        r"can't be cast to the desired output type|could not infer output dtype|Expected floating point type|"
        r"expected target dtype|only applicable to index tensor",
        "Numbers of two types meet that torch does not mix.",
        "Weights and images are `torch.float32`, indices are `torch.int64`: convert with `.float()` or `.long()`, or "
        "make new tensors with `dtype=x_real.dtype`. NumPy makes `float64`.",
    ),
    (
        _BATCH_NORM,
        "Batch normalization cannot average over a mini-batch of a single image.",
        "The last mini-batch of an epoch may be as small as that: leave batch normalization out, or use `LayerNorm`.",
    ),
    (
        r"Boolean value of Tensor|only one element tensors can be converted|elements cannot be converted to Scalar",
        "A tensor of several numbers stands where one number is needed.",
        _AVERAGE,
    ),
    (
        r"leaf Variable that requires grad",
        "Weights were changed in place while torch records what is done to them.",
        "Leave the change of weights to the optimizers.",
    ),
    (
        r"Can't call numpy\(\) on Tensor that requires grad",
        "NumPy knows no gradients.",
        "Stay with torch inside of a loss; for numbers to look at, `.detach().numpy()`.",
    ),
    (
        r"empty parameter list|can only optimize Tensors|should be an iterable of Tensors or dicts|"
        r"appear in more than one parameter group|'generator' and '(?:generator|list)'|'list' and 'generator'",
        "An optimizer takes a list of parameters, each of them once; `.parameters()` can be used up only once.",
        "For one module: `model.encoder.parameters()`. For two: `[*first.parameters(), *second.parameters()]`.",
    ),
    (
        r"'(NoneType|tuple|list)' object has no attribute|unsupported operand .*'(NoneType)'|"
        r"'?(NoneType)'? object is not|non-iterable (NoneType)|must be Tensor, not (NoneType|tuple|list)",
        r"A function that is called there returned \1, where a tensor or another object is needed.",
        _RETURN,
    ),
    (
        r"'(?:float|int)' object has no attribute '(?:backward|detach|mean|sum)'",
        "A plain number has no graph behind it.",
        "Keep the loss as the tensor that it is: leave out `.item()` and `float(...)`.",
    ),
    (
        r"'(?:float|int)' object has no attribute 'size'|must be Tensor, not (?:float|int)",
        "A plain number stands where a tensor is needed, such as for labels.",
        "Make a tensor of the right shape: `torch.ones_like(...)` or `torch.zeros_like(...)` of what D returned.",
    ),
    (
        r"iteration over a 0-d tensor|not enough values to unpack|too many values to unpack",
        "What a function returned was taken apart into another number of values than it has.",
        _RETURN,
    ),
    (
        r"AttributeError: 'Model' object has no attribute '(\w+)'",
        r"The model has no `\1`.",
        "Its parts are `encoder`, `generator` and `discriminator`, and it knows its `latent_size`.",
    ),
    (
        r"TypeError: .*(?:takes .* positional arguments? but|missing \d+ required|got an unexpected keyword|"
        r"got multiple values for|received an invalid combination of arguments)",
        "A function was called with other arguments than it takes.",
        "Compare the call with the definition; the five functions keep the arguments that the notebook gives them.",
    ),
    (
        r"KeyError: (.+)",
        r"There is no entry \1.",
        "The names of the optimizers are those under which your `configure_optimizers` returns them.",
    ),
    (
        r"UnboundLocalError",
        "The name is assigned further down in the same function, so it has no value there yet.",
        "Assign it before it is used, or pass it as an argument.",
    ),
    (
        r"No module named '(\w+)",
        r"The package `\1` is not installed where the notebook is graded.",
        "Use the packages of `requirements.txt` only.",
    ),
    (
        r"RecursionError",
        "A function calls itself again and again.",
        "Give your helpers other names than what they call.",
    ),
    (
        r"MemoryError|can't allocate memory",
        "It needs more memory than there is.",
        "Look for tensors that grow: sizes multiplied by mistake, or graphs kept from step to step.",
    ),
)
_COMPILED = tuple((re.compile(pattern, re.IGNORECASE), means, help) for pattern, means, help in _KNOWN)
_DEVICE = re.compile(r"\b(?:cuda|nvidia|mps|xpu|hip|on the same device|expected device)\b", re.IGNORECASE)
_NO_DEVICE = ("NameError", "UnboundLocalError", "AttributeError", "KeyError", "ImportError", "ModuleNotFoundError")


def advise(kind: str, message: str, line: str) -> Advice | None:
    """What an error means and what to try; None for one that is not known.

    Args:
        kind: its type.
        message: its message.
        line: of the student's code that it came from; empty where what a function returned has failed elsewhere.
    """
    returned = _NO_DICT.search(message)
    if returned and not line:
        return Advice(
            f"It returned {returned[1]}, expected a dict of losses by name.",
            'Return `{"discriminator": ..., "generator": ..., "autoencoder": ...}`.',
            mistake="wrong-return-value",
        )
    said = f"{kind}: {message}"
    for pattern, means, help in _COMPILED:
        found = pattern.search(said)
        if found:
            groups = [group for group in found.groups() if group]
            for number, group in enumerate(groups, start=1):
                means = means.replace(f"\\{number}", group)
            return Advice(means, help, for_single=pattern.pattern == _BATCH_NORM)
    return None


def needs_other_device(kind: str, message: str) -> bool:
    """Whether the error says that tensors are, or should be, on a device that is not there or not that of others."""
    return kind not in _NO_DEVICE and bool(_DEVICE.search(message))


def first_sentence(message: str) -> str:
    """What torch says first; it goes on with advice that is rarely right here, such as to retain a graph."""
    return re.split(r"(?<=[\w)\]])[.;:](?:\s|$)|\n| Hint:", message.strip(), maxsplit=1)[0].rstrip(".: ")
