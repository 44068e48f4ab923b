"""The ONNX operators of our graphs as functions of tensors. Shapes, axes and the like come as tuples of integers."""

import torch
import torch.nn.functional as F

from onnx_file import ELEMENT_TYPES


def add(a, b):
    return a + b


def wide_add(a, b):
    """Of a float32 and a bfloat16 tensor."""
    return a + b


def sub(a, b):
    return a - b


def mul(a, b):
    return a * b


def div(a, b):
    return a / b


def identity(x):
    return x


def gelu(x):
    return F.gelu(x)


def cast(x, to):
    return x.to(getattr(torch, ELEMENT_TYPES[to].name))


def reshape(x, shape):
    return x.reshape(shape)


def transpose(x, perm):
    return x.permute(perm)


def expand(x, shape):
    return x.expand(shape)


def concat(*tensors, axis):
    return torch.cat(tensors, axis)


def split(x, sizes, axis):
    return torch.split(x, sizes, axis)


def cut(x, starts, ends, axes, steps=None):
    """Slice."""
    index = [slice(None)] * x.dim()
    for axis, start, end, step in zip(axes, starts, ends, steps or (1,) * len(axes)):
        index[axis] = slice(start, end, step)
    return x[tuple(index)]


def pad(x, pads):
    rank = x.dim()
    return F.pad(x, [pads[axis + side * rank] for axis in reversed(range(rank)) for side in (0, 1)])


def gather(x, indices, axis):
    return torch.index_select(x, axis, indices.flatten()).reshape(*x.shape[:axis], *indices.shape, *x.shape[axis + 1 :])


def softmax(x, axis):
    return torch.softmax(x, axis)


def layer_norm(x, weight, bias, axis, epsilon):
    """Also the mean and the inverse deviation of every row."""
    return torch.native_layer_norm(x, x.shape[axis:], weight, bias, epsilon)


def half_layer_norm(x, weight, bias, axis, epsilon):
    """The same, its first output in half precision."""
    y, mean, inverse = layer_norm(x, weight, bias, axis, epsilon)
    return half(y), mean, inverse


def reduce_sum(x, axes, keepdims=1):
    return x.sum(axes, keepdim=bool(keepdims))


def reduce_mean(x, axes, keepdims=1):
    return x.mean(axes, keepdim=bool(keepdims))


def top_k(x, k, axis, largest, sorted):
    return torch.topk(x, k[0], axis, bool(largest), bool(sorted))


def resize(x, _, scales, mode, coordinate_transformation_mode):
    if mode != "linear" or coordinate_transformation_mode != "align_corners":
        raise NotImplementedError(f"Resize by {mode}, {coordinate_transformation_mode}")
    size = [int(length * scale) for length, scale in zip(x.shape[2:], scales[2:])]
    return F.interpolate(x, size, mode="bilinear", align_corners=True)


def rotate(x, positions, cosines, sines):
    """RotaryEmbedding of `[tokens, groups, width]`: channel k and channel k + width / 2 turn together, by what the tables
    `[position, width / 2]` have for a group's position."""
    first, second = x.chunk(2, -1)
    cosine, sine = cosines[positions], sines[positions]
    return torch.cat([first * cosine - second * sine, second * cosine + first * sine], -1).to(x.dtype)


def product(a, b):
    return a @ b


def linear(bias, a, b):
    return torch.addmm(bias, a, b)


def half_product(a, b, widens):
    """The float32 product of half-precision matrices, not rounded on the way where that is possible (`widens`)."""
    if not (widens and a.is_cuda):
        return (a @ b).float()
    if a.dim() == 2:
        return torch.mm(a, b, out_dtype=torch.float32)
    wide = torch.bmm(a.reshape(-1, *a.shape[-2:]), b.reshape(-1, *b.shape[-2:]), out_dtype=torch.float32)
    return wide.reshape(*a.shape[:-1], b.shape[-1])


def convolution(x, weight, bias=None, kernel_shape=(), strides=(1, 1), pads=(0, 0, 0, 0)):
    y = F.conv2d(x, weight, None, strides, pads[:2]).float()
    return y if bias is None else y + bias.reshape(-1, 1, 1)


def transposed_convolution(x, weight, kernel_shape=(), strides=(1, 1), pads=(0, 0, 0, 0), output_padding=(0, 0)):
    return F.conv_transpose2d(x, weight, None, strides, pads[:2], output_padding).float()


def half(x):
    return x.to(torch.bfloat16)


def products_widen():
    """Whether PyTorch gives the float32 product of bfloat16 matrices on a GPU without rounding it on the way."""
    if not torch.cuda.is_available():
        return False
    probe = torch.ones(1, 16, 16, dtype=torch.bfloat16, device="cuda")
    try:
        torch.bmm(probe, probe, out_dtype=torch.float32)
        return torch.mm(probe[0], probe[0], out_dtype=torch.float32).dtype == torch.float32
    except (TypeError, RuntimeError):
        return False


OPERATORS = {
    "Add": add,
    "Cast": cast,
    "Concat": concat,
    "Conv": convolution,
    "ConvTranspose": transposed_convolution,
    "Div": div,
    "Equal": torch.eq,
    "Erf": torch.erf,
    "Exp": torch.exp,
    "Expand": expand,
    "Floor": torch.floor,
    "Gather": gather,
    "Gelu": gelu,
    "Greater": torch.gt,
    "GreaterOrEqual": torch.ge,
    "Identity": identity,
    "LayerNormalization": layer_norm,
    "Log": torch.log,
    "MatMul": product,
    "Max": torch.maximum,
    "Mul": mul,
    "Neg": torch.neg,
    "Pad": pad,
    "ReduceMean": reduce_mean,
    "ReduceSum": reduce_sum,
    "Relu": torch.relu,
    "Reshape": reshape,
    "Resize": resize,
    "Sigmoid": torch.sigmoid,
    "Slice": cut,
    "Softmax": softmax,
    "Split": split,
    "Sqrt": torch.sqrt,
    "Sub": sub,
    "Tanh": torch.tanh,
    "TopK": top_k,
    "Transpose": transpose,
    "Where": torch.where,
}

# Inputs that are constants known when the graph is built: shapes, axes, sizes.
STATIC_INPUTS = {
    "Expand": (1,),
    "Pad": (1,),
    "ReduceMean": (1,),
    "ReduceSum": (1,),
    "Reshape": (1,),
    "Resize": (2,),
    "Slice": (1, 2, 3, 4),
    "Split": (1,),
    "TopK": (1,),
}

# Operators of which each output is used by its own.
SEVERAL_OUTPUTS = ("LayerNormalization", "Split", "TopK")
