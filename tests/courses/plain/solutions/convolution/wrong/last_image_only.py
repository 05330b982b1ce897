"""Wrong: last image only.

check: gradients_are_right
mistake: dx-of-the-flipped-filter
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
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    height, width = dout.shape[2:]
    for i in range(w.shape[2]):
        for j in range(w.shape[3]):
            window = x[:, :, i : i + height, j : j + width]
            dw[:, :, i, j] = np.einsum("fhw,chw->fc", dout[-1], window[-1])
            dx[:, :, i : i + height, j : j + width] += np.einsum("nfhw,fc->nchw", dout, w[:, :, -1 - i, -1 - j])
    return dx, dw
