"""The instrument of the GAN homeworks: a training step is recorded, and each gradient attributed to the loss it is of.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this stands where a submission
turns into a trace: `probe` carries out an experiment and `record` writes down what happens; `experiments`, `moves` and
`movement` take the same step again with one thing moved. `attribution` reads what was recorded, for the hidden checks
and for the gradient map. `practice`, `sight` and `advice` are the visible checks of `course_utils.check`.
"""
