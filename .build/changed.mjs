// What a change can touch, for `./build.sh test --changed`: a line `crate NAME` for each whose tests are to be run, and a line
// `browser FILE` for each browser test.
//
// What changed is what differs from where this branch left `main`, with what is not committed; on `main` itself, what is not
// committed. Where it is not certain that a test looks at a path, it is taken to look.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";

const ROOT = join(import.meta.dirname, "..");
const BROWSER = "tests/browser";

/** What everything is built and run by. */
const EVERYTHING = /^(build\.sh|\.build\/.*|\.cargo\/.*|\.ci\/.*|rust-toolchain\.toml|(.*\/)?Cargo\.(toml|lock)|tests\/browser\/(package(-lock)?\.json|(run|slowest|failures)\.mjs))$/;
/** What is laid into the packages as it stands. */
const SHIPPED = /^(extension\/(?!store\/)|www\/)/;
/** The tests that read all others, or every path there is. They start no browser. */
export const ALWAYS = ["changed.test.mjs", "differences.test.mjs"];
/** What no native test reads. */
const NOT_NATIVE = /^tests\/(browser|bench)\//;

/**
 * @typedef {{ name: string, folder: string, below: string[], module: boolean }} Crate `below` is what it stands on, in tests too
 * @returns {Crate[]}
 */
const readCrates = () => {
  const { packages } = JSON.parse(execFileSync("cargo", ["metadata", "--no-deps", "--offline", "--format-version=1"], { cwd: ROOT, encoding: "utf8" }));
  return packages.map((/** @type {any} */ { name, manifest_path: manifest, dependencies, targets }) => ({
    name,
    folder: relative(ROOT, dirname(manifest)),
    below: dependencies.filter((/** @type {any} */ { path }) => path).map((/** @type {any} */ dependency) => dependency.name),
    module: targets.some((/** @type {any} */ { kind }) => kind.includes("cdylib")),
  }));
};
export const CRATES = readCrates();

/** Those that a step leads to, and on from there. @template T @param {T[]} from @param {(each: T) => T[]} step */
const closure = (from, step) => {
  const found = new Set(from);
  for (const each of found) for (const next of step(each)) found.add(next);
  return found;
};

/** The crates that stand on these, and these. @param {string[]} names */
const above = (names) => closure(names, (name) => CRATES.filter(({ below }) => below.includes(name)).map((crate) => crate.name));
/** What the Wasm modules are made of. */
const inModules = closure(CRATES.filter(({ module }) => module).map(({ name }) => name), (name) => CRATES.find((crate) => crate.name === name)?.below ?? []);

/** The crate that a file is of; what is no crate's is read by the tests of the whole, if at all. @param {string} path */
const crateOf = (path) => {
  const [crate] = CRATES.filter(({ folder }) => path.startsWith(`${folder}/`)).sort((a, b) => b.folder.length - a.folder.length);
  return crate?.name ?? "support";
};

/** The scripts in the browser tests' folder, by name. */
export const SCRIPTS = new Map(
  readdirSync(join(ROOT, BROWSER)).filter((file) => file.endsWith(".mjs")).map((file) => [file, readFileSync(join(ROOT, BROWSER, file), "utf8")]),
);
/** What a script imports of those beside it, also when it runs already. @param {string} file */
export const imports = (file) => [...(SCRIPTS.get(file) ?? "").matchAll(/(?:from|import)\s*\(?\s*"\.\/([\w.-]+\.mjs)"/g)].map(([, name]) => String(name));
/** Every browser test, with all that it is made of. @type {Map<string, Set<string>>} */
export const TESTS = new Map([...SCRIPTS.keys()].filter((file) => file.endsWith(".test.mjs")).map((file) => [file, closure([file], imports)]));

/** The scripts that name a file, or its folder: from the root, or as it is called beside them. @param {string} path */
const naming = (path) => {
  const folder = dirname(path);
  const folders = [...(folder.includes("/") ? [folder] : []), ...(folder.startsWith(`${BROWSER}/`) ? [`"${basename(folder)}`] : [])];
  const called = [path, path.replace(/^tests\//, "../"), ...folders.flatMap((folder) => [`${folder}"`, `${folder}/$`])];
  return [...SCRIPTS].filter(([file, text]) => !ALWAYS.includes(file) && called.some((name) => text.includes(name))).map(([file]) => file);
};

/** @param {string} path @returns {Iterable<string>} */
const crates = (path) => {
  if (EVERYTHING.test(path)) return CRATES.map(({ name }) => name);
  return NOT_NATIVE.test(path) ? [] : above([crateOf(path)]);
};

/** @param {string} path @returns {string[]} */
const browser = (path) => {
  const code = !path.endsWith(".md") && inModules.has(crateOf(path));
  if (EVERYTHING.test(path) || SHIPPED.test(path) || code) return [...TESTS.keys()];
  const scripts = [relative(BROWSER, path), ...naming(path)];
  return [...TESTS].filter(([, made]) => scripts.some((script) => made.has(script))).map(([file]) => file);
};

/** What the tests of the whole read of a crate's text goes beyond what they are linked with. */
const readByAll = (/** @type {string} */ path) => (path.startsWith("src/") ? ["support"] : []);

/** @param {string[]} paths from the root @returns {{ crates: string[], browser: string[] }} */
export const touched = (paths) => ({
  crates: [...new Set(paths.flatMap((path) => [...crates(path), ...readByAll(path)]))].sort(),
  browser: [...new Set([...paths.flatMap(browser), ...(paths.length ? ALWAYS : [])])].sort(),
});

/** @param {...string} args @returns {string[]} */
const git = (...args) => execFileSync("git", args, { cwd: ROOT, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).split("\n").filter(Boolean);

const changed = () => {
  const base = ["main", "origin/main"].flatMap((main) => {
    try {
      return git("merge-base", "HEAD", main);
    } catch {
      return []; // there is no such branch here
    }
  });
  return [...git("diff", "--name-only", "--no-renames", base[0] ?? "HEAD"), ...git("ls-files", "--others", "--exclude-standard")];
};

if (process.argv[1] === import.meta.filename) {
  const { crates, browser } = touched(changed());
  for (const name of crates) console.log(`crate ${name}`);
  for (const file of browser) console.log(`browser ${file}`);
}
