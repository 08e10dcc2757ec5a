// Before the first paint, and so not a module: the person's choice of light or dark.
{
  const look = localStorage.getItem("look");
  if (look) document.documentElement.dataset.look = look;
}
