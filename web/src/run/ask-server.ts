import { InputError } from "../../../src/core/errors.ts";
import { askToken } from "./ask-token.ts";

/** Asks the server's API; where it wants a token, the user is asked for it once. An `InputError` with the server's reason. */
export async function askServer(path: string, init: RequestInit = {}): Promise<Response> {
  const response = await fetch(`api/${path}`, init);
  if (response.ok) return response;
  if (response.status === 401) {
    await askToken(async (token) => (await openSession(token)).ok);
    return await askServer(path, init);
  }
  const { error } = (await response.json().catch(() => ({}))) as { error?: string };
  throw new InputError(error ?? `the server answers with status ${response.status}`);
}

/** The server gives a cookie for its token, since events and pictures carry no header. */
async function openSession(token: string): Promise<Response> {
  return await fetch("api/session", { method: "POST", headers: { Authorization: `Bearer ${token}` } });
}
