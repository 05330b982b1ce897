"""Wrong: returns probabilities.

check: module_gives_logits
mistake: softmax-before-cross-entropy
"""

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
        self.hidden = nn.Linear(inputs, hidden)
        self.output = nn.Linear(hidden, classes)

    def forward(self, x):
        x = x.view(x.size(0), -1)
        x = F.relu(self.hidden(x))
        return F.softmax(self.output(x), dim=1)


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
        self.conv1 = nn.Conv2d(1, 12, 5, stride=2, padding=2)   # 14x14
        self.conv2 = nn.Conv2d(12, 24, 5, stride=2, padding=2)  # 7x7
        self.drop = nn.Dropout(0.2)
        self.hidden = nn.Linear(24 * 7 * 7, 64)
        self.out = nn.Linear(64, 10)

    def forward(self, x):
        x = self.conv1(x).relu()
        x = self.conv2(x).relu()
        x = self.drop(x.flatten(start_dim=1))
        x = self.hidden(x).relu()
        return self.out(x)


def make_optimizer(model):
    return torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=0.01)
