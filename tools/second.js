// The loader of the second wasm module. src/bin/split.rs puts this into the glue, in place of an import, with the file's
// name filled in. `wasm` is the glue's own: the exports of the first module. Only a success is remembered, so that a
// failure can be tried again.
const second = "@SECOND@";
let joined;
async function join() {
  const answer = await fetch(new URL(second, import.meta.url));
  if (!answer.ok) throw new Error(`${answer.status} for ${second}`);
  const imports = { __wasm_split: wasm };
  return answer.headers.get("Content-Type") === "application/wasm"
    ? WebAssembly.instantiateStreaming(answer, imports)
    : WebAssembly.instantiate(await answer.arrayBuffer(), imports);
}
const @IMPORT@ = {
  async __wasm_split_load_simulator(callback, data) {
    joined ??= join();
    let here = true;
    try {
      await joined;
    } catch (error) {
      console.error(error);
      joined = undefined;
      here = false;
    }
    wasm.__indirect_function_table.get(callback)(data, here);
  },
};
