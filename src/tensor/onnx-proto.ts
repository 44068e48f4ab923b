import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import type { Attribute, ElementType } from "./tensor.ts";

/**
 * The few messages of onnx.proto3 that a model needs, written field by field; the numbers are the field numbers of
 * https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3.
 */

/** `TensorProto.DataType`. */
export const ELEMENT_TYPE: Readonly<Record<ElementType, number>> = {
  float32: 1,
  uint8: 2,
  int32: 6,
  int64: 7,
  bool: 9,
  int8: 3,
  float16: 10,
  float64: 11,
  bfloat16: 16,
};

/** Bytes of another file that hold a tensor's values. */
export interface ExternalData {
  /** File name, relative to the folder that the session is given. */
  readonly location: string;
  readonly offset: number;
  readonly length: number;
}

export interface ValueInfo {
  readonly name: string;
  readonly dtype: ElementType;
  readonly shape: readonly number[];
}

export interface NodeInfo {
  readonly type: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

export interface InitializerInfo extends ValueInfo {
  readonly data: Uint8Array | ExternalData;
}

export interface ModelInfo {
  readonly nodes: readonly NodeInfo[];
  readonly initializers: readonly InitializerInfo[];
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
}

const IR_VERSION = 10;
const OPERATOR_SETS = { "": 20, "com.microsoft": 1 };

/** `ModelProto` bytes. */
export function encodeModel(model: ModelInfo): Uint8Array<ArrayBuffer> {
  const writer = new BinaryWriter();
  writer.tag(1, WireType.Varint).int64(IR_VERSION);
  text(writer, 2, "dust3r");
  message(writer, 7, (graph) => {
    for (const node of model.nodes) message(graph, 1, (m) => encodeNode(m, node));
    text(graph, 2, "dust3r");
    for (const tensor of model.initializers) message(graph, 5, (m) => encodeTensor(m, tensor));
    for (const value of model.inputs) message(graph, 11, (m) => encodeValue(m, value));
    for (const value of model.outputs) message(graph, 12, (m) => encodeValue(m, value));
  });
  for (const [domain, version] of Object.entries(OPERATOR_SETS)) {
    message(writer, 8, (m) => {
      text(m, 1, domain);
      m.tag(2, WireType.Varint).int64(version);
    });
  }
  return writer.finish();
}

function encodeNode(writer: BinaryWriter, node: NodeInfo): void {
  for (const name of node.inputs) text(writer, 1, name);
  for (const name of node.outputs) text(writer, 2, name);
  text(writer, 4, node.type);
  for (const [name, value] of Object.entries(node.attributes)) {
    message(writer, 5, (m) => encodeAttribute(m, name, value));
  }
  text(writer, 7, node.domain);
}

function encodeAttribute(writer: BinaryWriter, name: string, value: Attribute): void {
  const type = (number: number) => writer.tag(20, WireType.Varint).int32(number);
  text(writer, 1, name);
  if (typeof value === "number") {
    writer.tag(3, WireType.Varint).int64(value);
    type(2);
  } else if (typeof value === "string") {
    text(writer, 4, value);
    type(3);
  } else if ("float" in value) {
    writer.tag(2, WireType.Bit32).float(value.float);
    type(1);
  } else {
    for (const item of value) writer.tag(8, WireType.Varint).int64(item);
    type(7);
  }
}

function encodeTensor(writer: BinaryWriter, { name, dtype, shape, data }: InitializerInfo): void {
  for (const size of shape) writer.tag(1, WireType.Varint).int64(size);
  writer.tag(2, WireType.Varint).int32(ELEMENT_TYPE[dtype]);
  text(writer, 8, name);
  if (data instanceof Uint8Array) {
    writer.tag(9, WireType.LengthDelimited).bytes(data);
    return;
  }
  for (const [key, value] of Object.entries(data)) {
    message(writer, 13, (m) => {
      text(m, 1, key);
      text(m, 2, String(value));
    });
  }
  writer.tag(14, WireType.Varint).int32(1);
}

function encodeValue(writer: BinaryWriter, { name, dtype, shape }: ValueInfo): void {
  text(writer, 1, name);
  message(writer, 2, (type) =>
    message(type, 1, (tensor) => {
      tensor.tag(1, WireType.Varint).int32(ELEMENT_TYPE[dtype]);
      message(tensor, 2, (m) => {
        for (const size of shape) message(m, 1, (dimension) => dimension.tag(1, WireType.Varint).int64(size));
      });
    }),
  );
}

function message(writer: BinaryWriter, field: number, encode: (writer: BinaryWriter) => void): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  encode(writer);
  writer.join();
}

function text(writer: BinaryWriter, field: number, value: string): void {
  writer.tag(field, WireType.LengthDelimited).string(value);
}
