"""Wrong: the mean of the logits of a row is subtracted, not the largest one.

check: softmax_is_stable
mistake: exp-overflows
"""

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


def softmax(z):
    e = np.exp(z - z.mean(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def cross_entropy(z, labels):
    margins = z - np.take_along_axis(z, labels[:, None], axis=1)
    top = np.maximum(margins.max(axis=1, keepdims=True), 0)
    return float(np.mean(top[:, 0] + np.log(np.exp(margins - top).sum(axis=1))))


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


@torch.no_grad()
def accuracy(model, loader):
    was_training = model.training
    model.eval()
    right, number = 0, 0
    for images, labels in loader:
        right += (model(images).argmax(dim=1) == labels).sum().item()
        number += len(images)
    model.train(was_training)
    return right / number


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
    # no weight decay on biases
    biases = [p for p in model.parameters() if p.ndim == 1]
    others = [p for p in model.parameters() if p.ndim > 1]
    return torch.optim.AdamW([{"params": others}, {"params": biases, "weight_decay": 0}], lr=0.003)
