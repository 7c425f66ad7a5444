import argparse

import matplotlib.pyplot as plt
import torch
from torch import nn, optim
from torch.utils.data import DataLoader
from torch.utils.tensorboard import SummaryWriter
from torchvision import datasets, transforms

from model import Net


def run(loader, model, loss_fn, optimizer=None):
    total = 0.0
    for images, labels in loader:
        loss = loss_fn(model(images), labels)
        if optimizer is not None:
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        total += loss.item() * len(labels)
    return total / len(loader.dataset)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=5)
    args = parser.parse_args()
    tensor = transforms.ToTensor()
    train = DataLoader(datasets.MNIST("data", train=True, download=True, transform=tensor), 64, shuffle=True)
    test = DataLoader(datasets.MNIST("data", train=False, transform=tensor), 256)
    model, loss_fn = Net(), nn.CrossEntropyLoss()
    optimizer = optim.Adam(model.parameters(), lr=1e-3)
    writer = SummaryWriter()
    losses = {"train": [], "test": []}
    for epoch in range(args.epochs):
        losses["train"].append(run(train, model, loss_fn, optimizer))
        with torch.no_grad():
            losses["test"].append(run(test, model, loss_fn))
        writer.add_scalar("loss/test", losses["test"][-1], epoch)
    for name, values in losses.items():
        plt.plot(values, label=name)
    plt.xlabel("epoch")
    plt.legend()
    plt.savefig("losses.png")
    torch.save(model.state_dict(), "net.pt")


if __name__ == "__main__":
    main()
