"""Wrong: the logits are changed in place.

check: softmax_is_right
mistake: argument-changed
"""

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


def softmax(z):
    z -= z.max(axis=1, keepdims=True)
    z = np.exp(z)
    z /= z.sum(axis=1, keepdims=True)
    return z


def cross_entropy(z, labels):
    """logsumexp(z) - z[label], averaged"""
    losses = np.logaddexp.reduce(z, axis=1) - z[range(len(labels)), labels]
    return losses.mean()


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


class TwoLayerNetwork(nn.Sequential):
    def __init__(self, inputs, hidden, classes):
        super().__init__(nn.Flatten(), nn.Linear(inputs, hidden), nn.ReLU(inplace=True), nn.Linear(hidden, classes))
        for layer in self:
            if isinstance(layer, nn.Linear):
                nn.init.kaiming_normal_(layer.weight)
                nn.init.zeros_(layer.bias)


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
    def __init__(self, width=16):
        super().__init__()
        self.stem = nn.Conv2d(1, width, 5, stride=2, padding=2)
        self.norm = nn.GroupNorm(4, width)
        self.conv = nn.Conv2d(width, 2 * width, 3, stride=2, padding=1)
        self.head = nn.LazyLinear(10)
        self(torch.zeros(1, 1, 28, 28))  # so that LazyLinear knows its size

    def forward(self, x):
        x = F.gelu(self.norm(self.stem(x)))
        x = F.gelu(self.conv(x))
        return self.head(F.avg_pool2d(x, 2, ceil_mode=True).flatten(1))


def make_optimizer(model):
    return torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
