"""Replaces attention and its gradient, written out in elementary operators, by PyTorch's fused kernels."""

import operator

import torch
import torch.nn.functional as F

from known_gradients import matches
from operators import mul, product, reduce_sum, softmax, sub, transpose

# Patterns as in known_gradients.py, of src/tensor/operators/attention.ts.
SCALED = (mul, "q", "scale")
WEIGHTS = (softmax, (product, SCALED, (transpose, "k")))
ATTENTION = (product, WEIGHTS, "v")

# With respect to the scores, and to queries, keys and values.
SCORES = (mul, "weights", (sub, (product, "dy", (transpose, "v")), (reduce_sum, (mul, "dy", "y"))))
GRADIENTS = ((mul, (product, SCORES, "k"), "scale"), (product, (transpose, SCORES), SCALED), (product, (transpose, "weights"), "dy"))


def attention(q, k, v, scale):
    """The answer, and what its gradient needs."""
    with torch.enable_grad():
        leaves = [x.detach().requires_grad_() for x in (q, k, v)]
        y = F.scaled_dot_product_attention(*leaves, scale=scale)
    return y.detach(), (y, leaves)


def attention_gradient(dy, kept):
    """With respect to queries, keys and values."""
    y, leaves = kept
    return torch.autograd.grad(y, leaves, dy)


def use_known_attention(module):
    """Changes a torch.fx module in place, and tells how many attentions it replaced."""
    if not hasattr(F, "scaled_dot_product_attention"):
        return 0
    replaced = 0
    for node in list(module.graph.nodes):
        found = {"y": node}
        if not matches(ATTENTION, node, module, found):
            continue
        found["weights"] = node.args[0]
        gradients = _gradients(module, found)
        if gradients is None:
            continue
        scale = getattr(module, found["scale"].target).item()
        with module.graph.inserting_before(node):
            known = module.graph.call_function(attention, (found["q"], found["k"], found["v"], scale))
            y, kept = [module.graph.call_function(operator.getitem, (known, index)) for index in range(2)]
        with module.graph.inserting_before(min(gradients)):
            known = module.graph.call_function(attention_gradient, (found["dy"], kept))
            for index, gradient in enumerate(gradients):
                gradient.replace_all_uses_with(module.graph.call_function(operator.getitem, (known, index)))
        node.replace_all_uses_with(y)
        replaced += 1
    module.graph.eliminate_dead_code()
    module.recompile()
    return replaced


def _gradients(module, found):
    """The nodes that are the gradient of a found attention; `found` receives `dy`. `None` where one is missing."""
    nodes = []
    for pattern in GRADIENTS:
        matching = (node for node in _near(found["weights"]) if matches(pattern, node, module, trial := dict(found)))
        node = next(matching, None)
        if node is None or found.setdefault("dy", trial["dy"]) is not trial["dy"]:
            return None
        nodes.append(node)
    return nodes


def _near(weights):
    """All that is computed from attention weights by up to four operators."""
    layer = {weights: None}
    for _ in range(4):
        layer = {user: None for node in layer for user in node.users}
        yield from layer
