"""Wrong: returns how many are right.

check: accuracy_is_right
mistake: number-for-share
"""

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


def softmax(z):
    zt = z.T                      # (classes, n), so broadcasting works without keepdims
    zt = zt - zt.max(0)
    ez = np.exp(zt)
    return (ez / ez.sum(0)).T


def cross_entropy(z, labels):
    n, K = z.shape
    one_hot = np.zeros((n, K))
    one_hot[np.arange(n), labels] = 1.0
    biggest = z.max(axis=1)
    lse = biggest + np.log(np.sum(np.exp(z - biggest[:, None]), axis=1))
    correct = (one_hot * z).sum(axis=1)
    return np.sum(lse - correct) / n


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


class TwoLayerNetwork(nn.Sequential):
    def __init__(self, inputs, hidden, classes):
        super().__init__(nn.Flatten(), nn.Linear(inputs, hidden), nn.ReLU(inplace=True), nn.Linear(hidden, classes))
        for layer in self:
            if isinstance(layer, nn.Linear):
                nn.init.kaiming_normal_(layer.weight)
                nn.init.zeros_(layer.bias)


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
    was_training = model.training
    model.eval()
    correct = 0
    with torch.no_grad():
        for x, y in loader:
            correct += (model(x).argmax(1) == y).sum().item()
    model.train(was_training)
    return correct


from collections import defaultdict


def fit(model, train_loader, test_loader, optimizer, num_epochs):
    history = defaultdict(list)
    for epoch in range(num_epochs):
        row = {
            "loss": float(train_epoch(model, train_loader, optimizer)),
            "test": float(accuracy(model, test_loader)),
            "train": float(accuracy(model, train_loader)),
        }
        for name, value in row.items():
            history[name].append(value)
        print("Epoch: %4d " % (epoch + 1) + ", ".join("%s %.4f" % item for item in row.items()))
    return dict(history)


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


def block(ins, outs):
    return nn.Sequential(nn.Conv2d(ins, outs, 3, padding=1, bias=False), nn.BatchNorm2d(outs), nn.ReLU(), nn.MaxPool2d(2))


class DigitNetwork(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(block(1, 8), block(8, 16), block(16, 32))   # 28 -> 14 -> 7 -> 3
        self.head = nn.Linear(32 * 3 * 3, 10)

    def forward(self, x):
        return self.head(self.body(x).flatten(1))


def make_optimizer(model):
    return torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
