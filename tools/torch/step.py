"""The training step: gradient, average over processes, AdamW. On CUDA both halves are captured, the gradient once for each
shape of views, and replayed."""

import math
from functools import partial

import torch
import torch.distributed as distributed

from executor import fused
from muon import Muon

# Steps whose rates lie on the device.
RATES_AHEAD = 256


def learning_rate(step, peak, final, warmup, total):
    """Linear warm-up from zero, then half a cosine."""
    if step < warmup:
        return peak * step / warmup
    progress = min((step - warmup) / max(total - warmup, 1), 1)
    return final + (peak - final) * 0.5 * (1 + math.cos(math.pi * progress))


class TrainingStep:
    """Moves a state along the gradient of batches; `executors` compute the exported graphs, by height of landscape views."""

    def __init__(self, executors, state, accumulate=1):
        self.executors, self.state, self.accumulate = executors, state, accumulate
        self.world = distributed.get_world_size() if distributed.is_initialized() else 1
        record, device = state.record, state.values.device
        empty = lambda entry: torch.zeros(entry["shape"], dtype=getattr(torch, entry["dtype"]), device=device)
        self.inputs = {
            graph["height"]: {entry["name"]: empty(entry) for entry in graph["inputs"]} for graph in record["graphs"]
        }
        first = executors[record["graphs"][0]["height"]]
        muon = record["muon"]
        self.muon = muon and Muon(muon, len(state.values), device, first.half_products)
        self.rates = torch.zeros(RATES_AHEAD, 3, device=device)
        self.position = torch.zeros(1, dtype=torch.int64, device=device)
        self._schedule()
        # Sums since the last report: loss, gradient norm, steps whose gradient was no number.
        self.sums = torch.zeros(3, device=device)
        self.unreported = 0
        if first.fused:
            self._remember, self._advance = fused(self._remember), fused(self._advance)
        # Their memory is shared: one runs after the other, and none reads what another left. The largest comes first.
        memory = torch.cuda.graph_pool_handle() if device.type == "cuda" else None
        self._gradient = {
            height: captured(partial(self._add_gradient, height), [state.gradient, self.sums], memory)
            for height in sorted(executors, reverse=True)
        }
        self._update = captured(
            self._move, [state.values, state.mean, state.mean_square, state.gradient, self.sums, self.position]
        )

    def __call__(self, batches):
        """One optimizer step on the next batches of an iterator."""
        if self.state.step == self.scheduled:
            self._schedule()
        for _ in range(self.accumulate):
            height, batch = next(batches)
            self.feed(height, batch)
            self._gradient[height]()
        if self.world > 1:
            distributed.all_reduce(self.state.gradient)
        self._update()
        self.state.step += 1
        self.state.optimizer_steps += 1
        self.unreported += 1

    def feed(self, height, batch):
        """Puts a batch where the graph of its shape reads it."""
        for name, value in batch.items():
            self.inputs[height][name].copy_(value, non_blocking=True)

    def gradients(self, height):
        """Gradients of the batch of a shape that was fed last, by parameter."""
        outputs = self._outputs(height)
        return {name: outputs[f"gradient.{name}"] for name in self.state.parameters}

    def report(self):
        """Means of loss and gradient norm, and the number of bad steps, since the last call; waits for the device."""
        if self.world > 1:
            distributed.all_reduce(self.sums)
        loss, norm, bad = (self.sums / self.world).tolist()
        steps, self.unreported = self.unreported, 0
        self.sums.zero_()
        good = max(steps - bad, 1)
        return loss / good, norm / good, round(bad)

    def learning_rate(self):
        """Of the last step."""
        return self._learning_rate(self.state.step - 1)

    def end_schedule_at(self, total):
        """Changes the stage's length, and the rates of the steps that are left accordingly."""
        self.state.record["schedule"]["total"] = total
        self._schedule()

    def _learning_rate(self, step):
        return learning_rate(step - self.state.record["firstStep"], **self.state.record["schedule"])

    def _schedule(self):
        """For the next steps: learning rate, Adam's rate, and Adam's correction of the deviation."""
        state, optimizer = self.state, self.state.record["optimizer"]
        rows = []
        for ahead in range(len(self.rates)):
            rate, count = self._learning_rate(state.step + ahead), state.optimizer_steps + ahead + 1
            rows.append(
                (rate, rate / (1 - optimizer["beta1"] ** count), 1 / math.sqrt(1 - optimizer["beta2"] ** count))
            )
        self.rates.copy_(torch.tensor(rows, dtype=torch.float64))
        self.position.zero_()
        self.scheduled = state.step + len(rows)

    def _outputs(self, height):
        return self.executors[height]({**self.inputs[height], **self.state.parameters})

    def _add_gradient(self, height):
        outputs = self._outputs(height)
        gradients = self.state.gradients
        torch._foreach_add_(list(gradients.values()), [outputs[f"gradient.{name}"] for name in gradients])
        self.sums[0] += torch.nan_to_num(outputs["loss"] / self.accumulate, 0, 0, 0)

    def _move(self):
        state, optimizer, sums = self.state, self.state.record["optimizer"], self.sums
        rate, adam_rate, correction = self.rates.index_select(0, self.position)[0].unbind()
        shares = self.accumulate * self.world
        norm = state.gradient.norm() / shares
        good = torch.isfinite(norm)
        factor = (optimizer["clip"] / norm).clamp(max=1) / shares
        ahead = self._remember(state, factor, good)
        directions = rate * self.muon.directions(ahead) if self.muon else None
        self._advance(state, directions, rate, adam_rate, correction)
        state.gradient.zero_()
        sums[1] += torch.nan_to_num(norm, 0, 0, 0)
        sums[2] += (~good).float()
        self.position += 1

    def _remember(self, state, factor, good):
        """Takes the gradient into the moments; gives where Muon's momentum is heading."""
        beta1, beta2 = (state.record["optimizer"][name] for name in ("beta1", "beta2"))
        # One bad batch must not cost the run: its gradient counts as zero.
        gradient = torch.where(good, state.gradient * factor, torch.zeros_like(factor))
        if self.muon:
            beta1 = beta1 + (self.muon.momentum - beta1) * self.muon.matrices
        state.mean.mul_(beta1).add_((1 - beta1) * gradient)
        state.mean_square.mul_(beta2).addcmul_(gradient, gradient, value=1 - beta2)
        return beta1 * state.mean + (1 - beta1) * gradient

    def _advance(self, state, directions, rate, adam_rate, correction):
        optimizer = state.record["optimizer"]
        change = adam_rate * state.mean / (state.mean_square.sqrt() * correction + optimizer["epsilon"])
        if self.muon:
            change = torch.where(self.muon.matrices, directions, change)
        state.values.mul_(1 - state.decays * (rate * optimizer["weightDecay"])).sub_(change)


def captured(function, tensors, memory=None):
    """The function as a CUDA graph, with `memory` that several may share; as it is on other devices. `tensors` are all that
    it changes."""
    if tensors[0].device.type != "cuda":
        return function
    before = [tensor.clone() for tensor in tensors]
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(3):
            function()
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    # Other threads, such as NCCL's, may go on using the device.
    with torch.cuda.graph(graph, pool=memory, capture_error_mode="thread_local"):
        function()
    for tensor, value in zip(tensors, before):
        tensor.copy_(value)
    return graph.replay
