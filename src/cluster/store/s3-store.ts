import { createHash } from "node:crypto";
import { environmentVariable } from "#platform";
import type { BlobStore } from "../../core/blob-store.ts";
import { InputError } from "../../core/errors.ts";
import { optionalModule } from "../optional-module.ts";

/** Where objects lie, and who may touch them. */
export interface S3Place {
  /** With the bucket as its path. */
  readonly endpoint: string;
  readonly region: string;
  /** Of all keys; empty or ending in `/`. */
  readonly prefix: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Of one request. */
const PATIENCE_MS = 300_000;

/** Every object starts with the SHA-256 of what follows. */
const DIGEST_BYTES = 32;

/**
 * The place that `s3://bucket/prefix` names; the service and the keys are in the environment, as for other programs: `AWS_ENDPOINT_URL`
 * (Amazon's own when unset), `AWS_REGION`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`.
 * @throws InputError for other addresses and missing variables
 */
export function s3Place(address: string): S3Place {
  const [, bucket, path = ""] = /^s3:\/\/([a-z0-9][a-z0-9.-]+)(?:\/(.*))?$/.exec(address) ?? [];
  if (bucket === undefined) throw new InputError(`${address}: s3://bucket or s3://bucket/prefix is expected`);
  const needed = (name: string): string => {
    const value = environmentVariable(name);
    if (value !== undefined) return value;
    throw new InputError(`${address}: the environment has no ${name}; set it to the store's`);
  };
  const region = environmentVariable("AWS_REGION") ?? environmentVariable("AWS_DEFAULT_REGION") ?? "us-east-1";
  const service = environmentVariable("AWS_ENDPOINT_URL") ?? `https://s3.${region}.amazonaws.com`;
  return {
    endpoint: `${service.replace(/\/+$/, "")}/${bucket}`,
    region,
    prefix: path === "" ? "" : `${path.replace(/\/+$/, "")}/`,
    accessKeyId: needed("AWS_ACCESS_KEY_ID"),
    secretAccessKey: needed("AWS_SECRET_ACCESS_KEY"),
  };
}

/** A `BlobStore` in a bucket of an S3-compatible service. An object that is not what was stored counts as never stored. */
export async function s3Store({ prefix, ...place }: S3Place): Promise<BlobStore> {
  const { S3mini } = await optionalModule("s3mini", () => import("s3mini"));
  const bucket = new S3mini({ ...place, requestAbortTimeout: PATIENCE_MS });
  return {
    async has(key) {
      return (await bucket.objectExists(prefix + key).catch(explain(place))) === true;
    },
    async get(key) {
      const object = await bucket.getObjectArrayBuffer(prefix + key).catch(explain(place));
      if (object === null) return undefined;
      const bytes = new Uint8Array(object, Math.min(DIGEST_BYTES, object.byteLength));
      return digest(bytes).equals(new Uint8Array(object, 0, object.byteLength - bytes.length)) ? bytes : undefined;
    },
    async put(key, bytes) {
      const object = Buffer.concat([digest(bytes), bytes]);
      await bucket.putObject(prefix + key, object, "application/octet-stream").catch(explain(place));
    },
  };
}

/** What a service refuses it refuses again, unless it is only too busy. */
function explain({ endpoint }: Pick<S3Place, "endpoint">): (error: unknown) => never {
  return (error) => {
    const { status, serviceCode } = error as { readonly status?: number; readonly serviceCode?: string };
    if (status === undefined || status < 400 || status >= 500 || status === 408 || status === 429) throw error;
    throw new InputError(
      `${endpoint} refuses (${status}${serviceCode === undefined ? "" : ` ${serviceCode}`}): check the bucket, AWS_ENDPOINT_URL, ` +
        "AWS_REGION and the keys in the environment",
      { cause: error },
    );
  };
}

function digest(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}
