import { expect, test } from "vitest";
import { silentLogger } from "../core/logger.ts";
import { api } from "./api.ts";
import type { JobQueue } from "./job-queue.ts";
import { openApi } from "./openapi.ts";
import { SERVE_DEFAULTS } from "./serve-limits.ts";

const facts = { name: "dust3r", version: "1.2.3", model: "small", limits: SERVE_DEFAULTS } as const;
// biome-ignore lint/suspicious/noExplicitAny: JSON
const description: any = openApi(facts);

test("every route is described, and nothing else", () => {
  const parts = { queue: undefined as unknown as JobQueue, facts, logger: silentLogger };
  const routes = api({ ...parts, app: async (context) => context.body(null) }).routes;
  const served = routes
    .filter(({ method, path }) => method !== "ALL" && path !== "*" && path !== "/*")
    .map(({ method, path }) => `${method.toLowerCase()} ${path.replace(/:(\w+)(\{.*?\})?/g, "{$1}")}`);
  const described = Object.entries<object>(description.paths).flatMap(([path, item]) =>
    Object.keys(item)
      .filter((key) => key !== "parameters")
      .map((method) => `${method} ${path}`),
  );
  expect(described.sort()).toEqual([...new Set(served)].sort());
});

test("every reference leads to a schema, and every field is in snake_case", () => {
  const text = JSON.stringify(description);
  const names = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, target]) => target!);
  expect(names.length).toBeGreaterThan(5);
  for (const name of names) {
    const found = name
      .split("/")
      .slice(1)
      .reduce((node, key) => node?.[key], description);
    expect(found, name).toBeTypeOf("object");
  }
  for (const schema of Object.values<{ properties: object }>(description.components.schemas))
    for (const field of Object.keys(schema.properties)) expect(field).toMatch(/^[a-z][a-z_]*$/);
  expect(description.info.version).toBe("1.2.3");
});
