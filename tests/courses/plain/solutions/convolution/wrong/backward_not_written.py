"""Wrong: not written.

check: gradients_are_right
mistake: not-implemented
"""

import numpy as np


def conv2d_naive(x, w):
    n, c, height, width = x.shape
    f, _, kh, kw = w.shape
    y = np.zeros((n, f, height - kh + 1, width - kw + 1))
    for i in range(kh):
        for j in range(kw):
            window = x[:, :, i : i + y.shape[2], j : j + y.shape[3]]
            y += np.einsum("nchw,fc->nfhw", window, w[:, :, i, j])
    return y


def conv2d_backward(x, w, dout):
    raise NotImplementedError
