// Nobody sees this page, and it is closed at once: the worker opens it to clear the clipboard, unless something else than
// the code that was copied lies there.
{
  const field = document.createElement("textarea");
  document.body.append(field);
  field.focus();
  document.execCommand("paste");
  if (field.value === location.hash.slice(1)) {
    document.addEventListener("copy", (event) => {
      event.preventDefault();
      event.clipboardData?.setData("text/plain", "");
    });
    document.execCommand("copy");
  }
}
