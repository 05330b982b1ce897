"""Wrong: adds the terms of the wrong classes.

check: cross_entropy_is_right
mistake: binary-cross-entropy
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
    p = np.clip(softmax(z), 1e-15, 1 - 1e-15)
    y = np.eye(z.shape[1])[labels]
    return -(y * np.log(p) + (1 - y) * np.log(1 - p)).sum(axis=1).mean()


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
        self.inputs = inputs
        self.fc2 = nn.Linear(hidden, classes)
        self.fc1 = nn.Linear(inputs, hidden)

    def forward(self, x):
        x = x.reshape(-1, self.inputs)
        x = self.fc1(x).clamp(min=0)
        return self.fc2(x)


def train_epoch(model, loader, optimizer):
    criterion = nn.CrossEntropyLoss()
    model.train()
    losses, sizes = [], []
    for batch in loader:
        x, y = batch
        optimizer.zero_grad()
        out = model(x)
        loss = criterion(out, y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        sizes.append(x.shape[0])
    return np.average(losses, weights=sizes)


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


def block(ins, outs):
    return nn.Sequential(nn.Conv2d(ins, outs, 3, padding=1, bias=False), nn.BatchNorm2d(outs), nn.ReLU(), nn.MaxPool2d(2))


class DigitNetwork(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(block(1, 8), block(8, 16), block(16, 32))   # 28 -> 14 -> 7 -> 3
        self.head = nn.Linear(32 * 3 * 3, 10)

    def forward(self, x):
        return self.head(self.body(x).flatten(1))


def make_optimizer(model):
    # no weight decay on biases
    biases = [p for p in model.parameters() if p.ndim == 1]
    others = [p for p in model.parameters() if p.ndim > 1]
    return torch.optim.AdamW([{"params": others}, {"params": biases, "weight_decay": 0}], lr=0.003)
