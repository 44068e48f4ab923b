import { parseHubId } from "../weights/hub-id.ts";

/**
 * Where weights come from. A text is the name of the packaged ones (`small`), a hub id (`owner/name`) or a URL, which the page's
 * own completes; a `File` is one that the user chose, read where it lies.
 */
export type ModelSource = string | URL | Blob | WeightsSource;

/** Weights by their parts. */
export interface WeightsSource {
  /** A `.safetensors` or `.pth` file. */
  readonly weights: string | URL | Blob;
  /** The network's `config.json`. Left out, the one beside a URL, if there is one; else the weights tell. */
  readonly config?: string | URL | Blob | undefined;
  /** Hex SHA-256 that the weights must have. */
  readonly sha256?: string | undefined;
}

/** The same on its way to the worker. */
export type SentModelSource =
  | { readonly kind: "hub"; readonly id: string }
  | {
      readonly kind: "files";
      /** Of weights that ship with the package; others are called by their file. */
      readonly packaged?: string;
      readonly weights: Blob | string;
      readonly config: Blob | string | undefined;
      readonly sha256: string | undefined;
    };

const PACKAGED = "small";

/** A model source with every URL complete. */
export function sentModelSource(source: ModelSource = PACKAGED): SentModelSource {
  if (source === PACKAGED) return packagedModel();
  if (typeof source === "string" && parseHubId(source) !== undefined) return { kind: "hub", id: source };
  const { weights, config, sha256 } = isByParts(source) ? source : { weights: source };
  return {
    kind: "files",
    weights: sent(weights),
    config: config === undefined ? undefined : sent(config),
    sha256,
  };
}

/** Written so that bundlers take the files along. */
function packagedModel(): SentModelSource {
  return {
    kind: "files",
    packaged: PACKAGED,
    weights: new URL("../../models/small/model.safetensors", import.meta.url).href,
    config: new URL("../../models/small/config.json", import.meta.url).href,
    sha256: undefined,
  };
}

function isByParts(source: ModelSource): source is WeightsSource {
  return typeof source === "object" && "weights" in source;
}

function sent(source: string | URL | Blob): Blob | string {
  return source instanceof Blob ? source : new URL(source, document.baseURI).href;
}
