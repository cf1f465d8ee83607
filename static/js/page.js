// Small comforts; every page works without this file.

const SECOND = 1000;

// The list of errors is read first.
document.querySelector("[data-focus]")?.focus();

// A second press within a second is a trembling hand, not a second wish.
document.addEventListener("submit", (event) => {
  const form = event.target;
  const now = Date.now();
  if (now - Number(form.dataset.sentAt || 0) < SECOND) {
    event.preventDefault();
    return;
  }
  form.dataset.sentAt = String(now);
});

// Printing needs a script, so its button waits for one.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
