import torch
from torch import nn, optim


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(
            nn.ConvTranspose2d(100, 64, 4), nn.BatchNorm2d(64), nn.ReLU(), nn.ConvTranspose2d(64, 3, 4, 2, 1), nn.Tanh()
        )

    def forward(self, noise):
        return self.body(noise)


judge = nn.Sequential(nn.Conv2d(3, 64, 4, 2, 1), nn.LeakyReLU(0.2), nn.Conv2d(64, 1, 4))
generator, loss_fn = Generator(), nn.BCEWithLogitsLoss()
optimizer = optim.Adam(generator.parameters(), lr=2e-4)
for step in range(1000):
    guess = judge(generator(torch.randn(64, 100, 1, 1)))
    loss = loss_fn(guess, torch.ones_like(guess))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
