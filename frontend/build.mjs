// Bundles styles, scripts, fonts and pictures into dist/, under names that carry their content's hash, so that a
// browser may keep them for ever. manifest.json says which name each one got; .br and .gz copies spare the server.
import { build } from "esbuild";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const here = path.dirname(fileURLToPath(import.meta.url));
const dist = path.join(here, "dist");
const entries = ["css/app.css", "js/app.js", "img/icon.svg", "img/signs.svg"];
const compressible = /\.(css|js|svg|json)$/;

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
const { metafile } = await build({
  absWorkingDir: here,
  entryPoints: entries,
  outdir: "dist",
  outbase: ".",
  entryNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  bundle: true,
  minify: true,
  metafile: true,
  format: "esm",
  target: ["es2020", "chrome100", "firefox100", "safari15"],
  legalComments: "none",
  loader: { ".woff2": "file", ".svg": "copy" },
});

const manifest = {};
for (const [output, { entryPoint, inputs }] of Object.entries(metafile.outputs)) {
  const [only] = Object.keys(inputs);
  const source = entryPoint ?? only;
  if (source) manifest[logical(source)] = path.relative("dist", output);
}
await writeFile(path.join(dist, "manifest.json"), JSON.stringify(sorted(manifest), null, 2) + "\n");

for (const name of (await readdir(dist)).sort()) {
  if (!compressible.test(name) || name === "manifest.json") continue;
  const whole = await readFile(path.join(dist, name));
  const quality = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: whole.length };
  await writeFile(path.join(dist, `${name}.br`), brotliCompressSync(whole, { params: quality }));
  await writeFile(path.join(dist, `${name}.gz`), gzipSync(whole, { level: 9 }));
}
console.log(`Built ${Object.keys(manifest).length} files into frontend/dist.`);

/** The name templates ask for: the path in this folder; a font's is fonts/<file>. */
function logical(source) {
  return source.startsWith("node_modules/") ? `fonts/${path.basename(source)}` : source;
}

function sorted(object) {
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
}
