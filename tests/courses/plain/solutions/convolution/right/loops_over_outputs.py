"""Right: loops over the outputs."""

import numpy as np


def conv2d_naive(x, w):
    n, c, height, width = x.shape
    f, _, kh, kw = w.shape
    y = np.zeros((n, f, height - kh + 1, width - kw + 1))
    for h in range(y.shape[2]):
        for v in range(y.shape[3]):
            y[:, :, h, v] = np.tensordot(x[:, :, h : h + kh, v : v + kw], w, ([1, 2, 3], [1, 2, 3]))
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
