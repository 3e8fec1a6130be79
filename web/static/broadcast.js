// The page of a broadcast under way: asks each second what has changed. Without it, one reloads.
(() => {
  "use strict";

  const EVERY_MS = 1000;
  const SLOW_MS = 5000;
  const find = (id) => document.getElementById(id);
  const card = find("progress");

  function show(now) {
    find("settled").textContent = now.settled;
    find("count").textContent = now.count;
    find("bar").max = Math.max(now.count, 1);
    find("bar").value = now.settled;
    if (find("left")) find("left").textContent = now.undo;
    for (const tile of document.querySelectorAll("[data-total]")) {
      const number = now.totals[tile.dataset.total] || 0;
      tile.hidden = !number;
      tile.querySelector("strong").textContent = number;
    }
  }

  // A form that is under a finger stays: the page is made anew only where other buttons are due.
  function isOther(now) {
    const undoIsOver = find("left") !== null && now.undo === 0;
    return now.state !== card.dataset.state || undoIsOver;
  }

  async function look() {
    let wait = EVERY_MS;
    try {
      const answer = await fetch(card.dataset.from, { redirect: "error", cache: "no-store" });
      if (!answer.ok) throw new Error(answer.status);
      const now = await answer.json();
      if (isOther(now)) {
        location.replace(location.pathname + location.search);
        return;
      }
      show(now);
    } catch (_) {
      wait = SLOW_MS;
    }
    setTimeout(look, wait);
  }

  if (card.dataset.open === "true") setTimeout(look, EVERY_MS);
})();
