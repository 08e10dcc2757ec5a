// Breaks what SECURITY.md promises, one promise after the other, in a copy of the source, and looks whether the test that is
// named for it fails: `./build.sh prove [--left] [PART OF A PROMISE OR A TEST]...`; with --left those alone whose test is not
// known to fail. mutations.txt is the list, results.txt what came of it; a test of the repository holds that the two and
// SECURITY.md agree. What a browser shows is shown by Chromium, on a copy of what was built last.

import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** @typedef {{ file: string, from: string, to: string }} Part */
/** @typedef {{ promise: string, test: string, pattern: string, parts: Part[] }} Mutation */

const root = join(import.meta.dirname, "../..");
const copy = join(root, "target/promises/tree");
const results = join(import.meta.dirname, "results.txt");

/** @returns {Mutation[]} */
const read = () => {
  const entries = readFileSync(join(import.meta.dirname, "mutations.txt"), "utf8").split(/^= /m).slice(1);
  return entries.map((entry) => {
    const [promise, test, ...lines] = entry.trimEnd().split("\n");
    /** @type {Part[]} */
    const parts = [];
    let pattern = "";
    for (const line of lines) {
      const last = parts.at(-1);
      if (line.startsWith("? ")) pattern = line.slice(2);
      else if (line.startsWith("-") && last) last.from += (last.from && "\n") + line.slice(1);
      else if (line.startsWith("+") && last) last.to += (last.to && "\n") + line.slice(1);
      else if (line !== "not yet") parts.push({ file: line, from: "", to: "" });
    }
    return { promise, test, pattern, parts };
  });
};

/** The copy as the source is; what has not changed is not written, so that it is not compiled again. */
const refresh = () => {
  const files = new Set(execFileSync("git", ["ls-files", "-z"], { cwd: root, encoding: "utf8" }).split("\0").filter(Boolean));
  const copied = existsSync(join(copy, "src")) ? readdirSync(join(copy, "src"), { recursive: true, encoding: "utf8" }) : [];
  for (const file of copied.map((file) => `src/${file}`)) if (file.endsWith(".rs") && !files.has(file)) rmSync(join(copy, file));
  for (const file of files) {
    const [from, to] = [join(root, file), join(copy, file)];
    if (!existsSync(from) || (existsSync(to) && readFileSync(from).equals(readFileSync(to)))) continue;
    mkdirSync(dirname(to), { recursive: true });
    copyFileSync(from, to);
  }
};

