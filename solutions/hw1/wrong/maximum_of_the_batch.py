"""Wrong: the largest logit of the whole mini-batch is subtracted, so that small rows underflow.

check: softmax_is_stable
mistake: maximum-of-the-batch
"""

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


def softmax(z):
    # stable: subtract the maximum
    e = np.exp(z - z.max())
    return e / e.sum(1, keepdims=True)


def cross_entropy(z, labels):
    total = 0.0
    for scores, y in zip(z, labels):
        m = scores.max()
        total += m + np.log(np.exp(scores - m).sum()) - scores[y]
    return total / len(z)


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
    return torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
