// Pictures of tabs and picture files: scanned off the thread that paints.
import { settled } from "../../scan.js";

/** @typedef {import("../../scan.js").Seen} Seen */

/** What a Worker answers; rejected with what is wrong with the picture, where it says so. @param {Worker} worker @param {unknown} message @returns {Promise<any>} */
const answered = async (worker, message) => {
  const answer = await new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = reject;
    worker.postMessage(message);
  });
  if (answer.fault) throw Object.assign(new Error(answer.fault), { code: answer.fault });
  return answer;
};

/** @param {(look: (picture: string | Blob | ImageData) => Promise<Seen>) => Promise<Seen>} use */
const withScanner = async (use) => {
  const worker = new Worker(new URL("../../scan-worker.js", import.meta.url), { type: "module" });
  try {
    return await use(async (picture) => {
      const { seen, marks } = await answered(worker, picture);
      for (const [name, at] of marks) performance.mark(name, { startTime: Math.max(0, at - performance.timeOrigin) });
      return seen;
    });
  } finally {
    worker.terminate();
  }
};

/** What a tab shows; the scanner gets ready while the picture is taken. @param {Parameters<typeof settled>[0]} take */
export const scanShown = (take) => withScanner((look) => settled(take, look));

/** @param {Blob} file */
export const scanFile = async (file) => {
  const picture = TIFF.test(await beginning(file)) ? await fromTiff(file) : file;
  return withScanner((look) => look(picture));
};

/** How TIFF begins, which browsers do not open. */
const TIFF = /^(II\*\0|MM\0\*)/;

/** Its pixels, read in a Worker that ends with it. @param {Blob} file @returns {Promise<ImageData>} */
const fromTiff = async (file) => {
  const worker = new Worker(new URL("../../tiff.js", import.meta.url), { type: "module" });
  try {
    return (await answered(worker, file)).pixels;
  } finally {
    worker.terminate();
  }
};

/** Nothing of a folder, or of what is no longer there. @param {Blob} file */
const beginning = async (file) => new TextDecoder("latin1").decode(await file.slice(0, 12).arrayBuffer().catch(() => undefined));

/** How PNG, JPEG, GIF, WebP, BMP, TIFF and AVIF begin. */
const PICTURE = /^(.PNG|\xff\xd8\xff|GIF8|RIFF|BM.{4}\0{4}|II\*\0|MM\0\*|.{4}ftypavi[fs])/s;

/**
 * Those files that are pictures: by what they call themselves, or by what they are.
 *
 * @template {Blob} T
 * @param {T[]} files
 */
export const picturesOf = async (files) => {
  const are = await Promise.all(
    files.map(async (file) => file.type.startsWith("image/") || PICTURE.test(await beginning(file))),
  );
  return files.filter((_, at) => are[at]);
};

/** The sentence for a file that is no picture to scan. @param {unknown} error */
export const refused = (error) => {
  let notice = "notAPicture";
  const { code } = /** @type {{ code?: string }} */ (error);
  if (code === "svg") notice = "svgPicture";
  if (code === "tooLarge") notice = "pictureTooLarge";
  if (code === "empty") notice = "emptyFile";
  if (code === "broken") notice = "scannerBroke";
  return notice;
};
