// The loader of the program's parts. The cutter (src/bin/cut) puts this before the glue, with what stands between @ filled
// in. `wasm` is the glue's own: what the first part exports. Only a success is remembered, so that a failure can be tried
// again.
const names = "@PARTS@".split(" ");
// The first of them are a chain: each stands on those before it, and the last one completes the program. The others belong
// to one page each: they stand on the beginning of the chain, and have copies of what the page needs out of the rest.
const chain = [...names.slice(0, @CHAIN@).keys()];
const below = @BELOW@;
const whole = chain.length - 1;
const made = [];
const coming = [];

// What has to come, in this order, before a part is there.
function missing(part) {
  const here = chain.findLast((number) => made[number]) ?? 0;
  if (here === whole || made[part]) return [];
  return part > whole ? [...chain.slice(here + 1, below), part] : chain.slice(here + 1, part + 1);
}

const numbered = (name) => (names.includes(name) ? names.indexOf(name) : whole);

// Puts a part's functions into the table and its bytes into the memory.
function join(part, module) {
  made[part] = new WebAssembly.Instance(module, { drydock, 0: wasm, ...made }).exports;
}

const kind = (part) => (part > whole ? "page" : "part");
const address = (part) => new URL(`${kind(part)}-${names[part]}-@SUM@.wasm`, import.meta.url);

// The whole program is here for use without a network: nearer than a page's part.
async function isKept() {
  try {
    return Boolean(await caches.match(address(whole)));
  } catch {
    return false; // a frame without an origin has no caches
  }
}

async function compiled(part) {
  const answer = await fetch(address(part));
  if (!answer.ok) throw new Error(`${answer.status} for ${answer.url}`);
  return answer.headers.get("Content-Type") === "application/wasm"
    ? WebAssembly.compileStreaming(answer)
    : WebAssembly.compile(await answer.arrayBuffer());
}

async function arrive(part) {
  const modules = {};
  for (const next of missing(part)) coming[next] ??= compiled(next).catch((error) => forget(next, error));
  await Promise.all(missing(part).map(async (next) => (modules[next] = await coming[next])));
  // Some may have come meanwhile, in another way.
  for (const next of missing(part)) join(next, modules[next]);
}

function forget(part, error) {
  coming[part] = undefined;
  throw error;
}

// A part at once. Asked without waiting, because the program has come to a function of it and cannot go on without.
function atOnce(part) {
  const request = new XMLHttpRequest();
  request.open("GET", address(part), false);
  // Bytes as letters: an answer that is waited for cannot be had as bytes.
  request.overrideMimeType("text/plain; charset=x-user-defined");
  request.send();
  if (request.status !== 200) throw new Error(`${request.status} for ${address(part)}`);
  return new WebAssembly.Module(Uint8Array.from(request.responseText, (letter) => letter.charCodeAt(0)));
}

const drydock = {
  // A part at once. Without it the program is lost, and boot.js says so.
  need(part) {
    try {
      for (const next of missing(part)) join(next, atOnce(next));
    } catch (error) {
      dispatchEvent(new CustomEvent("drydock-part-missing", { detail: String(error?.message ?? error) }));
      throw error;
    }
  },
  has: (name) => missing(numbered(name)).length === 0,
  // A part, as soon as it has arrived. Without a page's own part, the whole program does as well.
  async load(name) {
    const part = numbered(name);
    if (part <= whole) return arrive(part);
    if (await isKept()) return arrive(whole);
    return arrive(part).catch(() => arrive(whole));
  },
};
