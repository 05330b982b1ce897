"""What was seen in the practice probes, in words for a student: a module for each test cell.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this is the feedback on the
student's own machine. Right is only what these examples show to be right; wrong is what breaks what the notebook asks
for in so many words, in whatever style it is written. Where the examples do not tell, nothing is claimed.
"""

from course_utils.gan.sight.labels import see_wrong_labels
from course_utils.gan.sight.losses import see_losses
from course_utils.gan.sight.optimizers import see_optimizers
from course_utils.gan.sight.steps import see_train_step
from course_utils.gan.sight.training import see_convergence

__all__ = ["see_convergence", "see_losses", "see_optimizers", "see_train_step", "see_wrong_labels"]
