import { InputError } from "../core/errors.ts";
import type { PairPrediction } from "../core/pair-prediction.ts";
import type { Size, View, ViewPair } from "../core/view.ts";
import type { ConcretePrecision } from "../runtime/device.ts";
import type { Engine } from "../runtime/engine-process.ts";
import type { Session } from "../runtime/session.ts";
import type { OnnxModel } from "../tensor/onnx-model.ts";
import type { Checkpoint } from "../weights/checkpoint.ts";
import { decoderGraph, encoderGraph } from "./inference-graphs.ts";
import { networkInput } from "./network-input.ts";

/** Weights below this size are copied into the layout that multiplies fastest, above it they stay mapped. */
const PREPACK_BYTES = 256e6;

/** Sessions kept open. Mapped weights are shared, but every session holds its own activations. */
const OPEN_SESSIONS = 8;

/** One view as the decoders read it. */
export interface EncodedView extends Size {
  /** `[tokens, dim]`, the encoder's normalized output. */
  readonly features: Float32Array;
}

/** A trained network on an engine; graphs are built for each image size when it first appears. */
export class PairNetwork {
  readonly checkpoint: Checkpoint;
  readonly dtype: ConcretePrecision;
  readonly #engine: Engine;
  /** Least recently used first. */
  readonly #sessions = new Map<string, Promise<Session>>();

  constructor(engine: Engine, checkpoint: Checkpoint, dtype: ConcretePrecision = "fp32") {
    if (checkpoint.config.head.kind === "none") {
      throw new InputError(
        `${checkpoint.name}: weights of CroCo pre-training have no pointmap head, so they cannot reconstruct; ` +
          "train from them with `dust3r train`, or use DUSt3R weights",
      );
    }
    this.#engine = engine;
    this.checkpoint = checkpoint;
    this.dtype = dtype;
  }

  /** Runs the encoder on views of one size at once; the features of each do not depend on the others. */
  async encode(views: readonly View[]): Promise<readonly EncodedView[]> {
    if (this.dtype === "q8" && views.length > 1) {
      // Numbers are rounded to levels of the whole matrix: together, each view's features would depend on the others.
      const encoded: EncodedView[] = [];
      for (const view of views) encoded.push(...(await this.encode([view])));
      return encoded;
    }
    const { height, width } = views[0]!;
    const batch = views.length;
    const session = await this.#session(`encode ${batch} of ${width}x${height}`, () =>
      encoderGraph(this.checkpoint, { batch, height, width }, this.dtype),
    );
    const data = networkInput(views);
    const outputs = await session.run({ images: { dtype: "float32", shape: [batch, 3, height, width], data } });
    const features = outputs.features!.data as Float32Array;
    const each = features.length / batch;
    return views.map((_, i) => ({ width, height, features: features.slice(i * each, (i + 1) * each) }));
  }

  /** Runs the decoders and heads on one ordered pair of encoded views. */
  async decode(pair: ViewPair, encoded1: EncodedView, encoded2: EncodedView): Promise<PairPrediction> {
    const key = `decode ${encoded1.width}x${encoded1.height} ${encoded2.width}x${encoded2.height}`;
    const session = await this.#session(key, () => decoderGraph(this.checkpoint, encoded1, encoded2, this.dtype));
    const { dim } = this.checkpoint.config.encoder;
    const feed = ({ features: data }: EncodedView) =>
      ({ dtype: "float32", shape: [data.length / dim, dim], data }) as const;
    const outputs = await session.run({ features1: feed(encoded1), features2: feed(encoded2) });
    const values = (name: string) => outputs[name]!.data as Float32Array;
    return {
      ...pair,
      size1: { width: encoded1.width, height: encoded1.height },
      size2: { width: encoded2.width, height: encoded2.height },
      pointmap1: values("pointmap1"),
      confidence1: values("confidence1"),
      pointmap2: values("pointmap2"),
      confidence2: values("confidence2"),
    };
  }

  async #session(key: string, graph: () => OnnxModel): Promise<Session> {
    const open = this.#sessions.get(key);
    this.#sessions.delete(key);
    // The promise, so that calls side by side open it once.
    const session = open ?? this.#open(graph());
    this.#sessions.set(key, session);
    if (this.#sessions.size > OPEN_SESSIONS) {
      const [oldest, stale] = this.#sessions.entries().next().value!;
      this.#sessions.delete(oldest);
      // Its runs were asked for before, and the engine answers in order.
      await (await stale).dispose();
    }
    return await session;
  }

  #open({ bytes }: OnnxModel): Promise<Session> {
    const { path, byteLength } = this.checkpoint;
    return this.#engine.open(bytes, {
      weights: path,
      prepack: byteLength < PREPACK_BYTES,
    });
  }
}
