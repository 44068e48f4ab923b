"""Matrix products and convolutions of bfloat16 numbers; all else stays float32."""

import torch

import operators

CONVOLUTIONS = (operators.convolution, operators.transposed_convolution)

# Products with thinner matrices are sums in disguise: half precision would cost accuracy and gain nothing.
THINNEST = 8


def use_half_products(module, shapes):
    """Changes a torch.fx module in place. `shapes` gives those of its inputs."""
    _Shapes(module).run(*[torch.empty(shape, dtype=dtype, device="meta") for shape, dtype in shapes])
    halves = {}

    def once(function, *arguments):
        key = (function, arguments)
        if key not in halves:
            halves[key] = module.graph.call_function(function, arguments)
        return halves[key]

    def half(node):
        """Converted once, for the forward and the backward pass, turned over or not."""
        if node.target is operators.transpose:
            return once(operators.transpose, half(node.args[0]), *node.args[1:], *node.kwargs.values())
        return once(operators.half, node)

    widens = operators.products_widen()
    for node in module.graph.nodes:
        if node.target not in (operators.product, *CONVOLUTIONS):
            continue
        factors = node.args[:2]
        if node.target is operators.product:
            if min(size for factor in factors for size in factor.meta["shape"][-2:]) < THINNEST:
                continue
            node.target, node.kwargs = operators.half_product, {"widens": widens}
        with module.graph.inserting_before(node):
            node.args = (*[half(factor) for factor in factors], *node.args[2:])
    module.graph.eliminate_dead_code()
    module.recompile()


class _Shapes(torch.fx.Interpreter):
    """Writes every node's shape into its `meta`, without computing anything."""

    def run_node(self, node):
        result = super().run_node(node)
        if isinstance(result, torch.Tensor):
            node.meta["shape"] = tuple(result.shape)
        return result

    def get_attr(self, *arguments):
        return super().get_attr(*arguments).to("meta")
