// « / » leads to the search from anywhere: into the field when the page has one, else to the page that has it.
// Without this file the menu and the field do the same.

const KEY = "/";
const WRITES = "input, textarea, select, [contenteditable]";

function isTyping(event) {
  return event.target instanceof Element && event.target.closest(WRITES) !== null;
}

document.addEventListener("keydown", (event) => {
  // Keys of the browser, of a screen reader, or of somebody who types are theirs.
  if (event.key !== KEY || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
  if (event.defaultPrevented || isTyping(event)) return;
  const field = document.querySelector("[data-find-field]");
  const link = document.querySelector("[data-find]");
  if (!field && !link) return;
  event.preventDefault();
  if (field) field.focus();
  else link.click();
});
