"""Wrong: a mean over all places forgets where the strokes are.

check: network_recognizes_digits
mistake: does-not-learn
"""

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def cross_entropy(z, labels):
    n, K = z.shape
    one_hot = np.zeros((n, K))
    one_hot[np.arange(n), labels] = 1.0
    biggest = z.max(axis=1)
    lse = biggest + np.log(np.sum(np.exp(z - biggest[:, None]), axis=1))
    correct = (one_hot * z).sum(axis=1)
    return np.sum(lse - correct) / n


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
    import copy
    judge = copy.deepcopy(model).eval()    # so that nothing of the model itself can change
    predictions, targets = [], []
    for images, labels in loader:
        predictions += judge(images).detach().numpy().argmax(axis=1).tolist()
        targets += labels.tolist()
    return np.mean(np.array(predictions) == np.array(targets))


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
        self.conv = nn.Conv2d(1, 16, 3, padding=1)
        self.fc = nn.Linear(16, 10)

    def forward(self, x):
        x = F.relu(self.conv(x))
        x = x.mean(dim=(2, 3))       # global average pooling
        return self.fc(x)


def make_optimizer(model):
    return torch.optim.Adam(model.parameters(), lr=0.003)
