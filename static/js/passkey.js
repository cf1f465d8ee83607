// Passkeys: the browser asks the server what to sign, has it signed, and sends the answer with the form.
// Without this file, or in a browser that has no passkeys, codes remain.

const encode = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

const decode = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));

const described = (list) => (list || []).map((one) => ({ ...one, id: decode(one.id) }));

const ANSWERS = {
  create: async (options) => {
    const made = await navigator.credentials.create({
      publicKey: {
        ...options,
        challenge: decode(options.challenge),
        user: { ...options.user, id: decode(options.user.id) },
        excludeCredentials: described(options.excludeCredentials),
      },
    });
    const { clientDataJSON, attestationObject } = made.response;
    return written(made, { clientDataJSON, attestationObject });
  },
  get: async (options) => {
    const made = await navigator.credentials.get({
      publicKey: {
        ...options,
        challenge: decode(options.challenge),
        allowCredentials: described(options.allowCredentials),
      },
    });
    const { clientDataJSON, authenticatorData, signature } = made.response;
    return written(made, { clientDataJSON, authenticatorData, signature });
  },
};

function written(made, parts) {
  const response = Object.fromEntries(Object.entries(parts).map(([name, value]) => [name, encode(value)]));
  return JSON.stringify({ id: made.id, rawId: encode(made.rawId), type: made.type, response, clientExtensionResults: {} });
}

async function answer(zone, form) {
  const asked = await fetch(zone.dataset.passkeyOptions, {
    method: "POST",
    headers: { "X-CSRFToken": form.elements.csrf_token.value },
  });
  if (!asked.ok || asked.redirected) throw new Error("no options");
  form.elements.credential.value = await ANSWERS[zone.dataset.passkey](await asked.json());
  form.submit();
}

for (const zone of document.querySelectorAll("[data-passkey]")) {
  if (!window.PublicKeyCredential) break;
  const form = zone.querySelector("form");
  const error = zone.querySelector("[data-passkey-error]");
  zone.hidden = false;
  document.querySelector("[data-passkey-absent]")?.remove();
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    error.hidden = true;
    answer(zone, form).catch(() => {
      error.hidden = false;
    });
  });
}
