"""Wrong: the gradient is that of the sum over the batch.

check: each_batch_makes_one_step
mistake: loss-summed
"""

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


def softmax(z):
    rows = []
    for row in z:
        row = row - row.max()
        rows.append(np.exp(row) / np.exp(row).sum())
    return np.array(rows)


def cross_entropy(z, labels):
    n, K = z.shape
    one_hot = np.zeros((n, K))
    one_hot[np.arange(n), labels] = 1.0
    biggest = z.max(axis=1)
    lse = biggest + np.log(np.sum(np.exp(z - biggest[:, None]), axis=1))
    correct = (one_hot * z).sum(axis=1)
    return np.sum(lse - correct) / n


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


class TwoLayerNetwork(nn.Sequential):
    def __init__(self, inputs, hidden, classes):
        super().__init__(nn.Flatten(), nn.Linear(inputs, hidden), nn.ReLU(inplace=True), nn.Linear(hidden, classes))
        for layer in self:
            if isinstance(layer, nn.Linear):
                nn.init.kaiming_normal_(layer.weight)
                nn.init.zeros_(layer.bias)


def train_epoch(model, loader, optimizer):
    criterion = nn.CrossEntropyLoss(reduction="sum")
    model.train()
    total = 0.0
    for x, y in loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        total += loss.item()
    return total / len(loader.dataset)


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


class DigitNetwork(nn.Sequential):
    def __init__(self):
        super().__init__(
            nn.Conv2d(1, 20, 5), nn.MaxPool2d(3), nn.ReLU(),     # (20, 8, 8)
            nn.Flatten(),
            nn.Linear(20 * 64, 50), nn.ReLU(),
            nn.Linear(50, 10),
        )


def make_optimizer(model):
    return torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=0.01)
