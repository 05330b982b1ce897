"""Wrong: one-hot minus p.

check: gradients_of_the_second_layer_are_right
mistake: wrong-sign
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
    pre = x @ w1 + b1
    act = np.where(pre > 0, pre, 0)
    error = (np.eye(len(b2))[labels] - softmax(act @ w2 + b2)) / n
    back = error @ w2.T
    back[pre <= 0] = 0
    return {"w1": x.T @ back, "b1": back.sum(0), "w2": act.T @ error, "b2": error.sum(0)}


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
    K, _, kh, kw = weights.shape
    # zeros around
    big = np.zeros((C, H + 2 * padding, W + 2 * padding))
    big[:, padding:padding + H, padding:padding + W] = image
    out = []
    for k in range(K):
        rows = []
        for top in range(0, H + 2 * padding - kh + 1, stride):
            row = []
            for left in range(0, W + 2 * padding - kw + 1, stride):
                s = bias[k]
                for c in range(C):
                    for u in range(kh):
                        for v in range(kw):
                            s += big[c, top + u, left + v] * weights[k, c, u, v]
                row.append(s)
            rows.append(row)
        out.append(rows)
    return np.array(out)


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
