// Accounts of other apps, and backups, brought here.
import { importer } from "../shared/importer.js";
import { tell } from "../shared/notice.js";
import { byId } from "../shared/page.js";
import { picturesOf } from "../shared/picture.js";

/** @param {import("./desk.js").Desk} desk */
export const importing = (desk) => {
  const taken = importer(desk.dialog, tell, () => desk.request("show"));
  const input = byId("import-file", HTMLInputElement);
  let restores = false;

  /** A picture holds QR codes; several are one transfer. @param {File[]} files */
  const take = async (files) => {
    const [first] = files;
    if (!first) return;
    const pictures = await picturesOf(files);
    if (!pictures.includes(first)) return taken.file(first, restores);
    const payloads = await taken.payloads(pictures);
    if (payloads) await taken.texts(payloads);
  };
  input.addEventListener("change", async () => {
    const files = [...(input.files ?? [])];
    input.value = "";
    await take(files);
  });

  /** @param {boolean} whole */
  const pick = (whole) => {
    restores = whole;
    input.click();
  };

  return {
    ...taken,

    actions: {
      "import-file": () => pick(false),
      restore: () => pick(true),
    },
  };
};
