// What reads a program that counts (`make profile`). The cutter puts this before its glue, whose `wasm` holds what the
// program exports. Such a program is in one piece, so a part has come as soon as it is asked for; unless the scenes hold it
// back.
const come = new Set(["map"]);
const drydock = {
  has: (name) => come.has(name),
  async load(name) {
    await globalThis.drydockHolds?.();
    come.add(name);
  },
};
// A letter for each basic block: 1 if it has run.
globalThis.drydockRan = () => Array.from(new Uint8Array(wasm.ran.buffer), (ran) => (ran ? "1" : "0")).join("");
