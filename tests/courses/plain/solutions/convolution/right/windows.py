"""Right: sliding windows."""

import numpy as np


def conv2d_naive(x, w):
    windows = np.lib.stride_tricks.sliding_window_view(x, w.shape[2:], axis=(2, 3))
    return np.einsum("nchwij,fcij->nfhw", windows, w, optimize=True)


def conv2d_backward(x, w, dout):
    windows = np.lib.stride_tricks.sliding_window_view(x, w.shape[2:], axis=(2, 3))
    dw = np.einsum("nfhw,nchwij->fcij", dout, windows)
    rows, columns = w.shape[2] - 1, w.shape[3] - 1
    padded = np.pad(dout, ((0, 0), (0, 0), (rows, rows), (columns, columns)))
    return [conv2d_naive(padded, w[:, :, ::-1, ::-1].transpose(1, 0, 2, 3)), dw]
