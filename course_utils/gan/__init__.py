"""The instrument of the GAN homeworks: a training step is recorded, and each gradient attributed to the loss it is of.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this stands where a submission
turns into a trace: `probe` and `short_training` carry out an experiment on a `probe_model`, `record` with
`optimizer_steps` writes down what happens, and `described` what a function returned or raised; `experiments`, `moves`
and `movement` take the same step again with one thing moved. `attribution` reads what was recorded, for the hidden
checks and for the gradient map. `practice`, `sight` and `advice` are the visible checks of `course_utils.check`.
"""
