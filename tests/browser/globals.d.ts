// What trial.mjs puts into the page that it watches.
declare function noteAct(act: { kind: "input" | "click"; selector: string; value: string }): void;
declare function atRest(): Promise<void>;

// What Firefox has in its own window, where inside-firefox.mjs runs.
declare const ChromeUtils: any;
declare const Services: any;
declare const Cc: any;
declare const Ci: any;
declare const WebExtensionPolicy: any;
declare const gBrowser: any;
declare const PopupNotifications: any;

// What was typed into the field of a page in as-they-are.test.mjs.
declare var codes: string[];
declare var clicks: number;
