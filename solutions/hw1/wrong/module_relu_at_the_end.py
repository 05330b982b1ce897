"""Wrong: a ReLU after the last layer.

check: module_gives_logits
mistake: relu-at-the-end
"""

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


def softmax(z):
    # p_k = 1 / sum_j exp(z_j - z_k); exp may become inf here, and 1 / inf is 0
    with np.errstate(over="ignore"):
        difference = z[:, None, :] - z[:, :, None]
        return 1.0 / np.exp(difference).sum(axis=2)


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
        self.layers = nn.ModuleList([nn.Linear(inputs, hidden), nn.Linear(hidden, classes)])

    def forward(self, x):
        x = x.flatten(1)
        for layer in self.layers:
            x = torch.relu(layer(x))
        return x


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
    return torch.optim.SGD(model.parameters(), lr=0.03, momentum=0.9, nesterov=True, weight_decay=5e-4)
