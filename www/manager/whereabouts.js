// The list of sections marks the one where the person is, come by mouse, by keyboard or by scrolling.

/** @returns {import("./desk.js").Section} */
export const whereabouts = () => {
  const links = [...document.querySelectorAll("nav a")].filter((link) => link instanceof HTMLAnchorElement);
  const sections = links.flatMap(({ hash }) => document.getElementById(hash.slice(1)) ?? []);

  /** @param {HTMLElement | undefined} here */
  const mark = (here) => {
    for (const [at, link] of links.entries())
      if (sections[at] === here) link.setAttribute("aria-current", "location");
      else link.removeAttribute("aria-current");
  };

  /** Where the page came to stand when a section was chosen: it stays chosen until the person scrolls on. */
  let chosenAt = NaN;
  let choosing = 0;

  const follow = () => {
    // Not by a little: Firefox comes to rest in two steps.
    if (choosing || Math.abs(scrollY - chosenAt) < innerHeight / 10) return;
    chosenAt = NaN;
    const { scrollHeight, clientHeight } = document.documentElement;
    // Where one reads: high in the window, and at the end of the page down to its foot, so that the last sections, too
    // short to come up there, have their turn.
    const end = scrollHeight - clientHeight;
    const low = Math.max(0, 1 - (end - scrollY) / Math.min(end, 0.75 * clientHeight)) || 0;
    const line = clientHeight * (0.25 + 0.75 * low);
    const shown = sections.filter(({ hidden }) => !hidden);
    const [first] = sections;
    mark(shown.findLast((section) => section.getBoundingClientRect().top <= line) ?? (first?.hidden ? undefined : first));
  };

  /** @param {Event} event */
  const choose = ({ target }) => {
    const place = target === window ? document.getElementById(location.hash.slice(1)) : target;
    const here = sections.find((section) => place instanceof Node && section.contains(place));
    if (!here) return;
    mark(here);
    cancelAnimationFrame(choosing);
    // The browser brings it into view in the next frame, and says so in the one after.
    choosing = requestAnimationFrame(() => {
      choosing = requestAnimationFrame(() => {
        choosing = 0;
        const { top, bottom } = here.getBoundingClientRect();
        if (top < innerHeight && bottom > 0) chosenAt = scrollY;
        else follow();
      });
    });
  };

  addEventListener("scroll", follow, { passive: true });
  addEventListener("hashchange", choose);
  document.addEventListener("focusin", choose);
  return { paint: follow };
};
