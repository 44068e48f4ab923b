import { setTimeout as sleep } from "node:timers/promises";
import { InputError } from "../../core/errors.ts";

/** How a request behaves when the connection fails. */
export interface RequestOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds before the second attempt; doubled before each further one. Default 500. */
  readonly retryDelay?: number | undefined;
  /** Milliseconds without a byte after which a connection has failed. Default a minute. */
  readonly patience?: number | undefined;
  /** Called with a sentence when a server lets us wait. */
  readonly onWait?: ((message: string) => void) | undefined;
}

/** Attempts without any progress before a download is given up. */
const ATTEMPTS = 5;
const RETRY_DELAY = 500;
const PATIENCE = 60_000;
/** The longest `Retry-After` that is waited for; beyond it the request fails. */
const LONGEST_RETRY_AFTER = 120_000;
/** Shorter waits are not reported. */
const WORTH_MENTIONING = 5000;

/**
 * The headers of a file, without its bytes. Redirects are followed within one origin only: where a file moves to
 * another (a content network), the answer before is the one that describes it. Headers of earlier answers win.
 */
export async function probeFile(url: string, options: RequestOptions): Promise<{ status: number; headers: Headers }> {
  return retrying(url, options, async () => {
    const headers = new Headers();
    for (let target = new URL(url), hops = 0; ; hops++) {
      const init = { headers: options.headers ?? {}, method: "HEAD", redirect: "manual" } as const;
      const response = await request(target.href, init, options, async (answer) => answer);
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
export class ConnectionProblem extends Error {
  /** Milliseconds of the server's `Retry-After`. */
  readonly retryAfter: number;

  constructor(message: string, retryAfter = 0) {
    super(message);
    this.retryAfter = retryAfter;
  }
}

/**
 * What `receive` makes of a server's answer. A server error is a failed connection, and so is a timeout without bytes:
 * `receive` reports when some arrive.
 */
export async function request<Result>(
  url: string,
  init: RequestInit,
  { signal, patience = PATIENCE, onWait }: RequestOptions,
  receive: (response: Response, heard: () => void) => Promise<Result>,
): Promise<Result> {
  const { host } = new URL(url);
  const silence = new AbortController();
  const giveUp = () => silence.abort(new ConnectionProblem(`no byte came for ${patience / 1000} s`));
  const mention = () => onWait?.(`${host} is silent, waiting for it`);
  const timers = [setTimeout(giveUp, patience), setTimeout(mention, Math.min(WORTH_MENTIONING, patience / 2))];
  const heard = () => {
    for (const timer of timers) timer.refresh();
  };
  try {
    const signals = signal === undefined ? [silence.signal] : [signal, silence.signal];
    const response = await fetch(url, { ...init, signal: AbortSignal.any(signals) });
    heard();
    if (response.status === 429 || response.status >= 500) {
      await response.body?.cancel();
      throw new ConnectionProblem(`it answers with status ${response.status}`, retryAfter(response));
    }
    return await receive(response, heard);
  } finally {
    for (const timer of timers) clearTimeout(timer);
  }
}

/** The header's seconds, or its date, in milliseconds from now. */
function retryAfter({ headers }: Response): number {
  const value = headers.get("retry-after") ?? "";
  const wait = /^\d+$/.test(value) ? 1000 * Number(value) : Date.parse(value) - Date.now();
  return Number.isNaN(wait) ? 0 : Math.max(wait, 0);
}

/** Tries again after connection failures, for as long as there is progress (by `measure`) and a little longer. */
export async function retrying<Result>(
  url: string,
  options: RequestOptions & { measure?: () => Promise<number> },
  attempt: () => Promise<Result>,
): Promise<Result> {
  const { signal, retryDelay = RETRY_DELAY, onWait, measure = async () => 0 } = options;
  const { host } = new URL(url);
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
      const asked = error instanceof ConnectionProblem ? error.retryAfter : 0;
      if (failures >= ATTEMPTS || asked > LONGEST_RETRY_AFTER) {
        const later = asked > 0 ? `, and asks to come back in ${Math.ceil(asked / 1000)} s` : "";
        throw new InputError(`cannot download from ${host}: ${reason(error)}${later}`, { cause: error });
      }
      const wait = Math.max(retryDelay * 2 ** (failures - 1), asked);
      if (wait >= WORTH_MENTIONING) onWait?.(`${host}: ${reason(error)}; trying again in ${Math.ceil(wait / 1000)} s`);
      await sleep(wait, undefined, signal === undefined ? {} : { signal }).catch(() => {});
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
