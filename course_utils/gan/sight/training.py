"""What was seen of a short training run: the losses on the way, and the reconstructions at its end.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this is a part of the feedback on
the student's own machine.
"""

import torch

from course_utils.gan.practice import held_out_digits
from course_utils.gan.probe_model import build_model
from course_utils.gan.sight.words import Seen, number, say_error
from coursekit.said import Said, right, seen, wrong
from coursekit.trace import Trace, read_trace


def see_convergence(recorded: Seen) -> list[Said]:
    probe, folder = recorded[0]
    trace = read_trace(folder)
    if trace.data["error"]:
        return [say_error("train_step", trace.data["error"])]
    every, last = probe.data["log_every"], probe.data["num_steps"]
    steps = [
        f"step {min(i * every, last):4d}: " + ", ".join(f"{name} {number(value)}" for name, value in losses.items())
        for i, losses in enumerate(trace.data["losses"])
    ]
    model = build_model(Trace({**probe.data, "weights": trace.data["weights"]}, trace.tensors))
    x, labels = held_out_digits(500)
    h = (labels,) if "labels" in probe.data else ()
    with torch.no_grad():
        error = float((model.generator(model.encoder(x, *h), *h) - x).square().mean())
    black = float(x.square().mean())
    learns = right if error < black else wrong
    told = (
        f"After {last} steps of a small model the reconstruction error on test images is {error:.4f}; black images "
        f"would have {black:.4f}."
    )
    return [seen("The losses on the way:\n" + "\n".join(f"  {line}" for line in steps)), learns(told)]
