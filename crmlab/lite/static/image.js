/* What Python needs at the start lies in a few files, "images" (crmlab/lite/images.py). The browser unpacks them while Pyodide
   is being loaded. A function that stands in the kernel's worker in place of loadPyodide. */
async (loadPyodide, { images, imaged, anywhere, ...options }) => {
  // A server that does not know .wasm, such as Moodle, gives it another type. No browser compiles that while it loads, and Pyodide
  // would wait for ever.
  const streaming = WebAssembly.instantiateStreaming;
  if (streaming) {
    WebAssembly.instantiateStreaming = async (coming, imports) => {
      const answer = await coming;
      const type = (answer.headers.get('content-type') || '').split(';')[0].trim().toLowerCase();
      if (type === 'application/wasm') return await streaming.call(WebAssembly, answer, imports);
      return await WebAssembly.instantiate(await answer.arrayBuffer(), imports);
    };
  }
  if (anywhere) {
    // Pyodide lies on another host, and our packages beside this site's pages: the lock gets their full addresses only now.
    const lock = await (await fetch(options.lockFileURL)).text();
    const here = options.lockFileURL.replace(/\/static\/.*$/s, '');
    options.lockFileURL = URL.createObjectURL(new Blob([lock.replaceAll(anywhere, here)], { type: 'application/json' }));
  }
  if (!images || typeof DecompressionStream === 'undefined') return await loadPyodide(options); // from wheels, as Pyodide does
  const read = async (name) => {
    const answer = await fetch(new URL(name, options.indexURL));
    if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
    return await new Response(answer.body.pipeThrough(new DecompressionStream('gzip'))).arrayBuffer();
  };
  const coming = Promise.all(images.map(read)).catch(() => null);
  const fsInit = async (FS) => {
    const made = new Set();
    for (const image of (await coming) || []) {
      let place = 4 + new DataView(image).getUint32(0, true);
      for (const [path, size] of JSON.parse(new TextDecoder().decode(new Uint8Array(image, 4, place - 4)))) {
        const folder = path.slice(0, path.lastIndexOf('/'));
        if (!made.has(folder)) FS.mkdirTree(folder);
        made.add(folder);
        FS.writeFile(path, new Uint8Array(image, place, size), { canOwn: true });
        place += size;
      }
    }
  };
  const packages = options.packages.filter((name) => !imaged.includes(name));
  const python = await loadPyodide({ ...options, packages, fsInit });
  if (await coming) for (const name of imaged) python.loadedPackages[name] = 'default channel';
  else await python.loadPackage(options.packages); // not to be had: from wheels
  return python;
}
