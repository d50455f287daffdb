// Builds static/dist from static/src. The same sources give the same bytes on every machine.
import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
  existsSync,
} from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const source = join(root, "static/src");
const final = join(root, "static/dist");
const target = join(root, `static/.building-${process.pid}`); // so that dist is never half there

rmSync(target, { recursive: true, force: true });
mkdirSync(join(target, "fonts"), { recursive: true });
for (const name of [
  "icons.svg",
  "icons.LICENSE",
  "favicon.svg",
  "fonts/inter.woff2",
  "fonts/inter.LICENSE",
]) {
  cpSync(join(source, name), join(target, name));
}

const islands = readdirSync(join(source, "islands")).filter((name) => /^[^.]+\.tsx?$/.test(name));
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: [
    { in: join(source, "app.ts"), out: "app" },
    { in: join(source, "service-worker.ts"), out: "service-worker" },
    { in: join(source, "admin/authoring.css"), out: "authoring" },
    { in: join(source, "admin/process-graph.css"), out: "process-graph" },
    ...islands.map((name) => ({ in: join(source, "islands", name), out: name.replace(/\.tsx?$/, "") })),
  ],
  outdir: target,
  bundle: true,
  format: "esm",
  splitting: false,
  minify: true,
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  define: { "process.env.NODE_ENV": '"production"' },
  metafile: true,
  logLevel: "warning",
});

const packages = [
  ...new Set(
    Object.keys(metafile.inputs).flatMap(
      (path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? [],
    ),
  ),
].sort();
const notices = [...packages, "tailwindcss", "daisyui"].map((name) => {
  const folder = join(root, "node_modules", name);
  const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = ["LICENSE", "LICENSE.md", "license"].map((each) => join(folder, each)).find(existsSync);
  return `${name} ${version} (${license})\n\n${file ? readFileSync(file, "utf8").trim() : ""}\n`;
});
writeFileSync(join(target, "licenses.txt"), notices.join(`\n${"-".repeat(80)}\n\n`));

const tailwind = join(root, "node_modules/@tailwindcss/cli/dist/index.mjs");
const styles = [tailwind, "--minify", "-i", join(source, "app.css"), "-o", join(target, "app.css")];
const { status, stderr } = spawnSync(process.execPath, styles, { cwd: root, encoding: "utf8" });
if (status !== 0) {
  console.error(stderr);
  process.exit(status ?? 1);
}
const css = readFileSync(join(target, "app.css"), "utf8").replace(
  /\.prose :where\(a\.btn[^{}]*\{[^{}]*\}/g,
  "",
);
// Such rules make the browser work out every node of a canvas anew whenever one comes into view or is picked up.
const slow = /[^{}]*(?:\+[*:]|(?:body|html):has\(|class~=)[^{}]*\{/.exec(css);
if (slow) {
  console.error(`app.css: a selector that slows down large canvases: ${slow[0]}`);
  process.exit(1);
}
writeFileSync(join(target, "app.css"), css);
rmSync(final, { recursive: true, force: true });
renameSync(target, final);
for (const [path, { bytes }] of Object.entries(metafile.outputs)) {
  console.log(`${basename(path)}  ${(bytes / 1024).toFixed(0)} KB`);
}
