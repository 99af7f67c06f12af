// Runs compiling.py in Pyodide, where no Python 3.12 is installed: node compiling.mjs PYODIDE KEPT SOURCE TARGET [SOURCE TARGET ...]
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const [folder, kept, ...files] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(path.join(path.resolve(folder), 'pyodide.mjs')));
const python = await loadPyodide({ indexURL: path.resolve(folder), env: { PYTHONNODEBUGRANGES: '1' } });
const words = [kept];
files.forEach((file, number) => {
  const { dir, base } = path.parse(path.resolve(file));
  python.FS.mkdirTree(`/files/${number}`);
  python.FS.mount(python.FS.filesystems.NODEFS, { root: dir }, `/files/${number}`);
  words.push(`/files/${number}/${base}`);
});
python.globals.set('WORDS', python.toPy(words));
python.runPython(readFileSync(fileURLToPath(new URL('compiling.py', import.meta.url)), 'utf8').replace('if __name__', 'main(WORDS)\nif False and __name__'));
