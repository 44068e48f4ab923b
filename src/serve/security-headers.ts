import type { MiddlewareHandler } from "hono";
import { secureHeaders } from "hono/secure-headers";

/** For everything but results: the app's own files may run, use threads and WebAssembly, and talk to this server alone. */
export function appHeaders(): MiddlewareHandler {
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'", "'wasm-unsafe-eval'"],
      workerSrc: ["'self'", "blob:"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", "blob:", "data:"],
      mediaSrc: ["'self'", "blob:"],
      fontSrc: ["'self'"],
      connectSrc: ["'self'", "blob:", "data:"],
      manifestSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
    },
    crossOriginEmbedderPolicy: "require-corp",
    crossOriginOpenerPolicy: "same-origin",
    crossOriginResourcePolicy: "same-origin",
    referrerPolicy: "no-referrer",
    xFrameOptions: "DENY",
    originAgentCluster: false,
    // There is no TLS here; whoever puts it in front says so there.
    strictTransportSecurity: false,
  });
}

/**
 * For results, outside of `appHeaders`: the report page has a policy of its own and gets an origin of its own, so that nothing in it
 * reaches the API.
 */
export function resultHeaders(): MiddlewareHandler {
  return async (context, next) => {
    await next();
    context.res.headers.set("Content-Security-Policy", "sandbox allow-scripts allow-downloads; frame-ancestors 'none'");
  };
}
