/** Width, depth and heads of a transformer stack. */
export interface StackConfig {
  readonly dim: number;
  readonly depth: number;
  readonly heads: number;
}

/** Section 3.1 of the paper: "a regression head"; `none` is a CroCo pre-training checkpoint, which has no pointmap head. */
export type HeadConfig =
  | { readonly kind: "linear" }
  | {
      readonly kind: "dpt";
      /** Channels of every fusion stage (256 in the published model). */
      readonly featureDim: number;
      /** Channels before the last convolution (128). */
      readonly lastDim: number;
      /** Channels of the four reassembled levels, fine to coarse ([96, 192, 384, 768]). */
      readonly layerDims: readonly [number, number, number, number];
    }
  | { readonly kind: "none" };

/** How raw xyz become points: `exp` moves a point along its own direction to the distance expm1(|xyz|). */
export type DepthMode = "exp" | "linear" | "square";

/** How a raw confidence becomes one within `[min, max]`. */
export interface ConfidenceMode {
  readonly kind: "exp" | "sigmoid";
  readonly min: number;
  readonly max: number;
}

/** Everything that decides the network's graph and its parameters' shapes. */
export interface NetworkConfig {
  readonly patchSize: number;
  readonly encoder: StackConfig;
  readonly decoder: StackConfig;
  /** Hidden width of an MLP over its input width. */
  readonly mlpRatio: number;
  /** Base of the rotary embedding's frequencies; "RoPE100" is 100. */
  readonly ropeBase: number;
  /** Adds a fixed code of row and column to the encoder's tokens; never in the published networks. */
  readonly cosinePositions?: boolean;
  readonly head: HeadConfig;
  readonly depthMode: DepthMode;
  readonly confidenceMode: ConfidenceMode;
  /** The size the weights were trained at; a hint for how to resize photos, never a restriction. */
  readonly imageSize: { readonly height: number; readonly width: number };
  /** Test-time augmentation by horizontal flip unless asked otherwise: twice the work; a hint, too. */
  readonly mirror?: boolean;
  /** The weights were trained to predict meters. */
  readonly metric?: boolean;
}
