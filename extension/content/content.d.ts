// Types of the content scripts: they are not shipped.

type Box = HTMLInputElement;
type Elements = NodeListOf<HTMLElement>;
type Selectors = Record<string, string[]>;
type Asks = { boxes: Box[]; seen: { kind: string } };
/** Nothing comes back where it was lost. */
type Say = (message: unknown) => Promise<any>;

/** What page.js gives to set-up.js. */
interface Eyes {
  all: (selectors: string[]) => HTMLElement[];
  first: (selectors: string[]) => HTMLElement | undefined;
  text: (element?: Element | null) => string | undefined;
  rules: () => typeof tofaktorRules.setUp;
}

/** Lets the script that is in a page look again. */
declare var tofaktor: (() => void) | undefined;
