"""Wrong: the test images are trained on, too.

check: fit_records_the_curves
mistake: wrong-value
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


class TwoLayerNetwork(nn.Module):
    def __init__(self, inputs, hidden, classes):
        super().__init__()
        self.first = nn.Linear(inputs, hidden)
        self.second = nn.Linear(hidden, classes)

    def forward(self, x):
        return self.second(F.relu(self.first(x.flatten(1))))


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


def fit(model, train_loader, test_loader, optimizer, num_epochs):
    curves = {"loss": [], "train": [], "test": []}
    for epoch in range(1, num_epochs + 1):
        curves["loss"].append(train_epoch(model, train_loader, optimizer))
        train_epoch(model, test_loader, optimizer)
        curves["train"].append(accuracy(model, train_loader))
        curves["test"].append(accuracy(model, test_loader))
        print(f"Epoch: {epoch:4d}")
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
    """LeNet, a bit smaller"""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, padding=2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(16 * 5 * 5, 84)
        self.fc2 = nn.Linear(84, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = torch.flatten(x, 1)
        return self.fc2(F.relu(self.fc1(x)))


def make_optimizer(model):
    return torch.optim.Adam(model.parameters(), lr=0.003)
