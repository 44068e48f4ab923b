import { z } from "zod";
import { InputError } from "../../core/errors.ts";

/** Checks a configuration; an `InputError` names every wrong field, and the field a misspelled one may have meant. */
export function parseConfig<T>(path: string, value: unknown, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => {
    const where = issue.path.join(".") || "the file";
    if (issue.code !== "unrecognized_keys") return `${where}: ${issue.message}`;
    const known = knownKeys(schema, issue.path);
    return `${where}: ${issue.keys.map((key) => `"${key}" is unknown${suggestion(key, known)}`).join(", ")}`;
  });
  throw new InputError(`${path}: the configuration cannot be used:\n  ${problems.join("\n  ")}`);
}

/** Whether a recorded configuration says the same as a parsed one; fields that it does not know have their defaults. */
export function isSameConfig<T>(recorded: unknown, config: T, schema: z.ZodType<T>): boolean {
  const parsed = schema.safeParse(recorded);
  return parsed.success && JSON.stringify(parsed.data) === JSON.stringify(schema.parse(config));
}

function knownKeys(schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  let at: unknown = z.toJSONSchema(schema, { io: "input" });
  for (const key of path) {
    const node = at as { properties?: Record<string, unknown>; items?: unknown };
    at = typeof key === "number" ? node.items : node.properties?.[String(key)];
  }
  return Object.keys((at as { properties?: object } | undefined)?.properties ?? {});
}

function suggestion(key: string, known: readonly string[]): string {
  const nearest = [...known].sort((a, b) => editDistance(key, a) - editDistance(key, b))[0];
  return nearest !== undefined && editDistance(key, nearest) <= 3 ? `; did you mean "${nearest}"?` : "";
}

/** Levenshtein's. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = row[j - 1]! + (a[i - 1]!.toLowerCase() === b[j - 1]!.toLowerCase() ? 0 : 1);
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, replace));
    }
    row = next;
  }
  return row[b.length]!;
}
