import { randomUUID } from "node:crypto";
import type { HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import { setCookie } from "hono/cookie";
import { streamSSE } from "hono/streaming";
import type { Logger } from "../core/logger.ts";
import { hasToken, requireToken, SESSION_COOKIE, sameOrigin, sessionOf } from "./access.ts";
import type { appFiles } from "./app-files.ts";
import { fileResponse } from "./file-response.ts";
import { Parked } from "./job-error.ts";
import type { JobQueue } from "./job-queue.ts";
import { metricsText } from "./metrics.ts";
import { openApi } from "./openapi.ts";
import { declaredBytes, receiveUpload } from "./receive-upload.ts";
import { Refusal } from "./refusal.ts";
import { appHeaders, resultHeaders } from "./security-headers.ts";
import type { ServerFacts } from "./serve-limits.ts";

/** What the routes are made of. */
export interface ApiParts {
  readonly queue: JobQueue;
  readonly facts: ServerFacts;
  readonly token?: string | undefined;
  readonly app: Awaited<ReturnType<typeof appFiles>>;
  readonly logger: Logger;
}

/** An idle stream says so often that it lives, so that proxies keep it open. */
const BEAT_MS = 15_000;
const UUID = /^[\da-f]{8}-[\da-f]{4}-[1-8][\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;
const SESSION_SECONDS = 30 * 86_400;

/** The server's routes: the app's files, and the API that `openApi` describes. */
export function api({ queue, facts, token, app, logger }: ApiParts): Hono<{ Bindings: HttpBindings }> {
  const { limits } = facts;
  const routes = new Hono<{ Bindings: HttpBindings }>();
  let streams = 0;

  routes.onError((error, context) => {
    const refusal = error instanceof Parked ? new Refusal(503, error.message) : error;
    if (!(refusal instanceof Refusal)) {
      logger.error(error.stack ?? error.message);
      return context.json({ error: "the server failed: its log says why" }, 500);
    }
    if (refusal.status === 503) context.header("Retry-After", "30");
    return context.json({ error: refusal.message }, refusal.status);
  });
  routes.use("/api/jobs/:id/files/*", resultHeaders());
  routes.use(appHeaders());
  routes.use(sameOrigin(token !== undefined));

  routes.get("/healthz", (context) => context.json({ status: "ok" }));
  routes.get("/openapi.json", (context) => context.json(openApi(facts)));
  routes.post("/api/session", (context) => {
    if (token === undefined) return context.body(null, 204);
    if (!hasToken(context, token)) throw new Refusal(401, "the server's token is expected: Authorization: Bearer …");
    const secure = context.req.header("origin")?.startsWith("https:") ?? false;
    const attributes = { httpOnly: true, sameSite: "Strict", path: "/", secure, maxAge: SESSION_SECONDS } as const;
    setCookie(context, SESSION_COOKIE, sessionOf(token), attributes);
    return context.body(null, 204);
  });
  if (token !== undefined) {
    routes.use("/api/*", requireToken(token));
    routes.use("/metrics", requireToken(token));
  }
  routes.use("/api/*", async (context, next) => {
    context.header("Cache-Control", "no-store");
    await next();
  });

  routes.get("/metrics", (context) =>
    context.text(metricsText(queue, streams), 200, { "Content-Type": "text/plain; version=0.0.4; charset=utf-8" }),
  );
  routes.get("/api/server", (context) => context.json(facts));
  routes.get("/api/jobs", (context) => context.json({ jobs: queue.list() }));

  const create = async (incoming: HttpBindings["incoming"], id: string) =>
    await queue.create(id, declaredBytes(incoming, limits), (receiving) => receiveUpload(incoming, receiving, limits));
  routes.post("/api/jobs", async (context) => {
    const job = await create(context.env.incoming, randomUUID());
    context.header("Location", `/api/jobs/${job.id}`);
    return context.json(job, 201);
  });
  routes.put("/api/jobs/:id", async (context) => {
    const id = context.req.param("id");
    if (!UUID.test(id)) throw new Refusal(400, "the id of a job is a UUID in lower case");
    // Sent again because the answer was lost: the job is there.
    if (queue.has(id) && queue.get(id).state !== "uploading") return context.json(queue.get(id));
    return context.json(await create(context.env.incoming, id), 201);
  });
  routes.get("/api/jobs/:id", (context) => context.json(queue.get(context.req.param("id"))));
  routes.delete("/api/jobs/:id", async (context) => {
    await queue.remove(context.req.param("id"));
    return context.body(null, 204);
  });
  routes.post("/api/jobs/:id/cancel", async (context) => context.json(await queue.cancel(context.req.param("id"))));
  routes.get("/api/jobs/:id/events", (context) => {
    const id = context.req.param("id");
    const events = queue.events(id);
    const lastId = context.req.header("last-event-id");
    // Tells a browser not to connect again.
    if (events.isLast(lastId)) return context.body(null, 204);
    if (streams >= limits.event_streams)
      throw new Refusal(503, `${streams} clients follow jobs, more are not taken: GET the job instead`);
    streams++;
    return streamSSE(
      context,
      async (stream) => {
        const gone = new AbortController();
        stream.onAbort(() => gone.abort());
        try {
          const last = queue.get(id);
          const present = () => (queue.has(id) ? queue.get(id) : last);
          for await (const event of events.follow(present, { lastId, signal: gone.signal, beatMs: BEAT_MS })) {
            if (event === undefined) await stream.write(": nothing new\n\n");
            else await stream.writeSSE({ id: event.id, event: event.event, data: JSON.stringify(event.data) });
          }
        } finally {
          streams--;
        }
      },
      async (error) => logger.error(error.stack ?? error.message),
    );
  });
  routes.get("/api/jobs/:id/files/:name{.+}", async (context) => {
    const path = queue.resultFile(context.req.param("id"), context.req.param("name"));
    return await fileResponse(context, path, "private, no-cache");
  });
  routes.all("/api/*", () => {
    throw new Refusal(404, "there is no such resource: /openapi.json describes what there is");
  });
  routes.get("*", app);
  routes.all("*", () => {
    throw new Refusal(405, "only GET is answered here");
  });
  return routes;
}
