import { InputError } from "../../core/errors.ts";

/** How a request is made. */
export interface RequestOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  readonly method?: "GET" | "HEAD";
}

/** Asks for a URL; an `InputError` that names it where there is no answer. */
export async function request(
  url: string,
  { headers = {}, signal, method = "GET" }: RequestOptions = {},
): Promise<Response> {
  return await fetch(url, { headers, method, signal: signal ?? null }).catch((cause: Error) => {
    signal?.throwIfAborted();
    throw new InputError(
      `cannot download ${url}: ${cause.message}; is it reachable, and does its server allow other sites to read it (CORS)?`,
      { cause },
    );
  });
}

/** Status and headers of a URL, without its content. */
export async function probeFile(
  url: string,
  options: Omit<RequestOptions, "method"> = {},
): Promise<Pick<Response, "status" | "headers">> {
  return await request(url, { ...options, method: "HEAD" });
}
