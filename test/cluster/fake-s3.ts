import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** An S3-compatible service in this process, of one bucket and without signatures, with faults at will. */
export interface FakeS3 extends AsyncDisposable {
  /** Of the service, for `AWS_ENDPOINT_URL`. */
  readonly endpoint: string;
  readonly objects: Map<string, Buffer>;
  requests: number;
  /** Answers a request instead, with a status; undefined for none. */
  fault: (request: { readonly number: number; readonly method: string; readonly key: string }) => number | undefined;
  /** Milliseconds before every answer. */
  delay: number;
}

/** Starts one. Objects are visible once they are whole. */
export async function startFakeS3(): Promise<FakeS3> {
  const server = createServer(async (request, response) => {
    const key = decodeURIComponent(new URL(request.url!, "http://s3").pathname.replace(/^\/[^/]+\//, ""));
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    if (s3.delay > 0) await new Promise((resolve) => setTimeout(resolve, s3.delay));
    const method = request.method!;
    const status = s3.fault({ number: ++s3.requests, method, key });
    const object = s3.objects.get(key);
    if (status !== undefined) response.writeHead(status).end();
    else if (method === "PUT") {
      s3.objects.set(key, Buffer.concat(chunks));
      response.writeHead(200, { etag: '"0"' }).end();
    } else if (object === undefined) response.writeHead(404).end();
    else {
      response.writeHead(200, { "content-length": object.length, etag: '"0"' });
      response.end(method === "HEAD" ? undefined : object);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const s3: FakeS3 = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    objects: new Map(),
    requests: 0,
    fault: () => undefined,
    delay: 0,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return s3;
}

/** The environment in which `s3://bucket/…` means this service. */
export function s3Environment({ endpoint }: FakeS3): Record<string, string> {
  return { AWS_ENDPOINT_URL: endpoint, AWS_REGION: "eu-1", AWS_ACCESS_KEY_ID: "who", AWS_SECRET_ACCESS_KEY: "secret" };
}
