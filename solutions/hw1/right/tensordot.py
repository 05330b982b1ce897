"""Right: a window against all filters at once by tensordot."""

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


def softmax(z):
    zt = z.T                      # (classes, n), so broadcasting works without keepdims
    zt = zt - zt.max(0)
    ez = np.exp(zt)
    return (ez / ez.sum(0)).T


def cross_entropy(z, labels):
    z = z - z.max(axis=1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    return -log_p[np.arange(len(z)), labels].mean()


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
        self.first = nn.Linear(inputs, hidden)
        self.second = nn.Linear(hidden, classes)

    def forward(self, x):
        return self.second(F.relu(self.first(x.flatten(1))))


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
    before = {m: m.training for m in model.modules()}
    model.eval()
    try:
        with torch.no_grad():
            correct = sum(int((model(x).argmax(-1) == y).sum()) for x, y in loader)
            n = sum(len(y) for _, y in loader)
    finally:
        for m, training in before.items():
            m.training = training
    return correct / n


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
    if padding > 0:
        image = np.pad(image, [(0, 0), (padding, padding), (padding, padding)], mode="constant")
    a, b = weights.shape[2:]
    h = 1 + (image.shape[1] - a) // stride
    w = 1 + (image.shape[2] - b) // stride
    out = np.empty((len(weights), h, w))
    for i in range(h):
        for j in range(w):
            patch = image[:, i*stride:i*stride+a, j*stride:j*stride+b]
            out[:, i, j] = np.tensordot(weights, patch, axes=3) + bias
    return out


class DigitNetwork(nn.Sequential):
    def __init__(self):
        super().__init__(
            nn.Conv2d(1, 20, 5), nn.MaxPool2d(3), nn.ReLU(),     # (20, 8, 8)
            nn.Flatten(),
            nn.Linear(20 * 64, 50), nn.ReLU(),
            nn.Linear(50, 10),
        )


def make_optimizer(model):
    # no weight decay on biases
    biases = [p for p in model.parameters() if p.ndim == 1]
    others = [p for p in model.parameters() if p.ndim > 1]
    return torch.optim.AdamW([{"params": others}, {"params": biases, "weight_decay": 0}], lr=0.003)
