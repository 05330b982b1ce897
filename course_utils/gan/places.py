"""Where linear layers stand, and what is known of a call of a module while it runs.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* the recorder keeps these while
it makes the trace.
"""

from dataclasses import dataclass, field

from torch import Tensor, nn

from course_utils.conditional import ConditionalDiscriminator, ConditionalEncoder, ConditionalGenerator
from course_utils.models import MLPDiscriminator, MLPEncoder, MLPGenerator

MODULES = ("encoder", "generator", "discriminator")
CLASSES: dict[type[nn.Module], str] = {
    MLPEncoder: "encoder",
    ConditionalEncoder: "encoder",
    MLPGenerator: "generator",
    ConditionalGenerator: "generator",
    MLPDiscriminator: "discriminator",
    ConditionalDiscriminator: "discriminator",
}


@dataclass
class Place:
    """Where a linear layer stands: in which of the three modules, and in which object of that class."""

    module: str
    layers: list[nn.Linear]
    position: int

    @property
    def is_last(self) -> bool:
        return self.position == len(self.layers) - 1


@dataclass
class OpenCall:
    """A call whose first linear layer has run and whose last one has not; `sides` are as `branches` notes them."""

    inputs: Tensor
    inputs_require_grad: bool
    weights: str
    own: bool
    trainable: list[bool]
    sides: list[Tensor] = field(default_factory=list)
