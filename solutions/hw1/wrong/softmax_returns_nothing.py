"""Wrong: the return statement is missing.

check: softmax_is_right
mistake: wrong-type
"""

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)


def cross_entropy(z, labels):
    total = 0.0
    for scores, y in zip(z, labels):
        m = scores.max()
        total += m + np.log(np.exp(scores - m).sum()) - scores[y]
    return total / len(z)


def gradients(x, labels, w1, b1, w2, b2):
    """Image by image, as derived on paper; the mean comes at the end."""
    dw1, db1, dw2, db2 = np.zeros_like(w1), np.zeros_like(b1), np.zeros_like(w2), np.zeros_like(b2)
    for xi, yi in zip(x, labels):
        ai = xi @ w1 + b1
        hi = np.where(ai > 0, ai, 0.0)
        delta = softmax((hi @ w2 + b2)[None])[0]
        delta[yi] -= 1
        dw2 += np.outer(hi, delta)
        db2 += delta
        back = np.where(ai > 0, w2 @ delta, 0.0)
        dw1 += np.outer(xi, back)
        db1 += back
    n = len(x)
    return dict(w1=dw1 / n, b1=db1 / n, w2=dw2 / n, b2=db2 / n)


class TwoLayerNetwork(nn.Module):
    def __init__(self, inputs, hidden, classes):
        super().__init__()
        self.first = nn.Linear(inputs, hidden)
        self.second = nn.Linear(hidden, classes)

    def forward(self, x):
        return self.second(F.relu(self.first(x.flatten(1))))


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


@torch.no_grad()
def accuracy(model, loader):
    was_training = model.training
    model.eval()
    right, number = 0, 0
    for images, labels in loader:
        right += (model(images).argmax(dim=1) == labels).sum().item()
        number += len(images)
    model.train(was_training)
    return right / number


def fit(model, train_loader, test_loader, optimizer, num_epochs):
    losses, train_acc, test_acc = [], [], []
    for e in range(num_epochs):
        l = train_epoch(model, train_loader, optimizer)
        tr = accuracy(model, train_loader)
        te = accuracy(model, test_loader)
        losses.append(l)
        train_acc.append(tr)
        test_acc.append(te)
        print("Epoch:", e + 1, "Loss:", float(l), "Train:", tr, "Test:", te)
    return {"loss": losses, "train": train_acc, "test": test_acc}


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


class DigitNetwork(nn.Sequential):
    def __init__(self):
        super().__init__(
            nn.Conv2d(1, 20, 5), nn.MaxPool2d(3), nn.ReLU(),     # (20, 8, 8)
            nn.Flatten(),
            nn.Linear(20 * 64, 50), nn.ReLU(),
            nn.Linear(50, 10),
        )


def make_optimizer(model):
    return torch.optim.Adam(model.parameters(), lr=0.003)
