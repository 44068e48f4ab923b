"""Turns an ONNX graph into a torch.fx module, operator by operator."""

import operator

import torch

import operators
from half_products import use_half_products
from known_attention import use_known_attention
from known_gradients import column_sum, norm_gradients, norm_input_gradient_onto, use_known_gradients
from onnx_file import read_onnx

FUSED = (
    operators.rotate,
    operators.half_layer_norm,
    operators.wide_add,
    column_sum,
    norm_gradients,
    norm_input_gradient_onto,
)


def open_executors(export, record, device, bf16=False, compiled=False):
    """An executor for each shape of the stage: by the height of landscape views."""
    executors = {
        graph["height"]: Executor(f"{export}/{graph['file']}", bf16).to(device) for graph in record["graphs"]
    }
    if compiled:
        for executor in executors.values():
            executor.fuse()
    return executors


def fused(function):
    """The function as few kernels. Where torch.compile cannot, it stays as it is."""
    torch._dynamo.config.suppress_errors = True
    # Each shape is a kernel of its own, and a stage may have several.
    for limit in ("cache_size_limit", "accumulated_cache_size_limit"):
        if hasattr(torch._dynamo.config, limit):
            setattr(torch._dynamo.config, limit, 1024)
    return torch.compile(function, dynamic=False)


class Executor(torch.nn.Module):
    """Computes a graph's outputs, by name, from a dictionary of its inputs.

    With `bf16`, matrix products, convolutions and attention read bfloat16, and what lies between them stays so.
    """

    def __init__(self, path, bf16=False):
        super().__init__()
        self.half_products, self.fused = bf16, False
        graph = read_onnx(path)
        self.inputs, self.outputs = list(graph.inputs), graph.outputs
        self.module = _Lowering(graph).module()
        self.known_gradients = use_known_gradients(self.module)
        self.known_attentions = use_known_attention(self.module)
        if bf16:
            use_half_products(self.module, [(shape, getattr(torch, dtype)) for shape, dtype in graph.inputs.values()])

    def fuse(self):
        """Makes one kernel each of rotations, normalizations and sums, which are several otherwise: takes seconds."""
        self.fused = True
        compiled = {function: fused(function) for function in FUSED}
        for node in self.module.graph.nodes:
            node.target = compiled.get(node.target, node.target)
        self.module.recompile()

    def forward(self, feeds):
        return dict(zip(self.outputs, self.module(*[feeds[name] for name in self.inputs])))


class _Lowering:
    def __init__(self, graph):
        self.source = graph
        self.graph = torch.fx.Graph()
        self.constants = torch.nn.Module()
        self.values = {}

    def module(self):
        for index, name in enumerate(self.source.inputs):
            self.values[name] = self.graph.placeholder(f"input{index}")
        for node in self.source.nodes:
            try:
                self._lower(node)
            except KeyError as missing:
                raise NotImplementedError(f"{node.type} with {node.attributes}: {missing} is not known") from missing
        self.graph.output(tuple(self.values[name] for name in self.source.outputs))
        return torch.fx.GraphModule(self.constants, self.graph)

    def _lower(self, node):
        if node.type == "RotaryEmbedding":
            inputs = tuple(self._value(name) for name in node.inputs)
            self.values[node.outputs[0]] = self.graph.call_function(operators.rotate, inputs)
            return
        if node.type == "Gemm":
            a, b, *bias = [self._value(name) for name in node.inputs]
            factors = (self._turned(a, node, "transA"), self._turned(b, node, "transB"))
            result = self.graph.call_function(operators.product, factors)
            self.values[node.outputs[0]] = self.graph.call_function(operators.add, (result, *bias)) if bias else result
            return
        static = operators.STATIC_INPUTS.get(node.type, ())
        arguments = tuple(
            tuple(self.source.constants[name].tolist()) if name and index in static else self._value(name)
            for index, name in enumerate(node.inputs)
        )
        result = self.graph.call_function(operators.OPERATORS[node.type], arguments, node.attributes)
        if node.type not in operators.SEVERAL_OUTPUTS:
            self.values[node.outputs[0]] = result
            return
        for index, name in enumerate(node.outputs):
            self.values[name] = self.graph.call_function(operator.getitem, (result, index))

    def _value(self, name):
        if name == "":
            return None
        if name not in self.values:
            buffer = f"constant{len(self.values)}"
            self.constants.register_buffer(buffer, torch.from_numpy(self.source.constants[name].copy()))
            self.values[name] = self.graph.get_attr(buffer)
        return self.values[name]

    def _turned(self, matrix, node, attribute):
        turns = node.attributes.get(attribute, 0)
        return self.graph.call_function(operators.transpose, (matrix, (1, 0))) if turns else matrix
