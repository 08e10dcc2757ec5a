// ./build.sh try-page: what the built extension does on a saved page.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { pageOf } from "./described.mjs";
import { start } from "./harness.mjs";
import { TryPage } from "./trial.mjs";

const HELP = `./build.sh try-page FILE.html --at URL --account OTPAUTH-URI [--account ...]
./build.sh try-page --description FILE [--account ...]
    [--at-time UNIX] [--click SELECTOR] [--locked] [--json | --vector]

Shows FILE.html at URL, its real address, in a real Chromium with the built extension and a vault that holds the
accounts: as accepted by Microsoft on a sign-in page, as just captured on a set-up page. Waits until the extension
has settled and prints what it saw and did.

Of several accounts of one name, the label says whose each is: otpauth://totp/ORGANISATION:NAME?...&issuer=Microsoft.
What the page calls its organisation is printed as well: the directory's id, a domain, or its logo's folder.

  --description  a page that is made of what a description says ("Describe this page" in the popup), at its own address
  --at-time  the time that codes are made for, in seconds since 1970
  --click    a click of the person's on the page, once the extension has settled; then it may settle again
  --locked   lock the vault before the page opens
  --json     one object on standard output and nothing else
  --vector   what the content script saw and what it was taken for, as a file of tests/vectors/pages, and nothing else`;

/** @param {string} why @returns {never} */
const wrong = (why) => {
  console.error(`try-page: ${why}\n\n${HELP}`);
  process.exit(2);
};

/** @param {string[]} files @param {string} [at] */
const saved = ([file, ...more], at) => {
  if (file === undefined || more.length > 0) return wrong("one file is needed.");
  if (!at || !URL.canParse(at)) return wrong("--at needs an address, such as https://login.microsoftonline.com/common/login.");
  return { html: readFileSync(file), at };
};

/** @param {string} file @param {string[]} files @param {string} [account] */
const described = (file, files, account) => {
  if (files.length > 0) return wrong("a description is all of the page.");
  // The name in the label is who signs in on that page.
  const name = account && decodeURIComponent(new URL(account).pathname).split(":").pop()?.replace(/^\/+(totp\/)?/, "");
  return pageOf(readFileSync(file, "utf8"), name || undefined);
};

/** @returns {import("./trial.mjs").Trial & { json: boolean, vector: boolean }} */
const read = () => {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        at: { type: "string" },
        description: { type: "string" },
        account: { type: "string", multiple: true },
        "at-time": { type: "string" },
        click: { type: "string" },
        locked: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        vector: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    if (values.help) {
      console.log(HELP);
      process.exit(0);
    }
    const { html, at } = values.description === undefined ? saved(positionals, values.at) : described(values.description, positionals, values.account?.[0]);
    const atTime = values["at-time"];
    if (atTime !== undefined && !/^\d{1,11}$/.test(atTime)) return wrong("--at-time needs whole seconds since 1970.");
    return {
      html,
      at,
      accounts: values.account ?? [],
      atTime: atTime === undefined ? undefined : Number(atTime),
      click: values.click,
      locked: values.locked,
      json: values.json,
      vector: values.vector,
    };
  } catch (error) {
    return wrong(error instanceof Error ? error.message : String(error));
  }
};

const trial = read();
const bench = new TryPage();
const harness = await start({ site: bench.site });
try {
  const result = await bench.run(harness, { ...trial, popup: true });
  const { vector, ...shown } = result;
  if (trial.vector) {
    console.log(JSON.stringify(vector, null, 1));
  } else if (trial.json) {
    console.log(JSON.stringify(shown));
  } else {
    const { filled, clicked, captured, popup, ...rest } = shown;
    for (const [name, value] of Object.entries(rest)) console.log(`${name.padEnd(9)} ${value ?? "-"}`);
    console.log(`filled    ${filled.map(({ selector, value }) => `${selector} with ${value}`).join(", ") || "-"}`);
    console.log(`clicked   ${clicked.join(", ") || "-"}`);
    console.log(`captured  ${captured.map(({ kind, issuer, account }) => [kind, issuer, account].filter(Boolean).join(" ")).join(", ") || "-"}`);
    console.log(`popup     ${popup.replaceAll("\n", "\n          ")}`);
  }
} catch (error) {
  console.error(`try-page: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
} finally {
  await harness.close();
}
