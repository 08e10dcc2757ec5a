// Answers do not always come in the order in which they were asked for: a look ("refresh") that was under way while
// something was done may show what was there before it.

export const overtaking = () => {
  let [begun, shown, deeds] = [0, 0, 0];
  return {
    /** @param {unknown} asked */
    begin: (asked) => {
      const [turn, before] = [++begun, deeds];
      /** Called with the answer. @returns {"looked" | "done" | undefined} a later look was shown already; something was done meanwhile, and this one does not say whether it has seen it */
      return () => {
        if (asked !== "refresh") deeds += 1;
        else if (turn < shown) return "looked";
        else if (before !== deeds) return "done";
        else shown = turn;
        return undefined;
      };
    },
  };
};
