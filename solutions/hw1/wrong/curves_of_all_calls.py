"""Wrong: the lists are made once, so that each call goes on with those of the call before.

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
    margins = z - np.take_along_axis(z, labels[:, None], axis=1)
    top = np.maximum(margins.max(axis=1, keepdims=True), 0)
    return float(np.mean(top[:, 0] + np.log(np.exp(margins - top).sum(axis=1))))


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


CURVES = {"loss": [], "train": [], "test": []}


def fit(model, train_loader, test_loader, optimizer, num_epochs, curves=CURVES):
    for epoch in range(1, num_epochs + 1):
        curves["loss"].append(train_epoch(model, train_loader, optimizer))
        curves["train"].append(accuracy(model, train_loader))
        curves["test"].append(accuracy(model, test_loader))
        print(f"Epoch: {epoch:4d} Loss: {curves['loss'][-1]:.4f} Test: {curves['test'][-1]:.4f}")
    return curves


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
    return torch.optim.SGD(model.parameters(), lr=0.03, momentum=0.9, nesterov=True, weight_decay=5e-4)
