"""Right: the logarithm of the softmax comes first, and all else from it."""

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
    C, H, W = image.shape
    K, _, kh, kw = weights.shape
    # zeros around
    big = np.zeros((C, H + 2 * padding, W + 2 * padding))
    big[:, padding:padding + H, padding:padding + W] = image
    out = []
    for k in range(K):
        rows = []
        for top in range(0, H + 2 * padding - kh + 1, stride):
            row = []
            for left in range(0, W + 2 * padding - kw + 1, stride):
                s = bias[k]
                for c in range(C):
                    for u in range(kh):
                        for v in range(kw):
                            s += big[c, top + u, left + v] * weights[k, c, u, v]
                row.append(s)
            rows.append(row)
        out.append(rows)
    return np.array(out)


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
    return torch.optim.Adam(model.parameters(), lr=2e-3)
