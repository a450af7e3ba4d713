// Shows art as fast as the address says, and has the SDK that the address names count it.
const query = new URLSearchParams(location.search);
const { track } = await import(`/delivery-test/sdk/${query.get("sdk")}.js`);
const wall = document.querySelector("#wall");
const visit = crypto.randomUUID();

function showNext() {
  if (!window.delivery.isShowing || document.hidden) return;
  const mark = `mark_${visit}_${++window.delivery.shown}`;
  track(mark);
  wall.textContent = mark;
  console.info(`shown ${mark}`);
}

window.delivery = { shown: 0, isShowing: true };
addEventListener("pageshow", ({ persisted }) => {
  window.delivery.isRestored = persisted;
});
setInterval(showNext, Number(query.get("every")));
