"""Muon for the matrices inside the blocks: src/training/optimizer/muon.ts on PyTorch."""

import torch


class Muon:
    """Directions along which stacks of matrices move; `matrices` marks them among the flat parameters."""

    def __init__(self, settings, length, device, half_products):
        self.momentum, self.match_adamw = settings["momentum"], settings["matchAdamw"]
        self.coefficients, self.rounds = settings["coefficients"], settings["rounds"]
        self.stacks = settings["stacks"]
        self.product_dtype = torch.bfloat16 if half_products else torch.float32
        self.matrices = torch.zeros(length, dtype=torch.bool, device=device)
        for stack in self.stacks:
            for view in _views(self.matrices, stack):
                view.fill_(True)

    def directions(self, ahead):
        """`[length]`, zero outside of the matrices, from where the momentum is heading."""
        result = torch.zeros_like(ahead)
        for stack in self.stacks:
            orthogonal = self._orthogonalize(torch.stack(_views(ahead, stack)))
            length = self.match_adamw * max(stack["rows"], stack["columns"]) ** 0.5
            for view, matrix in zip(_views(result, stack), length * orthogonal):
                view.copy_(matrix)
        return result

    def _orthogonalize(self, matrices):
        linear, cubic, quintic = self.coefficients
        x = matrices / (matrices.flatten(1).norm(dim=1) + 1e-7)[:, None, None]
        upright = x.shape[1] > x.shape[2]
        x = (x.mT if upright else x).to(self.product_dtype)
        for _ in range(self.rounds):
            square = x @ x.mT
            x = linear * x + (cubic * square + quintic * square @ square) @ x
        return (x.mT if upright else x).float()


def _views(vector, stack):
    rows, columns = stack["rows"], stack["columns"]
    return [vector[start : start + rows * columns].view(rows, columns) for start in stack["starts"]]
