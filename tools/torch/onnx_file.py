"""Reads the part of ONNX (protocol buffers) that `dust3r train export` writes, without any package but NumPy."""

import struct
from dataclasses import dataclass, field

import numpy

# TensorProto.DataType
ELEMENT_TYPES = {
    1: numpy.dtype("float32"),
    2: numpy.dtype("uint8"),
    6: numpy.dtype("int32"),
    7: numpy.dtype("int64"),
    9: numpy.dtype("bool"),
    10: numpy.dtype("float16"),
    11: numpy.dtype("float64"),
}


@dataclass
class Node:
    """An operator with the names of what it reads (empty: left out) and writes."""

    type: str = ""
    inputs: list = field(default_factory=list)
    outputs: list = field(default_factory=list)
    attributes: dict = field(default_factory=dict)


@dataclass
class Graph:
    """Nodes in an order of execution; constants; shape and dtype of what is fed; names of what is fetched."""

    nodes: list = field(default_factory=list)
    constants: dict = field(default_factory=dict)
    inputs: dict = field(default_factory=dict)
    outputs: list = field(default_factory=list)


def read_onnx(path):
    """The graph of an ONNX file."""
    with open(path, "rb") as file:
        model = memoryview(file.read())
    graph = Graph()
    for number, value in _fields(_first(model, 7)):
        if number == 1:
            graph.nodes.append(_node(value))
        elif number == 5:
            name, array = _tensor(value)
            graph.constants[name] = array
        elif number == 11:
            graph.inputs[_name(value)] = _shape(value)
        elif number == 12:
            graph.outputs.append(_name(value))
    return graph


def _fields(message):
    """Pairs of field number and value: an integer, or the bytes as they lie there."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        number, wire = tag >> 3, tag & 7
        if wire == 0:
            value, at = _varint(message, at)
        else:
            size, at = {1: (8, at), 5: (4, at)}.get(wire) or _varint(message, at)
            value = message[at : at + size]
            at += size
        yield number, value


def _varint(message, at):
    value = shift = 0
    while True:
        byte = message[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def _signed(value):
    return value - (1 << 64) if value >= 1 << 63 else value


def _name(message):
    return str(_first(message, 1), "utf8")


def _first(message, wanted):
    """Value of the first field of a number."""
    return next(value for number, value in _fields(message) if number == wanted)


def _shape(message):
    """Shape and dtype of a value."""
    kind, dimensions = 1, b""
    for number, value in _fields(_first(_first(message, 2), 1)):
        if number == 1:
            kind = value
        elif number == 2:
            dimensions = value
    return [_first(size, 1) for _, size in _fields(dimensions)], ELEMENT_TYPES[kind].name


def _node(message):
    node = Node()
    for number, value in _fields(message):
        if number == 1:
            node.inputs.append(str(value, "utf8"))
        elif number == 2:
            node.outputs.append(str(value, "utf8"))
        elif number == 4:
            node.type = str(value, "utf8")
        elif number == 5:
            name, attribute = _attribute(value)
            node.attributes[name] = attribute
    return node


def _attribute(message):
    name, result, integers = "", None, []
    for number, value in _fields(message):
        if number == 1:
            name = str(value, "utf8")
        elif number == 2:
            result = struct.unpack("<f", value)[0]
        elif number == 3:
            result = _signed(value)
        elif number == 4:
            result = str(value, "utf8")
        elif number == 8:
            integers.append(_signed(value))
    return name, tuple(integers) if result is None else result


def _tensor(message):
    name, shape, kind, raw = "", [], 1, b""
    for number, value in _fields(message):
        if number == 1:
            shape.append(value)
        elif number == 2:
            kind = value
        elif number == 8:
            name = str(value, "utf8")
        elif number == 9:
            raw = value
        elif number == 13:
            raise ValueError(f"constant {name}: its values lie in another file")
    return name, numpy.frombuffer(raw, ELEMENT_TYPES[kind]).reshape(shape)
