// Back to a page that answered a form opens its address, or the nearest above it. Without this file the browser shows a
// page of its own, which asks whether to send the form again: our pages stay in no cache.

const levels = Number(document.querySelector("[data-left]").dataset.left);

// Only once the page is left: reloaded, it is the form sent again, with the words that were typed.
addEventListener("pagehide", () => {
  const steps = location.pathname.split("/");
  const place = steps.slice(0, steps.length - levels).join("/") || "/";
  history.replaceState(null, "", place + location.search);
});
