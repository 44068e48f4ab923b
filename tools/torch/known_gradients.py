"""Replaces gradients that are written out in elementary operators by PyTorch's kernels: less memory traffic."""

import math
import operator

import torch

from operators import add, expand, mul, product, reshape, sub

# A pattern is (function, arguments…), a number, or a name, which stands for the same node wherever it occurs.
# They follow src/tensor/operators; a gradient that is written in another way is left as it is.

# Of the exact GELU: dy/2 + dy/2 (erf(u) + 2/√π u exp(-u²)) at u = x/√2.
U = (mul, "x", math.sqrt(0.5))
HALF = (mul, "dy", 0.5)
DENSITY = (mul, (mul, U, (torch.exp, (torch.neg, (mul, U, U)))), 2 / math.sqrt(math.pi))
GELU = (add, HALF, (mul, HALF, (add, (torch.erf, U), DENSITY)))

# Of a layer normalization, with respect to its input and to its weight.
COLUMN = (reshape, "weight")
MOMENT = (mul, "dy", "x")
TOTAL = (product, "dy", COLUMN)
SHARE = (mul, "inverse", "1/features")
ALONG = (mul, SHARE, (sub, (product, MOMENT, COLUMN), (mul, "center", TOTAL)))
SLOPE = (mul, (mul, "inverse", "inverse"), ALONG)
SCALED = (mul, (mul, "dy", "weight"), "inverse")
NORM_INPUT = (sub, (sub, SCALED, (mul, "x", SLOPE)), (sub, (mul, SHARE, TOTAL), (mul, "center", SLOPE)))
OVER_ROWS = (reshape, (product, (reshape, "inverse"), MOMENT))
NORM_WEIGHT = (sub, OVER_ROWS, (reshape, (product, (reshape, (mul, "center", "inverse")), "dy")))

# Sums over the rows of a matrix, as a linear layer's bias has them.
COLUMN_SUM = (product, (expand, 1.0), "x")


def gelu_gradient(dy, x):
    return torch.ops.aten.gelu_backward(dy, x)


def norm_input_gradient(dy, x, center, inverse, weight):
    mask = [True, False, False]
    return torch.ops.aten.native_layer_norm_backward(dy, x, weight.shape, center, inverse, weight, None, mask)[0]


def norm_input_gradient_onto(sum_so_far, *arguments):
    """Added to the gradient that goes around the normalization."""
    return sum_so_far + norm_input_gradient(*arguments)


def norm_weight_gradient(dy, x, center, inverse):
    return (dy * (x - center) * inverse).sum(0)


def column_sum(x):
    return x.sum(0, keepdim=True, dtype=torch.float32)


def norm_gradients(dy, x, center, inverse):
    """Of a normalization's weight and bias: two sums over what is read once."""
    return norm_weight_gradient(dy, x, center, inverse), column_sum(dy)


KNOWN = (
    (GELU, gelu_gradient, ("dy", "x")),
    (NORM_INPUT, norm_input_gradient, ("dy", "x", "center", "inverse", "weight")),
    (NORM_WEIGHT, norm_weight_gradient, ("dy", "x", "center", "inverse")),
    (COLUMN_SUM, column_sum, ("x",)),
)


def use_known_gradients(module):
    """Changes a torch.fx module in place, and tells how many gradients it replaced."""
    replaced = 0
    for node in module.graph.nodes:
        for pattern, function, names in KNOWN:
            found = {}
            if matches(pattern, node, module, found):
                with module.graph.inserting_before(node):
                    known = module.graph.call_function(function, tuple(found[name] for name in names))
                node.replace_all_uses_with(known)
                replaced += 1
    _join_norm_gradients(module.graph)
    _join_residuals(module.graph)
    module.graph.eliminate_dead_code()
    module.recompile()
    return replaced


def _join_norm_gradients(graph):
    order = {node: index for index, node in enumerate(graph.nodes)}
    for node in order:
        if node.target is not norm_weight_gradient:
            continue
        parts = [node, *[user for user in node.args[0].users if user.target is column_sum]][:2]
        if len(parts) == 2:
            with graph.inserting_before(min(parts, key=order.get)):
                both = graph.call_function(norm_gradients, node.args)
                for index, part in enumerate(parts):
                    part.replace_all_uses_with(graph.call_function(operator.getitem, (both, index)))


def _join_residuals(graph):
    for node in graph.nodes:
        if node.target is add:
            inner, outer = sorted(node.args, key=lambda part: part.target is not norm_input_gradient)
            if inner.target is norm_input_gradient and len(inner.users) == 1:
                node.target, node.args = norm_input_gradient_onto, (outer, *inner.args)


def matches(pattern, node, module, found):
    """Whether a node computes what the pattern says; `found` receives the nodes behind the names."""
    if isinstance(pattern, str):
        return found.setdefault(pattern, node) is node
    if isinstance(pattern, float):
        value = getattr(module, node.target) if node.op == "get_attr" else None
        return value is not None and value.numel() == 1 and math.isclose(value.item(), pattern, rel_tol=1e-6)
    function, *arguments = pattern
    return node.target is function and all(
        matches(wanted, given, module, found) for wanted, given in zip(arguments, node.args)
    )
