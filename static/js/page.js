// Small comforts; every page works without this file.

const SECOND = 1000;
const PATIENCE = 5 * SECOND;
// An old telephone cannot ask first: its forms leave as they always did.
const MAY_ASK = Boolean(window.AbortSignal?.timeout && HTMLFormElement.prototype.requestSubmit);

// The list of errors is read first.
document.querySelector("[data-focus]")?.focus();

// A second press within a second is a trembling hand, not a second wish; and no word leaves for a network that is cut.
document.addEventListener("submit", (event) => {
  const form = event.target;
  const now = Date.now();
  if (form.dataset.reached) {
    delete form.dataset.reached;
    form.dataset.sentAt = String(now);
    return;
  }
  if (form.dataset.asking || now - Number(form.dataset.sentAt || 0) < SECOND) {
    event.preventDefault();
    return;
  }
  form.dataset.sentAt = String(now);
  if (form.method === "post" && (!navigator.onLine || (MAY_ASK && holdsWords(form)))) {
    event.preventDefault();
    sendOnceReached(form, event.submitter);
  }
});

function holdsWords(form) {
  return [...form.querySelectorAll("textarea")].some((field) => field.value.trim());
}

async function sendOnceReached(form, submitter) {
  form.dataset.asking = "yes";
  const tries = Number(form.dataset.tries || 0) + 1;
  const hush = sayWhenSlow(form, submitter);
  const isThere = await isServerThere(tries * PATIENCE); // a network may only be slow: longer each time
  hush();
  delete form.dataset.asking;
  document.querySelector("[data-cut-said]")?.remove();
  if (isThere) {
    form.dataset.reached = "yes";
    form.requestSubmit(submitter ?? undefined);
    return;
  }
  delete form.dataset.sentAt;
  form.dataset.tries = String(tries);
  const said = document.createElement("p");
  said.className = "govuk-error-message";
  said.dataset.cutSaid = "";
  said.setAttribute("role", "alert");
  said.textContent = document.body.dataset.cut;
  submitter ? submitter.before(said) : form.append(said);
}

// Past a second, says that it goes on; gives what takes the words away. Their place is there from the start, empty:
// a screen reader tells what is written in it, not always what comes with it.
function sayWhenSlow(form, submitter) {
  const said = document.createElement("p");
  said.className = "visually-hidden";
  said.setAttribute("role", "status");
  submitter ? submitter.before(said) : form.append(said);
  const late = setTimeout(() => {
    document.querySelector("[data-cut-said]")?.remove(); // not both at once
    said.className = "govuk-hint";
    said.textContent = document.body.dataset.slow;
  }, SECOND);
  return () => {
    clearTimeout(late);
    said.remove();
  };
}

async function isServerThere(patience) {
  try {
    const asked = { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(patience) };
    return navigator.onLine && (await fetch(import.meta.url, asked)).ok;
  } catch {
    return false;
  }
}

// Printing needs a script, so its button waits for one.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
