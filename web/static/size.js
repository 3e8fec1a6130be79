// The size of the letters: set before anything is drawn, remembered in this browser.
(() => {
  "use strict";

  const SIZES = [18, 20, 22, 24, 27, 30];
  const USUAL = 20;
  const KEY = "guanxin.size";
  const find = (id) => document.getElementById(id);
  let size = USUAL;

  function draw() {
    document.documentElement.style.fontSize = `${size}px`;
  }

  function mark() {
    find("smaller").setAttribute("aria-disabled", size === SIZES[0]);
    find("larger").setAttribute("aria-disabled", size === SIZES[SIZES.length - 1]);
  }

  function remember() {
    try {
      localStorage.setItem(KEY, size);
    } catch (_) { /* then it lives as long as the page */ }
  }

  function recall() {
    try {
      const kept = Number(localStorage.getItem(KEY));
      if (!SIZES.includes(kept)) return;
      size = kept;
      draw();
    } catch (_) { /* the usual size is in the style sheet */ }
  }

  function step(direction) {
    const next = SIZES[SIZES.indexOf(size) + direction];
    if (!next) return;
    size = next;
    draw();
    mark();
    remember();
    window.dispatchEvent(new Event("resize")); // what was measured in letters is measured again
    find("size").textContent = `${find("size").dataset.words} ${size}`;
  }

  function start() {
    find("smaller").addEventListener("click", () => step(-1));
    find("larger").addEventListener("click", () => step(1));
    find("sizes").hidden = false;
    mark();
  }

  recall();
  document.addEventListener("DOMContentLoaded", start);
})();
