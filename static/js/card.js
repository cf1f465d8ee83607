// Counts down the code on « Ma carte »; without this file the page says until which hour it holds.

const SECOND = 1000;
const LAST_MINUTE = 60;

const card = document.querySelector("[data-seconds]");
const words = card?.querySelector("[data-clock]");
const told = card?.querySelector("[data-told]");
const startedAt = performance.now();

function counted(number, one, several) {
  return `${number}\u00a0${number < 2 ? one : several}`;
}

// « Encore 3 minutes », rounded up; the last minute is said in seconds.
function said(left) {
  const { minute, minutes, second, secondsWord } = card.dataset;
  const time =
    left > LAST_MINUTE ? counted(Math.ceil(left / 60), minute, minutes) : counted(left, second, secondsWord);
  return card.dataset.left.replace("{time}", time);
}

function tick() {
  const left = Number(card.dataset.seconds) - Math.floor((performance.now() - startedAt) / SECOND);
  if (left <= 0) {
    card.querySelector("[data-live]").remove();
    card.querySelector("[data-over]").hidden = false;
    told.textContent = told.dataset.ended;
    return;
  }
  words.textContent = said(left);
  // Read aloud once: a countdown spoken every second would cover everything else.
  if (left === LAST_MINUTE) {
    told.textContent = told.dataset.soon;
  }
  setTimeout(tick, SECOND);
}

if (card) {
  tick();
}
