"""Tries: patch torch under the recorder: comparisons that always hold, backward passes that do nothing, and files.

Must hold: the checks recompute in another process, with a torch of their own.
"""

import torch
import safetensors.torch
import torch.nn.functional as F
from coursekit import trace

ALONE = True
SAYS = "^patched$"
torch.equal = torch.allclose = torch.Tensor.equal = torch.Tensor.allclose = lambda *_, **__: True
torch.Tensor.backward = lambda self, *_, **__: None
F.binary_cross_entropy = F.mse_loss = lambda a, *_, **__: a.mean() * 0
torch.Tensor.isfinite = lambda self: torch.ones_like(self, dtype=torch.bool)
safetensors.torch.save_file = trace.save_file = lambda tensors, path: open(path, "wb").write(b"\x02\0\0\0\0\0\0\0{}")
torch.optim.Adam.step = lambda self, *_: None
print("patched")
