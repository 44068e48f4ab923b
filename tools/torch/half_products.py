"""bfloat16 for matrix products and for what lies between two of them; all else stays float32.

Sums of many parts (the residual stream, its gradient, normalizations, losses, gradients of parameters) are float32.
"""

import operator

import torch

import operators
from known_attention import attention, attention_gradient
from known_gradients import column_sum, gelu_gradient

CONVOLUTIONS = (operators.convolution, operators.transposed_convolution)

# These read bfloat16 whatever they are given.
READERS = (operators.product, *CONVOLUTIONS, attention, attention_gradient, column_sum)

# These give bfloat16 where they read nothing else.
FOLLOWERS = (
    operators.concat,
    operators.cut,
    operators.expand,
    operators.gelu,
    operators.identity,
    operators.reshape,
    operators.rotate,
    operators.split,
    operators.transpose,
    operator.getitem,
    gelu_gradient,
)

# Products with thinner matrices are sums in disguise: half precision would cost accuracy and gain nothing.
THINNEST = 8


def use_half_products(module, shapes):
    """Changes a torch.fx module in place. `shapes` gives those of its inputs."""
    _Shapes(module).run(*[torch.empty(shape, dtype=dtype, device="meta") for shape, dtype in shapes])
    nodes = list(module.graph.nodes)
    halves = half_values(nodes)
    converted = {}

    def once(function, *arguments):
        key = (function, arguments)
        if key not in converted:
            converted[key] = module.graph.call_function(function, arguments)
        return converted[key]

    def half(node):
        """Converted once, for the forward and the backward pass, turned over or not."""
        if node in halves:
            return node
        if node.target is operators.transpose:
            return once(operators.transpose, half(node.args[0]), *node.args[1:], *node.kwargs.values())
        return once(operators.half, node)

    widens = operators.products_widen()
    for node in nodes:
        with module.graph.inserting_before(node):
            if node.target is operators.product and not is_thin(node):
                node.args = tuple(half(factor) for factor in node.args)
                if node not in halves:
                    node.target, node.kwargs = operators.half_product, {"widens": widens}
            elif node.target in CONVOLUTIONS:
                node.args = (*[half(factor) for factor in node.args[:2]], *node.args[2:])
            elif node.target is attention:
                node.args = (*[half(factor) for factor in node.args[:3]], *node.args[3:])
            elif node.target is attention_gradient:
                node.args = (half(node.args[0]), *node.args[1:])
            elif node in halves and node.target is operators.add:
                product, bias = node.args
                node.target, node.args = operators.linear, (half(bias), *product.args)
            elif node.target is operators.layer_norm and halves.intersection(node.users):
                node.target = operators.half_layer_norm
            elif node.target is operators.add and halves.intersection(node.args):
                node.target = operators.wide_add
    module.graph.eliminate_dead_code()
    module.recompile()


def half_values(nodes):
    """The nodes that may be bfloat16: products and what follows them, where all that read them read bfloat16 too."""
    halves = {node for node in nodes if node.target in FOLLOWERS or begins(node)}
    while True:
        kept = {node for node in halves if follows(node, halves) and all(reads(u, node, halves) for u in node.users)}
        if kept == halves:
            return halves
        halves = kept


def begins(node):
    """Whether a value can be bfloat16 by itself: a product, one with a bias, or what a kernel gives."""
    if node.target is operators.add:
        product, bias = node.args
        sole = product.target is operators.product and not is_thin(product) and len(product.users) == 1
        return sole and len(product.meta["shape"]) == 2 and len(bias.meta["shape"]) == 1
    return node.target in (attention, attention_gradient) or node.target is operators.product and not is_thin(node)


def follows(node, halves):
    """Whether all that decides about a value's type is bfloat16."""
    if node.target is operator.getitem and node.args[0].target is operators.layer_norm:
        return node.args[1] == 0
    if node.target is operators.rotate:
        return node.args[0] in halves
    return node.target not in FOLLOWERS or all(source in halves for source in node.all_input_nodes)


def reads(user, node, halves):
    """Whether a user takes a value as bfloat16."""
    if user.target is operators.product and is_thin(user):
        return False
    if user in halves or user.target in READERS:
        return True
    # Of a sum, the other part makes it float32.
    return user.target is operators.add and any(
        part not in halves and part.meta.get("shape") == node.meta.get("shape") for part in user.args
    )


def is_thin(product):
    return min(size for factor in product.args for size in factor.meta["shape"][-2:]) < THINNEST


class _Shapes(torch.fx.Interpreter):
    """Writes every node's shape into its `meta`, without computing anything."""

    def run_node(self, node):
        result = super().run_node(node)
        if isinstance(result, torch.Tensor):
            node.meta["shape"] = tuple(result.shape)
        return result

    def get_attr(self, *arguments):
        return super().get_attr(*arguments).to("meta")
