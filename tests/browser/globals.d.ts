// What trial.mjs puts into the page that it watches.
declare function noteAct(act: { kind: "input" | "click"; selector: string; value: string }): void;
declare function atRest(): Promise<void>;
