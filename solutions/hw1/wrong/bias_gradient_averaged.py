"""Wrong: the gradient of b2 is divided by n a second time.

check: gradients_of_the_second_layer_are_right
mistake: divided-twice
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
    n = x.shape[0]
    a = x @ w1 + b1
    h = np.maximum(a, 0)
    dz = softmax(h @ w2 + b2)
    dz[np.arange(n), labels] -= 1
    dz = dz / n
    da = (dz @ w2.T) * (a > 0)
    return {"w1": x.T @ da, "b1": da.mean(axis=0), "w2": h.T @ dz, "b2": dz.mean(axis=0)}


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
    return torch.optim.Adam(model.parameters(), lr=2e-3)
