// <drydock-lesson lesson="alb" step="ports"></drydock-lesson>: a lesson of Drydock in somebody else's page. The element
// makes a frame, gives it the height it asks for, and hands its messages on as events. docs/embed.md has the details.
"use strict";
(() => {
  // The site that this script came from: the frames show it. An attribute `site` names another one.
  const HERE = document.currentScript ? document.currentScript.src : location.href;
  const KINDS = ["ready", "progress", "completed", "goal", "state"];
  const ASKED = ["lesson", "step", "widget", "theme", "chrome"];
  const HEIGHT_MIN = 120;
  const HEIGHT_MAX = 20_000;

  class DrydockLesson extends HTMLElement {
    static observedAttributes = ["lesson", "step"];
    #frame = null;
    #site = null;
    #turns = false;

    connectedCallback() {
      if (this.#frame) return;
      this.#site = new URL(this.getAttribute("site") || "./", HERE);
      const address = new URL(this.#site);
      address.searchParams.set("embed", "1");
      for (const name of ASKED) {
        if (this.hasAttribute(name)) address.searchParams.set(name, this.getAttribute(name));
      }
      address.searchParams.set("host", location.origin);
      const frame = document.createElement("iframe");
      frame.title = this.getAttribute("title") || `Drydock lesson ${this.getAttribute("lesson") || ""}`.trim();
      frame.loading = "lazy";
      frame.allow = "clipboard-write";
      // A sandboxed frame has no origin and so no storage: nothing is kept, and the host may keep it instead.
      if (this.hasAttribute("sandboxed")) frame.sandbox = "allow-scripts";
      Object.assign(frame.style, { display: "block", width: "100%", border: "0", height: "32rem" });
      frame.src = address.href;
      this.#frame = frame;
      addEventListener("message", this);
      this.append(frame);
    }

    disconnectedCallback() {
      removeEventListener("message", this);
      this.#frame?.remove();
      this.#frame = null;
    }

    attributeChangedCallback(name, before, now) {
      if (!this.#frame || before === now || this.#turns) return;
      // Lesson and step are often set one after the other: both count as one turn.
      this.#turns = true;
      queueMicrotask(() => {
        this.#turns = false;
        if (this.hasAttribute("lesson")) this.goto(this.getAttribute("lesson"), this.getAttribute("step"));
      });
    }

    // Messages of this element's own frame, from the site's own origin, and of a known kind. Anything else is not ours.
    handleEvent({ source, origin, data }) {
      if (!this.#frame || source !== this.#frame.contentWindow) return;
      if (origin !== this.#site.origin && !(origin === "null" && this.hasAttribute("sandboxed"))) return;
      if (data === null || typeof data !== "object" || data.drydock !== 1) return;
      if (data.type === "height" && Number.isFinite(data.px)) {
        const height = Math.min(Math.max(data.px, HEIGHT_MIN), HEIGHT_MAX);
        this.#frame.style.height = `${height}px`;
      } else if (KINDS.includes(data.type)) {
        this.dispatchEvent(new CustomEvent(`drydock-${data.type}`, { detail: data, bubbles: true }));
      }
    }

    // Shows another lesson or step.
    goto(lesson, step) {
      this.#tell({ type: "goto", lesson, ...(step ? { step } : {}) });
    }

    // Begins the step again.
    reset() {
      this.#tell({ type: "reset" });
    }

    // Hands over what the host has kept: the `save` of an earlier `drydock-state`, and a theme.
    init({ save, theme } = {}) {
      this.#tell({ type: "init", ...(save ? { save } : {}), ...(theme ? { theme } : {}) });
    }

    #tell(message) {
      // A frame without an origin can only be reached by the star; what is told there is no secret.
      const to = this.hasAttribute("sandboxed") ? "*" : this.#site.origin;
      this.#frame?.contentWindow?.postMessage({ drydock: 1, ...message }, to);
    }
  }

  if (!customElements.get("drydock-lesson")) customElements.define("drydock-lesson", DrydockLesson);
})();
