"""Wrong: all zeros at the end.

check: padding_is_right
mistake: padded-on-one-side
"""

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


def log_softmax(z):
    m = np.max(z, axis=-1, keepdims=True)
    return z - m - np.log(np.sum(np.exp(z - m), axis=-1, keepdims=True))


def softmax(z):
    return np.exp(log_softmax(z))


def cross_entropy(z, labels):
    return -np.mean([row[label] for row, label in zip(log_softmax(z), labels)])


def gradients(x, labels, w1, b1, w2, b2):
    n = len(x)
    a = x @ w1 + b1
    h = np.maximum(a, 0)
    z = h @ w2 + b2
    dz = softmax(z)
    dz[np.arange(n), labels] -= 1
    dz /= n
    da = (dz @ w2.T) * (a > 0)
    return {"w1": x.T @ da, "b1": da.sum(axis=0), "w2": h.T @ dz, "b2": dz.sum(axis=0)}


class TwoLayerNetwork(nn.Module):
    def __init__(self, inputs, hidden, classes):
        super(TwoLayerNetwork, self).__init__()
        self.net = nn.Sequential(nn.Flatten(), nn.Linear(inputs, hidden), nn.ReLU(), nn.Linear(hidden, classes))

    def forward(self, x):
        return self.net(x)


def train_epoch(model, loader, optimizer):
    model.train()
    total, number = 0.0, 0
    for images, labels in loader:
        loss = F.cross_entropy(model(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(images)
        number += len(images)
    return total / number


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


def fit(model, train_loader, test_loader, optimizer, num_epochs):
    curves = {"loss": [], "train": [], "test": []}
    for epoch in range(1, num_epochs + 1):
        curves["loss"].append(train_epoch(model, train_loader, optimizer))
        curves["train"].append(accuracy(model, train_loader))
        curves["test"].append(accuracy(model, test_loader))
        loss, train, test = (curve[-1] for curve in curves.values())
        print(f"Epoch: {epoch:4d} Loss: {loss:.4f} Train: {train:.4f} Test: {test:.4f}")
    return curves


def convolve(image, weights, bias, stride=1, padding=0):
    C, H, W = image.shape
    x = np.zeros((C, H + 2 * padding, W + 2 * padding))
    x[:, :H, :W] = image
    K, _, a, b = weights.shape
    out = np.zeros((K, (H + 2 * padding - a) // stride + 1, (W + 2 * padding - b) // stride + 1))
    for k in range(K):
        for i in range(out.shape[1]):
            for j in range(out.shape[2]):
                out[k, i, j] = (x[:, i*stride:i*stride+a, j*stride:j*stride+b] * weights[k]).sum() + bias[k]
    return out


class DigitNetwork(nn.Module):
    def __init__(self, width=16):
        super().__init__()
        self.stem = nn.Conv2d(1, width, 5, stride=2, padding=2)
        self.norm = nn.GroupNorm(4, width)
        self.conv = nn.Conv2d(width, 2 * width, 3, stride=2, padding=1)
        self.head = nn.LazyLinear(10)
        self(torch.zeros(1, 1, 28, 28))  # so that LazyLinear knows its size

    def forward(self, x):
        x = F.gelu(self.norm(self.stem(x)))
        x = F.gelu(self.conv(x))
        return self.head(F.avg_pool2d(x, 2, ceil_mode=True).flatten(1))


def make_optimizer(model):
    return torch.optim.Adam(model.parameters(), lr=0.003)
