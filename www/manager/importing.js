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
    if (files.length === 0) return;
    // A picture restores nothing, which is for the reader to say.
    const pictures = restores ? [] : await picturesOf(files);
    const others = files.filter((file) => !pictures.includes(file));
    if (others.length > 0) await taken.files(restores ? others.slice(0, 1) : others, restores);
    const scanned = pictures.length > 0 ? await taken.payloads(pictures) : undefined;
    if (scanned) await taken.texts(scanned.parts, pictures[0]?.name);
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
