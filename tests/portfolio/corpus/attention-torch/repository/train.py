import lightning as L
import torch
from scipy.stats import entropy

from attention import Block


class Task(L.LightningModule):
    def __init__(self):
        super().__init__()
        self.block = Block(64, 4)

    def training_step(self, batch, _):
        guess, weights = self.block(batch)
        self.log("spread", float(entropy(weights[0, 0].detach())))
        return torch.nn.functional.mse_loss(guess, batch)

    def configure_optimizers(self):
        return torch.optim.AdamW(self.parameters(), lr=3e-4)


L.Trainer(max_epochs=3).fit(Task(), torch.utils.data.DataLoader(torch.randn(512, 16, 64), batch_size=32))
