// Before the first paint, and so not a module: the person's choice of light or dark and of hidden codes, how high
// the popup was, and what every page of ours has in its head.
{
  const look = localStorage.getItem("look");
  if (look) document.documentElement.dataset.look = look;
  if (localStorage.getItem("codes")) document.documentElement.dataset.codes = "hidden";
  const density = localStorage.getItem("density");
  if (density) document.documentElement.dataset.density = density;
  // Whoever goes by keys points by them.
  document.addEventListener("keydown", () => (document.documentElement.dataset.keys = "true"), { once: true });
  const height = localStorage.getItem("height");
  if (height) document.documentElement.style.setProperty("--last-height", `${height}px`);
  document.title = "Tofaktor";
  const add = (/** @type {"meta" | "link"} */ tag, /** @type {Record<string, string>} */ attributes) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    document.head.append(element);
  };
  add("meta", { name: "viewport", content: "width=device-width" });
  add("link", { rel: "icon", href: "../../icons/32.png" });
}
