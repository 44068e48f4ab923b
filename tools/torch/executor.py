"""Turns an ONNX graph into a torch.fx module, operator by operator."""

import operator

import torch

import operators
from onnx_file import read_onnx


class Executor(torch.nn.Module):
    """Computes a graph's outputs, by name, from a dictionary of its inputs.

    With `bf16`, matrix products and convolutions read bfloat16; all else, and what they give, is float32.
    """

    def __init__(self, path, bf16=False):
        super().__init__()
        graph = read_onnx(path)
        self.inputs, self.outputs = graph.inputs, graph.outputs
        self.module = _Lowering(graph, bf16).module()

    def fuse(self):
        """Lets torch.compile join operators into fewer kernels; where it cannot, they stay as they are."""
        torch._dynamo.config.suppress_errors = True
        self.module = torch.compile(self.module, dynamic=False)

    def forward(self, feeds):
        return dict(zip(self.outputs, self.module(*[feeds[name] for name in self.inputs])))


class _Lowering:
    def __init__(self, graph, bf16):
        self.source, self.bf16 = graph, bf16
        self.graph = torch.fx.Graph()
        self.constants = torch.nn.Module()
        self.values = {}
        self.shared = {}

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
            x, positions, *tables = [self._value(name) for name in node.inputs]
            # Every layer looks up the same angles.
            angles = [self._once(operators.rotary_angles, table, positions) for table in tables]
            self.values[node.outputs[0]] = self.graph.call_function(operators.rotate, (x, *angles))
            return
        static = operators.STATIC_INPUTS.get(node.type, ())
        factors = operators.FACTORS.get(node.type, ()) if self.bf16 else ()
        arguments = []
        for index, name in enumerate(node.inputs):
            if name and index in static:
                arguments.append(tuple(self.source.constants[name].tolist()))
            else:
                value = self._value(name) if name else None
                arguments.append(self._half(value) if index in factors else value)
        result = self.graph.call_function(operators.OPERATORS[node.type], tuple(arguments), node.attributes)
        if len(node.outputs) == 1 and node.type not in ("Split", "TopK"):
            self.values[node.outputs[0]] = result
            return
        for index, name in enumerate(node.outputs):
            self.values[name] = self.graph.call_function(operator.getitem, (result, index))

    def _value(self, name):
        if name not in self.values:
            buffer = f"constant{len(self.values)}"
            self.constants.register_buffer(buffer, torch.from_numpy(self.source.constants[name].copy()))
            self.values[name] = self.graph.get_attr(buffer)
        return self.values[name]

    def _half(self, value):
        """The value in bfloat16: converted once, for the forward and the backward pass, turned over or not."""
        if value.target is operators.transpose:
            return self._once(operators.transpose, self._half(value.args[0]), value.kwargs["perm"])
        return self._once(operators.half, value)

    def _once(self, function, *arguments):
        key = (function, arguments)
        if key not in self.shared:
            self.shared[key] = self.graph.call_function(function, arguments)
        return self.shared[key]
