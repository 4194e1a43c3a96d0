// Starts the simulator and watches over it. Whatever happens, the page says something: what went wrong, why, and what
// to do next. Plain JavaScript, because it must work when the wasm does not.
"use strict";
(() => {
  const SLOW_MS = 10_000;
  // What a page fetches behind itself is wanted sooner than the copy for the next visit.
  const KEEP_AFTER_MS = 5_000;
  const root = document.documentElement;
  const build = root.dataset.build;
  const $ = (selector) => document.querySelector(selector);
  const ready = () => document.body.dataset.ready === "true";
  const query = new URLSearchParams(location.search);
  const noOrigin = self.origin === "null";
  const embedded = window.top !== window || query.get("embed") === "1";

  // A theme that was chosen earlier, or that the embedding page asks for, holds from the first paint on.
  const theme = (embedded && query.get("theme")) || saved()?.settings?.theme;
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;

  // What is kept in the browser (docs: "What is kept"), or nothing where there is no storage.
  function saved() {
    try {
      return JSON.parse(localStorage.getItem("drydock"));
    } catch {
      return null;
    }
  }

  // Shows the trouble panel: what happened, why, and what to do. The shell's own words make room for it.
  function trouble(what, why, next, { report = "", session = false } = {}) {
    const panel = $("#trouble");
    $(".shell-loading")?.remove();
    panel.querySelector(".what").textContent = what;
    panel.querySelector(".why").textContent = why;
    panel.querySelector(".next").textContent = next;
    const details = panel.querySelector("pre");
    details.textContent = report;
    details.hidden = panel.querySelector(".copy").hidden = !report;
    panel.querySelector(".safe").hidden = !session;
    panel.hidden = false;
  }

  // Says why the start failed. Two causes have an explanation of their own; the rest shows the browser's words.
  function failed(error) {
    const words = String(error?.message ?? error);
    clearTimeout(slow);
    if (typeof WebAssembly !== "object") {
      trouble(
        "This browser cannot run Drydock.",
        "The simulated account is a WebAssembly program, and this browser has WebAssembly missing or switched off.",
        "Open the page in a current Firefox, Chrome, Edge or Safari, or allow WebAssembly in the browser's settings.",
      );
    } else if (noOrigin) {
      trouble(
        "This frame may not load Drydock.",
        "The page stands in a frame without an origin (sandbox without allow-same-origin), and this site's host does not send Access-Control-Allow-Origin, which such frames need.",
        `Open it in a tab of its own: ${location.href}`,
      );
    } else {
      trouble(
        "Drydock did not start.",
        `Its program could not be loaded or started. The browser says: ${words}`,
        "Check the connection and reload. If that does not help, the browser may be older than 2023.",
        { session: true },
      );
    }
    console.error(error);
  }

  const slow = setTimeout(() => {
    if (ready()) return;
    trouble(
      "Drydock is still loading.",
      "It has been ten seconds. A slow connection is the usual reason; the page goes on trying.",
      "Wait a little longer, or reload.",
    );
  }, SLOW_MS);

  // All but the map need more parts of the program: what is needed first is asked for now, not when the program has
  // started. The others are left to it: asked for now, they would take their share of a slow connection. Where the whole
  // program is kept for use without a network, no page needs a part of its own.
  function askForParts() {
    const page = location.hash.match(/^#\/(?:l\/)?([\w-]+)/)?.[1] ?? query.get("lesson");
    if (!page) return;
    const isKept = !noOrigin && navigator.serviceWorker?.controller;
    const needed = ["./part-opening-", ...(isKept ? [] : [`./page-${page}-`])];
    const isNeeded = (href) => needed.some((name) => href.startsWith(name));
    for (const href of $("#wasm").dataset.parts?.split(" ").filter(isNeeded) ?? []) {
      const hint = document.createElement("link");
      Object.assign(hint, { rel: "preload", as: "fetch", type: "application/wasm", crossOrigin: "anonymous", href });
      document.head.append(hint);
    }
  }

  // Loads glue and wasm, whose names Trunk wrote into two hints, and runs the program's main function.
  async function start() {
    askForParts();
    const glue = await import($("#glue").href);
    await glue.default({ module_or_path: $("#wasm").href });
    await becomesReady();
    clearTimeout(slow);
    $("#trouble").hidden = true;
    $("#fonts").media = "all";
    setTimeout(keepForOffline, KEEP_AFTER_MS);
  }

  // Resolves once the app has set <body data-ready="true">.
  function becomesReady() {
    return new Promise((resolve) => {
      const look = () => ready() && (watch.disconnect(), resolve());
      const watch = new MutationObserver(look);
      watch.observe(document.body, { attributeFilter: ["data-ready"] });
      look();
    });
  }

  // After the first visit the page works without a network. Not in a frame, not where the browser forbids it, and not
  // in development builds, where an old copy would only confuse.
  function keepForOffline() {
    if (build === "dev" || embedded || noOrigin || !("serviceWorker" in navigator)) return;
    navigator.serviceWorker.register("./sw.js").catch((error) => console.warn("No offline copy:", error.message));
  }

  // The app's panic hook sends this event; by then the wasm instance is dead and only this script can still act.
  addEventListener("drydock-crash", (event) => {
    trouble(
      "The simulator has stopped.",
      "This is a mistake in Drydock, not yours. Your progress up to the last action is kept.",
      "Reload to go on. If it stops again at the same place, reload without the session: progress stays.",
      { report: String(event.detail), session: true },
    );
  });

  // The program has come to a function whose part it cannot get, and cannot go on. What it does from here on follows from
  // that, so its panic hook is told to keep still.
  addEventListener("drydock-part-missing", (event) => {
    root.dataset.stopped = "";
    trouble(
      "The rest of the program could not be fetched.",
      "The connection is gone, or the site was renewed while this page was open.",
      "Reload to go on. Your progress up to the last action is kept.",
      { report: String(event.detail) },
    );
  });

  addEventListener("DOMContentLoaded", () => {
    $("#trouble .again").addEventListener("click", (event) => {
      event.preventDefault();
      location.reload();
    });
    const safe = new URL(location.href);
    safe.searchParams.set("safe", "1");
    $("#trouble .safe").href = safe.href;
    $("#trouble .copy").addEventListener("click", () => {
      navigator.clipboard?.writeText(`Drydock ${build}\n${navigator.userAgent}\n${$("#trouble pre").textContent}`);
    });
    start().catch(failed);
  });
})();
