"""Wrong: the padding repeats the edge.

check: padding_is_right
mistake: padded-with-edges
"""

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
    curves = {"loss": [], "train": [], "test": []}
    for epoch in range(1, num_epochs + 1):
        curves["loss"].append(train_epoch(model, train_loader, optimizer))
        curves["train"].append(accuracy(model, train_loader))
        curves["test"].append(accuracy(model, test_loader))
        loss, train, test = (curve[-1] for curve in curves.values())
        print(f"Epoch: {epoch:4d} Loss: {loss:.4f} Train: {train:.4f} Test: {test:.4f}")
    return curves


def convolve(image, weights, bias, stride=1, padding=0):
    x = np.pad(image, ((0, 0), (padding, padding), (padding, padding)), mode="edge")
    K, C, a, b = weights.shape
    H, W = (x.shape[1] - a) // stride + 1, (x.shape[2] - b) // stride + 1
    out = np.zeros((K, H, W))
    for k in range(K):
        for i in range(H):
            for j in range(W):
                out[k, i, j] = (x[:, i*stride:i*stride+a, j*stride:j*stride+b] * weights[k]).sum() + bias[k]
    return out


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
    return torch.optim.Adam(model.parameters(), lr=0.003)
