"""Wrong: squeeze() drops the batch dimension of a single image.

check: network_is_small_and_convolutional
mistake: sizes-hard-coded
"""

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def cross_entropy(z, labels):
    margins = z - np.take_along_axis(z, labels[:, None], axis=1)
    top = np.maximum(margins.max(axis=1, keepdims=True), 0)
    return float(np.mean(top[:, 0] + np.log(np.exp(margins - top).sum(axis=1))))


def gradients(x, labels, w1, b1, w2, b2):
    N = x.shape[0]
    A1 = x.dot(w1) + b1
    H1 = np.clip(A1, 0, None)
    P = softmax(H1.dot(w2) + b2)
    Y = (labels[:, None] == np.arange(P.shape[1])).astype(P.dtype)
    dZ = P - Y
    dA = np.einsum("nk,hk->nh", dZ, w2) * np.sign(H1)
    return {
        "w1": np.einsum("ni,nh->ih", x, dA) / N,
        "b1": dA.mean(0),
        "w2": np.einsum("nh,nk->hk", H1, dZ) / N,
        "b2": dZ.mean(0),
    }


class TwoLayerNetwork(nn.Module):
    def __init__(self, inputs, hidden, classes):
        super().__init__()
        # same names and shapes as in section 3
        self.w1 = nn.Parameter(torch.randn(inputs, hidden) / inputs**0.5)
        self.b1 = nn.Parameter(torch.zeros(hidden))
        self.w2 = nn.Parameter(torch.randn(hidden, classes) / hidden**0.5)
        self.b2 = nn.Parameter(torch.zeros(classes))

    def forward(self, x):
        h = torch.relu(x.flatten(1) @ self.w1 + self.b1)
        return h @ self.w2 + self.b2


def train_epoch(model, loader, optimizer):
    model.train()
    device = next(model.parameters()).device
    running_loss = torch.zeros((), device=device)
    seen = 0
    for X, y in loader:
        X, y = X.to(device), y.to(device)
        losses = F.cross_entropy(model(X), y, reduction="none")
        losses.mean().backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        running_loss += losses.detach().sum()
        seen += y.numel()
    return running_loss / seen


def accuracy(model, loader):
    mode = model.training
    model.eval()
    hits = []
    with torch.inference_mode():
        for x, y in loader:
            _, predicted = torch.max(model(x), 1)
            hits.append(predicted.eq(y))
    if mode:
        model.train()
    return torch.cat(hits).float().mean().item()


from collections import defaultdict


def fit(model, train_loader, test_loader, optimizer, num_epochs):
    history = defaultdict(list)
    for epoch in range(num_epochs):
        row = {
            "loss": float(train_epoch(model, train_loader, optimizer)),
            "test": float(accuracy(model, test_loader)),
            "train": float(accuracy(model, train_loader)),
        }
        for name, value in row.items():
            history[name].append(value)
        print("Epoch: %4d " % (epoch + 1) + ", ".join("%s %.4f" % item for item in row.items()))
    return dict(history)


def convolve(image, weights, bias, stride=1, padding=0):
    x = np.pad(image, ((0, 0), (padding,) * 2, (padding,) * 2))
    _, _, a, b = weights.shape
    last_i, last_j = x.shape[1] - a, x.shape[2] - b
    total = 0
    # loop over the places in the window instead of over the image: one slice each
    for u in range(a):
        for v in range(b):
            part = x[:, u : u + last_i + 1 : stride, v : v + last_j + 1 : stride]
            total = total + np.einsum("kc,cij->kij", weights[:, :, u, v], part)
    return total + bias.reshape(-1, 1, 1)


class DigitNetwork(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(1, 16, 5, stride=2)
        self.b = nn.Conv2d(16, 32, 5, stride=2)
        self.c = nn.Conv2d(32, 10, 4)    # the last layer is a convolution, too

    def forward(self, x):
        x = F.relu(self.a(x))
        x = F.relu(self.b(x))
        return self.c(x).squeeze()


def make_optimizer(model):
    return torch.optim.Adam(model.parameters(), lr=0.003)
