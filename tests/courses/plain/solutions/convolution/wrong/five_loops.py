"""Wrong: loops over everything.

check: convolution_is_fast_enough
mistake: too-slow
"""

import numpy as np


def conv2d_naive(x, w):
    n, c, height, width = x.shape
    f, _, kh, kw = w.shape
    y = np.zeros((n, f, height - kh + 1, width - kw + 1))
    for index in np.ndindex(y.shape):
        a, b, h, v = index
        for k in np.ndindex(c, kh, kw):
            y[index] += x[a, k[0], h + k[1], v + k[2]] * w[b, k[0], k[1], k[2]]
    return y


def conv2d_backward(x, w, dout):
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    height, width = dout.shape[2:]
    for i in range(w.shape[2]):
        for j in range(w.shape[3]):
            window = x[:, :, i : i + height, j : j + width]
            dw[:, :, i, j] = np.einsum("nfhw,nchw->fc", dout, window)
            dx[:, :, i : i + height, j : j + width] += np.einsum("nfhw,fc->nchw", dout, w[:, :, i, j])
    return dx, dw
