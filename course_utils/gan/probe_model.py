"""The model of a probe, and its weights as vectors in a trace.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* both sides of a trace need this:
who asks a probe stores the weights to begin with, who carries it out builds the model from them, and who judges a run
builds the models before and after it again.
"""

from collections import deque

import torch

from course_utils.conditional import AnyModel, make_model
from course_utils.gan.places import MODULES
from coursekit.trace import Trace, flatten, named_tensor

# Models and optimizers of the last probes: nothing new may lie where they did, since code may keep a state by `id`.
_LAST: deque[object] = deque(maxlen=64)


def keep_apart(*things: object) -> None:
    """Keep what a probe gives to a student's code so long that its `id` is not that of anything in the next probes."""
    _LAST.extend(things)


def build_model(probe: Trace) -> AnyModel:
    """The model of the probe: `probe.data["model"]` holds the arguments, `probe.data["weights"]` the flat weights.

    It has torch's default type, as any model that is made where the student's code has set another one.
    """
    model = make_model(**probe.data["model"])
    for module, reference in probe.data["weights"].items():
        parameters = list(getattr(model, module).parameters())
        # a copy, or training would change the probe
        weights = named_tensor(probe, reference).to(parameters[0].dtype, copy=True)
        torch.nn.utils.vector_to_parameters(weights, parameters)
    return model


def flat_weights(model: AnyModel, trace: Trace) -> dict[str, str]:
    """Store the weights of the three modules, each as one vector, and return their names."""
    return {module: trace.store(flatten(dict(getattr(model, module).named_parameters()))) for module in MODULES}
