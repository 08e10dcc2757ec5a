// Whether the browser lets us see Microsoft's pages.
import { askForAccess, paintAccess } from "../shared/access.js";

/** @returns {import("./desk.js").Section} */
export const access = () => ({
  paint: () => void paintAccess(),
  actions: { allow: askForAccess },
});
