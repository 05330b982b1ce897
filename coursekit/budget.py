"""The short training that stands in for the whole one: where a notebook is graded, and where it is handed in quickly.

Beside the flow *course material -> submission -> trace -> verdict -> gradebook -> report*: the training loop of a
course reads these variables of the environment as upper bounds, whole numbers; unset or empty, nothing is cut short.
"""

MAX_EPOCHS, MAX_STEPS = BOUNDS = ("COURSE_MAX_EPOCHS", "COURSE_MAX_STEPS_PER_EPOCH")
SHORT = {MAX_EPOCHS: "1", MAX_STEPS: "20"}
