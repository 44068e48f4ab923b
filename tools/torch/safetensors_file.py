"""Safetensors files: 8 bytes of length, that many bytes of JSON, then the tensors."""

import json
import struct

import numpy

DTYPES = {
    "F32": numpy.dtype("<f4"),
    "F16": numpy.dtype("<f2"),
    "I64": numpy.dtype("<i8"),
    "I32": numpy.dtype("<i4"),
    "U16": numpy.dtype("<u2"),
    "U8": numpy.dtype("u1"),
}
NAMES = {dtype: name for name, dtype in DTYPES.items()}


def read_safetensors(path):
    """All tensors by name, as NumPy arrays that cannot be written to."""
    with open(path, "rb") as file:
        content = file.read()
    start = 8 + struct.unpack_from("<Q", content)[0] if len(content) >= 8 else 0
    if not 8 < start <= len(content):
        raise ValueError(f"{path}: not a safetensors file, or a truncated one")
    tensors = {}
    for name, entry in json.loads(content[8:start]).items():
        if name == "__metadata__":
            continue
        dtype, shape, (begin, end) = DTYPES[entry["dtype"]], entry["shape"], entry["data_offsets"]
        if start + end > len(content):
            raise ValueError(f"{path}: {name} ends at byte {start + end} and the file at {len(content)}: truncated")
        tensors[name] = numpy.frombuffer(content, dtype, (end - begin) // dtype.itemsize, start + begin).reshape(shape)
    return tensors


def write_safetensors(target, tensors):
    """Writes NumPy arrays by name to a path, or to a file that is open."""
    if not hasattr(target, "write"):
        with open(target, "wb") as file:
            return write_safetensors(file, tensors)
    header, position = {}, 0
    for name, array in tensors.items():
        end = position + array.nbytes
        header[name] = {"dtype": NAMES[array.dtype], "shape": array.shape, "data_offsets": [position, end]}
        position = end
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    target.write(struct.pack("<Q", len(text)) + text)
    for array in tensors.values():
        target.write(numpy.ascontiguousarray(array).data)
