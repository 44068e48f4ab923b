import { setTimeout as sleep } from "node:timers/promises";
import { InputError } from "../../core/errors.ts";

/** How a request behaves when the connection fails. */
export interface RequestOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds before the second attempt; doubled before each further one. Default 500. */
  readonly retryDelay?: number | undefined;
}

/** Attempts without any progress before a download is given up. */
const ATTEMPTS = 5;
const RETRY_DELAY = 500;

/**
 * What a server says of a file, without its bytes. Redirects are followed within one origin only: where a file moves to
 * another (a content network), the answer before is the one that describes it. Headers of earlier answers win.
 */
export async function probeFile(url: string, options: RequestOptions): Promise<{ status: number; headers: Headers }> {
  return retrying(url, options, async () => {
    const headers = new Headers();
    for (let target = new URL(url), hops = 0; ; hops++) {
      const response = await request(target.href, {
        headers: options.headers ?? {},
        method: "HEAD",
        redirect: "manual",
        signal: options.signal ?? null,
      });
      for (const [name, value] of response.headers) if (!headers.has(name)) headers.set(name, value);
      const location = response.headers.get("location");
      const next = location === null ? undefined : new URL(location, target);
      if (response.status < 300 || response.status >= 400 || next?.origin !== target.origin || hops === 5) {
        return { status: response.status, headers };
      }
      target = next;
    }
  });
}

/** A failure that another attempt may get past. */
export class ConnectionProblem extends Error {}

/** `fetch`, for which a server out of order is a failed connection too. */
export async function request(url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, init);
  if (response.status === 429 || response.status >= 500) {
    await response.body?.cancel();
    throw new ConnectionProblem(`it answers with status ${response.status}`);
  }
  return response;
}

/** Tries again after connection failures, for as long as there is progress (by `measure`) and a little longer. */
export async function retrying<Result>(
  url: string,
  { signal, retryDelay = RETRY_DELAY, measure = async () => 0 }: RequestOptions & { measure?: () => Promise<number> },
  attempt: () => Promise<Result>,
): Promise<Result> {
  let furthest = await measure();
  for (let failures = 1; ; failures++) {
    try {
      return await attempt();
    } catch (error) {
      signal?.throwIfAborted();
      // Node's fetch reports every failure of a connection as a TypeError.
      if (!(error instanceof ConnectionProblem || error instanceof TypeError)) throw error;
      const now = await measure();
      if (now > furthest) failures = 1;
      furthest = Math.max(furthest, now);
      if (failures >= ATTEMPTS) {
        throw new InputError(`cannot download from ${new URL(url).host}: ${reason(error)}`, { cause: error });
      }
      await sleep(retryDelay * 2 ** (failures - 1), undefined, signal === undefined ? {} : { signal }).catch(() => {});
      signal?.throwIfAborted();
    }
  }
}

function reason(error: Error): string {
  const { cause } = error;
  if (cause instanceof Error)
    return "code" in cause ? `${cause.message || error.message} (${cause.code})` : cause.message;
  return error.message;
}
