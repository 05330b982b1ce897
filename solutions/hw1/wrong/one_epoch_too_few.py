"""Wrong: range(1, num_epochs) leaves out an epoch.

check: fit_records_the_curves
mistake: wrong-type
"""

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


def softmax(z):
    # subtract the max of every row so exp() can't overflow
    shifted = z - np.amax(z, axis=1)[:, None]
    numerator = np.exp(shifted)
    denominator = np.sum(numerator, axis=1)[:, np.newaxis]
    return np.divide(numerator, denominator)


def cross_entropy(z, labels):
    z = z - z.max(axis=1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    return -log_p[np.arange(len(z)), labels].mean()


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
        super().__init__()
        self.inputs = inputs
        self.fc2 = nn.Linear(hidden, classes)
        self.fc1 = nn.Linear(inputs, hidden)

    def forward(self, x):
        x = x.reshape(-1, self.inputs)
        x = self.fc1(x).clamp(min=0)
        return self.fc2(x)


def train_epoch(model, loader, optimizer):
    model.train()
    mean = 0.0
    seen = 0
    for images, labels in loader:
        def closure():
            optimizer.zero_grad()
            loss = F.nll_loss(F.log_softmax(model(images), 1), labels)
            loss.backward()
            return loss
        loss = optimizer.step(closure)
        # running mean over all images so far
        seen += len(labels)
        mean += (loss.item() - mean) * len(labels) / seen
    return mean


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
    for epoch in range(1, num_epochs):
        curves["loss"].append(train_epoch(model, train_loader, optimizer))
        curves["train"].append(accuracy(model, train_loader))
        curves["test"].append(accuracy(model, test_loader))
        print("Epoch:", epoch, curves["loss"][-1])
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
    return torch.optim.Adam(model.parameters(), lr=0.003)
