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
    // What is being read: at the top of the page the window's top, at its end the window's foot, so that the last
    // sections, too short to come to the top, have their turn.
    const line = (clientHeight * scrollY) / Math.max(scrollHeight - clientHeight, 1);
    const shown = sections.filter(({ hidden }) => !hidden);
    mark(shown.findLast((section) => section.getBoundingClientRect().top <= line) ?? shown[0]);
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
