"""Right: stochastic gradient descent with momentum."""

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


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
        super(TwoLayerNetwork, self).__init__()
        self.net = nn.Sequential(nn.Flatten(), nn.Linear(inputs, hidden), nn.ReLU(), nn.Linear(hidden, classes))

    def forward(self, x):
        return self.net(x)


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
    image = np.pad(image, ((0, 0), (padding, padding), (padding, padding)))
    filters, _, kernel_height, kernel_width = weights.shape
    height = (image.shape[1] - kernel_height) // stride + 1
    width = (image.shape[2] - kernel_width) // stride + 1
    result = np.zeros((filters, height, width))
    for k in range(filters):
        for i in range(height):
            for j in range(width):
                top, left = i * stride, j * stride
                window = image[:, top : top + kernel_height, left : left + kernel_width]
                result[k, i, j] = (window * weights[k]).sum() + bias[k]
    return result


class DigitNetwork(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(1, 16, kernel_size=5, padding=2),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(16, 32, kernel_size=3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(32 * 7 * 7, 10),
        )

    def forward(self, x):
        return self.layers(x)


def make_optimizer(model):
    return torch.optim.SGD(model.parameters(), lr=0.03, momentum=0.9, nesterov=True, weight_decay=5e-4)
