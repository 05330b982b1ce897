"""Wrong: the window moves by 1 whatever the stride is.

check: stride_is_right
mistake: window-not-moved
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
    total = 0.0
    for scores, y in zip(z, labels):
        m = scores.max()
        total += m + np.log(np.exp(scores - m).sum()) - scores[y]
    return total / len(z)


def gradients(x, labels, w1, b1, w2, b2):
    N = x.shape[0]
    A1 = x.dot(w1) + b1
    H1 = np.clip(A1, 0, None)
    P = softmax(H1.dot(w2) + b2)
    Y = (labels[:, None] == np.arange(P.shape[1])).astype(P.dtype)
    dZ = P - Y
    dA = np.einsum("nk,hk->nh", dZ, w2) * np.sign(H1)
    return {
        "w1": np.einsum("ni,nh->ih", x, dA) / N,
        "b1": dA.mean(0),
        "w2": np.einsum("nh,nk->hk", H1, dZ) / N,
        "b2": dZ.mean(0),
    }


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
        curves["train"].append(accuracy(model, train_loader))
        curves["test"].append(accuracy(model, test_loader))
        loss, train, test = (curve[-1] for curve in curves.values())
        print(f"Epoch: {epoch:4d} Loss: {loss:.4f} Train: {train:.4f} Test: {test:.4f}")
    return curves


def convolve(image, weights, bias, stride=1, padding=0):
    x = np.pad(image, ((0, 0), (padding, padding), (padding, padding)))
    K, C, a, b = weights.shape
    H, W = (x.shape[1] - a) // stride + 1, (x.shape[2] - b) // stride + 1
    out = np.zeros((K, H, W))
    for i in range(H):
        for j in range(W):
            window = x[:, i:i + a, j:j + b]
            for k in range(K):
                out[k, i, j] = np.sum(window * weights[k]) + bias[k]
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
    return torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=0.01)
