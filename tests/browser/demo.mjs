// ./build.sh demo: the main job before your eyes, with a picture of every step in target/demo/.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { ROOT } from "./harness.mjs";
import { MainJob, STEPS } from "./main-job.mjs";

const folder = join(ROOT, "target/demo");
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

const job = await MainJob.begin({ visible: true });
let failed = "";
for (const [i, { title, run }] of STEPS.entries()) {
  const began = performance.now();
  const picture = join(folder, `${String(i + 1).padStart(2, "0")}-${slug(title)}.png`);
  try {
    const shown = await run(job);
    const ms = Math.round(performance.now() - began);
    writeFileSync(picture, shown instanceof Uint8Array ? shown : await shown.screenshot());
    console.log(`✔ ${title}  (${ms} ms)`);
  } catch (error) {
    failed = title;
    console.log(`✘ ${title}`);
    console.error(error);
    for (const complaint of (await job.harness.findings()).complaints) console.error(complaint);
    await job.page.screenshot({ path: picture }).catch(() => {});
    await job.popup?.screenshot({ path: picture.replace(".png", "-popup.png") }).catch(() => {});
    break;
  }
}
await job.harness.close();
console.log(`\nPictures of every step: ${relative(process.cwd(), folder)}/`);
if (failed) process.exitCode = 1;

/** @param {string} title */
function slug(title) {
  return title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 48)
    .replace(/^-|-$/g, "");
}
