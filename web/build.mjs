// Bundles styles, scripts and icons into one directory: node build.mjs OUT
// crates/server/build.rs runs this; what it writes is embedded in the binary.
import { build } from "esbuild";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2];
if (!out) {
  console.error("usage: node build.mjs OUT");
  process.exit(2);
}

// The oldest browser seen in government offices; newer syntax is lowered to it.
const OLDEST_BROWSER = "chrome86";

/** One `<symbol>` for each icon named in icons.json, and for each drawing of our own in icons/. */
async function sprite() {
  const named = JSON.parse(await readFile(join(here, "icons.json"), "utf8"));
  const tabler = join(here, "node_modules/@tabler/icons/icons/outline");
  const own = join(here, "icons");
  const ownNames = (await readdir(own)).filter((file) => file.endsWith(".svg")).map((file) => file.slice(0, -4));

  const symbols = await Promise.all([
    ...named.map((name) => symbol(name, join(tabler, `${name}.svg`))),
    ...ownNames.map((name) => symbol(name, join(own, `${name}.svg`))),
  ]);
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
}

async function symbol(id, file) {
  const svg = await readFile(file, "utf8");
  const [, attributes, body] = svg.match(/<svg([^>]*)>([\s\S]*)<\/svg>/);
  // Of the outer element only what draws is kept: a <use> sets the size.
  const kept = attributes.match(/\b(viewBox|fill|stroke|stroke-width|stroke-linecap|stroke-linejoin)="[^"]*"/g);
  return `<symbol id="${id}" ${kept.join(" ")}>${body.replace(/\s*\n\s*/g, "")}</symbol>`;
}

/** Writes a file and its compressed twins, so that the server never compresses an asset. */
async function emit(name, content) {
  const bytes = Buffer.from(content);
  const best = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
  await writeFile(join(out, name), bytes);
  await writeFile(join(out, `${name}.gz`), gzipSync(bytes, { level: 9 }));
  await writeFile(join(out, `${name}.br`), brotliCompressSync(bytes, best));
}

await mkdir(out, { recursive: true });
const bundled = await build({
  absWorkingDir: here,
  entryPoints: { app: "js/app.js", proof: "js/proof.js", charts: "js/charts.js", signing: "js/signing.js", "app.css": "css/app.css" },
  outdir: out,
  write: false,
  bundle: true,
  minify: true,
  format: "iife",
  legalComments: "inline",
  target: OLDEST_BROWSER,
  entryNames: "[name]",
  logLevel: "warning",
});
for (const file of bundled.outputFiles) {
  await emit(basename(file.path).replace(".css.css", ".css"), file.contents);
}
await emit("icons.svg", await sprite());
await emit("favicon.svg", await readFile(join(here, "icons/mark.svg")));
