import { z } from "zod";
import { JOB, JOB_OPTIONS } from "./job.ts";
import { SERVE_LIMITS, SERVER_FACTS, type ServerFacts } from "./serve-limits.ts";

/** One route, as OpenAPI has it. */
interface Operation {
  readonly summary: string;
  readonly description?: string;
  readonly [field: string]: unknown;
}

const SCHEMAS = {
  Job: JOB,
  JobOptions: JOB_OPTIONS,
  JobList: z.strictObject({ jobs: z.array(JOB).describe("The latest first") }),
  Limits: SERVE_LIMITS,
  Server: SERVER_FACTS,
  Problem: z.strictObject({ error: z.string().describe("What was found and what is expected") }),
} as const satisfies Readonly<Record<string, z.ZodType>>;

/** The description of the API in OpenAPI 3.1, made from the schemas that the server itself parses with. */
export function openApi({ version }: Pick<ServerFacts, "version">): Readonly<Record<string, unknown>> {
  return {
    openapi: "3.1.0",
    info: {
      title: "dust3r serve",
      version,
      description:
        "Photos in, dense 3D out. Where the server was started with a token, everything but /, /healthz and /openapi.json asks " +
        "for it: `Authorization: Bearer TOKEN`, or the cookie that POST /api/session gives for it. Any request may be refused " +
        "with 403 when another site makes a browser send it, and answered with 401 without the token.",
    },
    paths: paths(),
    security: [{}, { token: [] }, { session: [] }],
    components: {
      schemas: schemas(),
      securitySchemes: {
        token: { type: "http", scheme: "bearer" },
        session: { type: "apiKey", in: "cookie", name: "dust3r_session" },
      },
    },
  };
}

function paths(): Readonly<Record<string, Readonly<Record<string, Operation | readonly unknown[]>>>> {
  const id = { name: "id", in: "path", required: true, schema: { type: "string", format: "uuid" } };
  const name = { name: "name", in: "path", required: true, schema: { type: "string" }, description: "May contain /" };
  const lastId = {
    name: "Last-Event-ID",
    in: "header",
    schema: { type: "string" },
    description: "Go on after this event",
  };
  const job = (status: string, description: string) => ({ [status]: json(description, "Job") });
  return {
    "/healthz": {
      get: { summary: "Whether the server answers", responses: { "200": { description: 'It does: {"status":"ok"}' } } },
    },
    "/metrics": {
      get: {
        summary: "Figures of the server for Prometheus",
        responses: {
          "200": { description: "Text format 0.0.4", content: { "text/plain": { schema: { type: "string" } } } },
        },
      },
    },
    "/openapi.json": { get: { summary: "This description", responses: { "200": { description: "OpenAPI 3.1" } } } },
    "/api/session": {
      post: {
        summary: "A cookie for a browser that knows the token",
        security: [{ token: [] }],
        responses: { "204": { description: "The cookie, or nothing where no token is needed" }, ...refusals("401") },
      },
    },
    "/api/server": {
      get: { summary: "Version, weights and limits", responses: { "200": json("The server", "Server") } },
    },
    "/api/jobs": {
      get: { summary: "All jobs", responses: { "200": json("The latest first", "JobList") } },
      post: {
        summary: "Create a job by uploading photos",
        requestBody: upload(),
        responses: { ...job("201", "The job, queued; Location is where it is"), ...refusals(...UPLOAD_REFUSALS) },
      },
    },
    "/api/jobs/{id}": {
      parameters: [id],
      get: { summary: "A job", responses: { ...job("200", "The job"), ...refusals("404") } },
      put: {
        summary: "Create a job under an id of the client's own",
        description:
          "May be sent again when the answer was lost: there is one job. Its upload can be followed at …/events from when it begins.",
        requestBody: upload(),
        responses: {
          ...job("200", "The job was there already; the body was not read"),
          ...job("201", "The job, queued"),
          ...refusals(...UPLOAD_REFUSALS, "409"),
        },
      },
      delete: {
        summary: "Remove a job and its files; one that is at work stops",
        responses: { "204": { description: "It is gone" }, ...refusals("404") },
      },
    },
    "/api/jobs/{id}/cancel": {
      parameters: [id],
      post: {
        summary: "Cancel a job that is not finished",
        responses: { ...job("200", "The job, canceled; one that is uploaded disappears"), ...refusals("404", "409") },
      },
    },
    "/api/jobs/{id}/events": {
      parameters: [id, lastId],
      get: {
        summary: "Follow a job by server-sent events",
        description:
          "`event: job` carries the Job, first and after every change of its state; `event: progress` one step of it. The stream ends " +
          "with the job. A client that comes back with Last-Event-ID gets what it missed, or the present state.",
        responses: {
          "200": { description: "The stream", content: { "text/event-stream": { schema: { type: "string" } } } },
          "204": { description: "Nothing follows the event that was named" },
          ...refusals("404", "503"),
        },
      },
    },
    "/api/jobs/{id}/files/{name}": {
      parameters: [id, name],
      get: {
        summary: "A file of a finished scene, by its name in the job's `files`",
        responses: {
          "200": { description: "The file" },
          "304": { description: "It has not changed" },
          ...refusals("404"),
        },
      },
    },
  };
}

const UPLOAD_REFUSALS = ["400", "408", "411", "413", "415", "503", "507"] as const;

function refusals(...statuses: readonly string[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(statuses.map((status) => [status, json("Refused", "Problem")]));
}

function json(description: string, schema: keyof typeof SCHEMAS): Readonly<Record<string, unknown>> {
  return { description, content: { "application/json": { schema: reference(schema) } } };
}

function upload(): Readonly<Record<string, unknown>> {
  const photo = { type: "string", contentMediaType: "application/octet-stream" };
  const properties = { photos: { type: "array", items: photo, minItems: 1 }, options: reference("JobOptions") };
  const schema = { type: "object", required: ["photos"], properties };
  return {
    required: true,
    content: { "multipart/form-data": { schema, encoding: { options: { contentType: "application/json" } } } },
  };
}

function reference(schema: keyof typeof SCHEMAS): { readonly $ref: string } {
  return { $ref: placeOf(schema) };
}

function placeOf(schema: string): string {
  return `#/components/schemas/${schema}`;
}

/** JSON Schemas that refer to each other. */
function schemas(): Readonly<Record<string, unknown>> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(SCHEMAS)) registry.add(schema, { id });
  const found = Object.entries(z.toJSONSchema(registry, { uri: placeOf }).schemas);
  return Object.fromEntries(found.map(([id, { $schema, $id, ...schema }]) => [id, schema]));
}
