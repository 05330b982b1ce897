"""Wrong: two figures.

check: plot_shows_the_losses
mistake: no-figure
"""

import torch
import torch.nn.functional as F
from matplotlib import pyplot as plt
from torch import nn


class Classifier(nn.Module):
    def __init__(self, inputs, hidden, classes):
        super().__init__()
        self.hidden = nn.Linear(inputs, hidden)
        self.out = nn.Linear(hidden, classes)

    def forward(self, x):
        return self.out(torch.relu(self.hidden(x)))


def cross_entropy(logits, y):
    return (logits.logsumexp(1) - logits[torch.arange(len(y)), y]).mean()


def train_epoch(model, loader, optimizer):
    total, count = 0.0, 0
    for x, y in loader:
        loss = cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total, count = total + loss.item(), count + 1
    print(f"loss {total / count:.4f}")
    return total / count


def accuracy(model, loader):
    right = count = 0
    with torch.no_grad():
        for x, y in loader:
            right += (model(x).argmax(1) == y).sum().item()
            count += len(y)
    return right / count


def plot_losses(losses):
    plt.figure()
    plt.figure()
    plt.plot(losses)
    plt.xlabel("epoch")
    plt.ylabel("loss")
