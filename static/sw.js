// Makes the page work offline after the first visit. Each build has its own cache, filled as a whole when the worker is
// installed. Pages come from the network first, so that a new build shows at the next load; everything else is named by
// its content or belongs to the build, and comes from the cache.
"use strict";
const CACHE = "drydock-@BUILD@";
const FILES = ["./", "@FILES@"];
// A network that answers later than this counts as none.
const PATIENCE_MS = 4000;

addEventListener("install", (event) => {
  // The page has the same name in every build, and a host may let the browser keep it for a while: the copy must not be
  // that of an older build, whose files this cache lacks.
  const files = FILES.map((file) => new Request(file, file === "./" ? { cache: "no-cache" } : {}));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(files)));
});

addEventListener("activate", (event) => {
  event.waitUntil(
    caches.keys().then((names) =>
      Promise.all(
        names
          .filter((name) => name.startsWith("drydock-") && name !== CACHE)
          .map((name) => caches.delete(name)),
      ),
    ),
  );
});

addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || new URL(request.url).origin !== location.origin) return;
  event.respondWith(request.mode === "navigate" ? page(request) : file(request));
});

async function page(request) {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
  try {
    return await fetch(request, { cache: "no-cache", signal: patience.signal });
  } catch (error) {
    const kept = await (await caches.open(CACHE)).match("./");
    if (kept) return kept;
    throw error;
  } finally {
    clearTimeout(timer); // an answer that has begun may take its time
  }
}

async function file(request) {
  return (await (await caches.open(CACHE)).match(request)) ?? fetch(request);
}
