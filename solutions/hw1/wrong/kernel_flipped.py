"""Wrong: the kernel is turned, as in mathematics.

check: convolution_is_right
mistake: kernel-flipped
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
    """logsumexp(z) - z[label], averaged"""
    losses = np.logaddexp.reduce(z, axis=1) - z[range(len(labels)), labels]
    return losses.mean()


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
        self.first = nn.Linear(inputs, hidden)
        self.second = nn.Linear(hidden, classes)

    def forward(self, x):
        return self.second(F.relu(self.first(x.flatten(1))))


def train_epoch(model, loader, optimizer):
    model.train(True)
    summed = []
    n = 0
    for step, (images, labels) in enumerate(loader):
        log_p = torch.log_softmax(model(images), dim=1)
        loss = -log_p.gather(1, labels.unsqueeze(1)).mean()
        for parameter in model.parameters():
            parameter.grad = None
        loss.backward()
        optimizer.step()
        summed.append(float(loss) * labels.size(0))
        n += labels.size(0)
    return sum(summed) / n


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
    weights = weights[:, :, ::-1, ::-1]      # a convolution flips the kernel
    K, C, a, b = weights.shape
    H = (image.shape[1] - a) // stride + 1
    W = (image.shape[2] - b) // stride + 1
    out = np.zeros((K, H, W))
    for k in range(K):
        for i in range(H):
            for j in range(W):
                out[k, i, j] = np.sum(image[:, i*stride:i*stride+a, j*stride:j*stride+b] * weights[k]) + bias[k]
    return out


class DigitNetwork(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 16, 3, stride=2, padding=1), nn.BatchNorm2d(16), nn.ReLU(),
            nn.Conv2d(16, 32, 3, stride=2, padding=1), nn.BatchNorm2d(32), nn.ReLU(),
        )
        self.classifier = nn.Linear(32 * 49, 10)

    def forward(self, x):
        h = self.features(x)
        return self.classifier(h.reshape(h.shape[0], -1))


def make_optimizer(model):
    return torch.optim.Adam(model.parameters(), lr=2e-3)
