// A QR read by the phone or the desk of the counter opens this page with the code after « # »: it fills the form.

const CODE = /^[2-9A-HJKMNP-Z]{6}$/i;

function fill(id, value, next) {
  document.getElementById(id).value = value;
  (next || document.getElementById(id).form.querySelector("button")).focus();
}

function read() {
  const read = decodeURIComponent(location.hash.slice(1));
  if (CODE.test(read)) {
    fill("code", read);
    // Kept neither in the history nor in the address bar.
    history.replaceState(null, "", location.pathname);
  }
}

read();
addEventListener("hashchange", read);
