// Whether the browser lets us see Microsoft's pages.
import { askForAccess, lookForAccess } from "../shared/access.js";

/** @returns {import("./desk.js").Section} */
export const access = () => ({
  look: lookForAccess,
  actions: { allow: askForAccess },
});
