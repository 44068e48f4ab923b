import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { Context, MiddlewareHandler } from "hono";
import { getCookie } from "hono/cookie";
import { Refusal } from "./refusal.ts";

/** A session's name among the cookies. */
export const SESSION_COOKIE = "dust3r_session";

/** True for names and addresses that only this machine reaches. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host === "[::1]" || /^127(\.\d{1,3}){3}$/.test(host);
}

/**
 * Refuses what other pages make a browser send, and, without a token, names that are not this machine's: a page could
 * have its own name lead here (DNS rebinding).
 */
export function sameOrigin(hasToken: boolean): MiddlewareHandler {
  return async (context, next) => {
    const host = context.req.header("host") ?? "";
    if (!hasToken && !isLoopback(host.replace(/:\d*$/, "")))
      throw new Refusal(
        403,
        "this server answers to localhost alone; start it with --host and --token to offer it to others",
      );
    const origin = context.req.header("origin");
    if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`)
      throw new Refusal(403, "requests of other sites are not answered");
    const site = context.req.header("sec-fetch-site") ?? "none";
    if (site !== "same-origin" && site !== "none" && !isFollowedLink(context))
      throw new Refusal(403, "requests of other sites are not answered");
    await next();
  };
}

/** Links of other pages may lead to the app. */
function isFollowedLink({ req }: Context): boolean {
  const isPage = req.method === "GET" && req.path === "/";
  return isPage && req.header("sec-fetch-mode") === "navigate" && req.header("sec-fetch-dest") === "document";
}

/** Asks for the token, as `Authorization: Bearer …` or by the cookie that `POST /api/session` gives for it. */
export function requireToken(token: string): MiddlewareHandler {
  return async (context, next) => {
    if (!hasToken(context, token) && !isEqual(getCookie(context, SESSION_COOKIE) ?? "", sessionOf(token))) {
      context.header("WWW-Authenticate", "Bearer");
      throw new Refusal(401, "the server's token is expected: Authorization: Bearer …");
    }
    await next();
  };
}

/** True for a request that carries the token itself. */
export function hasToken({ req }: Context, token: string): boolean {
  const [, given = ""] = /^Bearer (.*)$/i.exec(req.header("authorization") ?? "") ?? [];
  return isEqual(given, token);
}

/** What a browser keeps instead of the token: it outlives restarts and ends when the token changes. */
export function sessionOf(token: string): string {
  return createHmac("sha256", token).update("dust3r session").digest("base64url");
}

/** Compares in a time that tells nothing of either. */
function isEqual(given: string, expected: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
