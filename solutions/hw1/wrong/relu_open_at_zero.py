"""Wrong: the derivative of the ReLU at 0 is taken for 1.

check: gradients_of_the_first_layer_are_right
mistake: relu-open-at-zero
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
    pre = x @ w1 + b1
    h = np.maximum(pre, 0)
    dz = softmax(h @ w2 + b2)
    dz[np.arange(len(x)), labels] -= 1
    dz /= len(x)
    dh = (dz @ w2.T) * (pre >= 0)
    return {"w1": x.T @ dh, "b1": dh.sum(axis=0), "w2": h.T @ dz, "b2": dz.sum(axis=0)}


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


class DigitNetwork(nn.Sequential):
    def __init__(self):
        super().__init__(
            nn.Conv2d(1, 20, 5), nn.MaxPool2d(3), nn.ReLU(),     # (20, 8, 8)
            nn.Flatten(),
            nn.Linear(20 * 64, 50), nn.ReLU(),
            nn.Linear(50, 10),
        )


def make_optimizer(model):
    return torch.optim.Adam(model.parameters(), lr=2e-3)
