// The tests of ui.test.mjs once more, in Firefox.
import { BROWSERS } from "./harness.mjs";

if (BROWSERS.includes("firefox")) {
  process.env.BROWSER = "firefox";
  await import("./ui.test.mjs");
}
