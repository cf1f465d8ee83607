// Shows the points that an exit will open while one chooses; without this file the button « Voir les points » does it.

const form = document.getElementById("exit-form");
let asked = 0;

async function refresh() {
  if (!form.elements.reason.value || !form.elements.event_on.value) {
    return;
  }
  const turn = ++asked;
  const sent = new FormData(form);
  sent.set("preview", "live");
  const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(sent) });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById("exit-preview");
  // Only the last question matters; a page of another kind (session ended) is left for the button to show.
  if (fresh && turn === asked) {
    document.getElementById("exit-preview").replaceChildren(...fresh.childNodes);
  }
}

form?.addEventListener("change", () => refresh().catch(() => {}));