/** How a test is run: the arguments for Cargo, and the module of the tests that it takes. @param {string} test */
const command = (test) => {
  const [file = "", name = ""] = test.split("::");
  if (file.startsWith("src/")) {
    const crate = file.split("/")[1];
    return { args: ["-p", crate, "--lib", name], module: "" };
  }
  const path = file.replace(/^tests\//, "").replace(/\.rs$/, "").split("/");
  if (path[0] === "exchange_cli" || path.join("/") === "exchange/recovery")
    return { args: ["-p", "tofaktor", "--test", "command_line", [...path.slice(1), name].join("::"), "--", "--exact"], module: "" };
  if (path[0] === "vault_memory") return { args: ["-p", "support", "--test", "vault_memory", name, "--", "--exact"], module: "" };
  return { args: ["-p", "support", "--test", "native", [...path, name].join("::"), "--", "--exact"], module: path[0] };
};

/** @param {string} file @param {string} text */
const rewrite = (file, text) => {
  if (readFileSync(join(copy, file), "utf8") !== text) writeFileSync(join(copy, file), text);
};

/** The tests' manifest without our crates that these modules do not use: they need not be compiled. @param {string[]} modules */
const needed = (modules) => {
  const files = execFileSync("git", ["ls-files", "tests/support", ...modules.flatMap((name) => [`tests/${name}.rs`, `tests/${name}`, ...(name.endsWith("fuzz") ? ["tests/fuzz"] : [])])], { cwd: root, encoding: "utf8" });
  const text = files.split("\n").filter((file) => file.endsWith(".rs")).map((file) => readFileSync(join(root, file), "utf8")).join("\n");
  const ours = new Set(/** @type {string} */ (readFileSync(join(root, "Cargo.toml"), "utf8").split("[workspace.package]")[0]).match(/(?<="src\/)\w+/g));
  const isNeeded = (/** @type {string} */ line) => {
    const name = /^(\w+)\.workspace/.exec(line)?.[1] ?? "";
    return !ours.has(name) || new RegExp(`(?<!\\w::)\\b${name}::`).test(text);
  };
  return readFileSync(join(root, "tests/Cargo.toml"), "utf8").split("\n").filter(isNeeded).join("\n");
};

/** Where a file of the source lies in what was built. @param {string} file */
const built = (file) => ["chromium", "firefox"].map((browser) => join("dist", browser, file.replace(/^extension\//, "")));

/** What was built last, and what its tests run with. */
const refreshBuilt = () => {
  rmSync(join(copy, "dist"), { recursive: true, force: true });
  cpSync(join(root, "dist"), join(copy, "dist"), { recursive: true });
  mkdirSync(join(copy, "target"), { recursive: true });
  for (const tools of ["tests/browser/node_modules", "target/tools"])
    if (!existsSync(join(copy, tools))) symlinkSync(join(root, tools), join(copy, tools));
};

/** Builds the copy as it is. */
const build = () => execFileSync("./build.sh", ["build"], { cwd: copy, env: { ...process.env, CARGO_TARGET_DIR: "target" }, stdio: "ignore" });

/** Whether a test that is a program of its own passes. @param {string} program @param {string[]} args @param {NodeJS.ProcessEnv} [env] */
const runs = (program, args, env) => {
  const { status, stdout } = spawnSync(program, args, { cwd: copy, encoding: "utf8", maxBuffer: 1 << 28, env: { ...process.env, ...env }, timeout: 1_800_000 });
  if (status === 0 && /^# pass 0$/m.test(stdout)) return undefined;
  return status === 0;
};

/** Whether the test passes; `undefined` where it could not be asked. @param {Pick<Mutation, "test" | "pattern">} mutation */
const passes = ({ test, pattern }) => {
  if (test.endsWith(".py --self-test")) return runs(join(root, "target/venv/bin/python"), test.split(" "));
  if (test.endsWith(".mjs")) {
    const only = pattern ? ["--test-name-pattern", pattern] : [];
    return runs("node", ["--test", "--test-reporter=tap", ...only, test], { BROWSER: "chromium", HEADLESS: "1" });
  }
  const { args, module } = command(test);
  if (module) {
    // Two read the vectors of a third.
    const modules = ["moving", "import_fuzz"].includes(module) ? ["exchange", module] : [module];
    const main = `//! A selection.\n\n${modules.map((name) => `mod ${name};\n`).join("")}`;
    rewrite("tests/main.rs", main);
    rewrite("tests/Cargo.toml", needed(modules));
  }
  const { stdout, stderr } = spawnSync("cargo", ["test", "-q", "--offline", ...args], {
    cwd: copy, encoding: "utf8", maxBuffer: 1 << 28, env: { CARGO_TARGET_DIR: join(root, "target/promises/target"), ...process.env }, timeout: 1_800_000,
  });
  if (/test result: FAILED/.test(stdout)) return false;
  if (/test result: ok\. [1-9]/.test(stdout)) return true;
  const lines = `${stdout}\n${stderr}`.trimEnd().split("\n");
  const errors = lines.filter((line) => line.startsWith("error"));
  console.error((errors.length > 0 ? errors.slice(0, 5) : lines.slice(-5)).join("\n"));
  return undefined;
};

/** What passes unbroken; those of Cargo all do, or nothing is released. @type {Map<string, boolean | undefined>} */
const unbroken = new Map();
/** @param {Mutation} mutation */
const stands = (mutation) => {
  if (mutation.test.includes(".rs::")) return true;
  const name = mutation.test + mutation.pattern;
  if (!unbroken.has(name)) unbroken.set(name, passes(mutation));
  return unbroken.get(name) === true;
};

/** @param {Mutation} mutation */
const judge = (mutation) => {
  const { test } = mutation;
  if (mutation.parts.length === 0) return "not tried";
  if (!stands(mutation)) return "fails unbroken";
  const inBrowser = test.endsWith(".mjs");
  const isCompiled = inBrowser && mutation.parts.some(({ file }) => file.startsWith("src/"));
  const parts = mutation.parts.flatMap((part) => (inBrowser && !isCompiled ? built(part.file).map((file) => ({ ...part, file })) : [part]));
  const before = parts.map(({ file }) => readFileSync(join(copy, file), "utf8"));
  for (const { file, from, to } of parts) {
    const text = readFileSync(join(copy, file), "utf8");
    if (text.split(from).length !== 2) throw new Error(`${file} has not exactly one:\n${from}`);
    writeFileSync(join(copy, file), text.replace(from, () => to));
  }
  if (isCompiled) build();
  const passed = passes(mutation);
  parts.forEach(({ file }, at) => writeFileSync(join(copy, file), before[at] ?? ""));
  if (isCompiled) refreshBuilt();
  return passed === undefined ? "does not compile" : passed ? "SURVIVES" : "fails";
};

const wanted = process.argv.slice(2).filter((word) => word !== "--left");
const all = read();
/** @param {Mutation} mutation */
const key = ({ promise, test }) => `${promise} | ${test}`;
const known = new Map(existsSync(results) ? readFileSync(results, "utf8").split("\n").filter((line) => line.includes(" | ")).map((line) => [line.slice(0, line.lastIndexOf(" | ")), line.slice(line.lastIndexOf(" | ") + 3)]) : []);
const isLeft = (/** @type {Mutation} */ mutation) => !process.argv.includes("--left") || known.get(key(mutation)) !== "fails";
const isWanted = (/** @type {Mutation} */ { promise, test }) => wanted.length === 0 || wanted.some((part) => promise.includes(part) || test.includes(part));
const chosen = all.filter((mutation) => isLeft(mutation) && isWanted(mutation));
refresh();
if (chosen.some(({ test }) => test.endsWith(".mjs") || test.includes("shipped"))) refreshBuilt();
const inOrder = [...chosen].sort((a, b) => command(a.test).module.localeCompare(command(b.test).module));
let bad = 0;
for (const mutation of inOrder) {
  const outcome = judge(mutation);
  bad += Number(!["fails", "not tried"].includes(outcome));
  known.set(key(mutation), outcome);
  console.log(`${outcome.padEnd(16)} ${mutation.test}`);
  const head = "What became of each mutation of mutations.txt, as ./build.sh prove found it: the promise, the test, and what the test does\nonce the promise is broken. It has to fail.\n\n";
  writeFileSync(results, head + all.map((one) => `${key(one)} | ${known.get(key(one)) ?? "not tried"}\n`).join(""));
}
console.log(`${chosen.length} mutations, ${bad} of them not noticed by their test`);
process.exitCode = bad > 0 ? 1 : 0;
