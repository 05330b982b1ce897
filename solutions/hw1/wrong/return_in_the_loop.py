"""Wrong: the return statement stands inside of the loop.

check: each_batch_makes_one_step
mistake: one-batch-only
"""

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
    margins = z - np.take_along_axis(z, labels[:, None], axis=1)
    top = np.maximum(margins.max(axis=1, keepdims=True), 0)
    return float(np.mean(top[:, 0] + np.log(np.exp(margins - top).sum(axis=1))))


def gradients(x, labels, w1, b1, w2, b2):
    # forward
    pre = np.dot(x, w1) + b1
    hidden = pre * (pre > 0)
    probs = softmax(np.dot(hidden, w2) + b2)

    # backward
    target = np.eye(w2.shape[1])[labels]
    d_logits = (probs - target) / x.shape[0]
    grads = {}
    grads["w2"] = np.dot(hidden.T, d_logits)
    grads["b2"] = np.sum(d_logits, axis=0)
    d_hidden = np.dot(d_logits, w2.T)
    d_hidden[pre <= 0] = 0
    grads["w1"] = np.dot(x.T, d_hidden)
    grads["b1"] = np.sum(d_hidden, axis=0)
    return grads


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


class DigitNetwork(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 12, 5, stride=2, padding=2)   # 14x14
        self.conv2 = nn.Conv2d(12, 24, 5, stride=2, padding=2)  # 7x7
        self.drop = nn.Dropout(0.2)
        self.hidden = nn.Linear(24 * 7 * 7, 64)
        self.out = nn.Linear(64, 10)

    def forward(self, x):
        x = self.conv1(x).relu()
        x = self.conv2(x).relu()
        x = self.drop(x.flatten(start_dim=1))
        x = self.hidden(x).relu()
        return self.out(x)


def make_optimizer(model):
    return torch.optim.Adam(model.parameters(), lr=2e-3)
