// The page works without this file; with it, nothing that was written is lost on a bad line.
(() => {
  "use strict";

  const PAUSES = [1000, 2000]; // milliseconds before the second and the third try
  const PATIENCE = 20000;
  const TWICE = 1000;
  const LOOK = 8000; // milliseconds between two looks for what came without being asked for
  const HAVE = 40;
  const DRAFT = "guanxin.draft";
  const UNSENT = "guanxin.unsent.";

  const find = (id) => document.getElementById(id);
  const log = find("log");
  const words = find("words");
  const waiting = find("waiting");
  const queue = []; // what is not answered yet, in the order in which it was said
  let busy = false;
  let pressed = {};
  let stale = false; // messages of an earlier visit were sent: the server knows the whole picture

  // --- what survives a reload; a browser may forbid it ---

  function keep(key, value) {
    try {
      if (value) localStorage.setItem(key, value);
      else localStorage.removeItem(key);
    } catch (_) { /* then it lives as long as the page */ }
  }

  function kept(key) {
    try {
      return localStorage.getItem(key) || "";
    } catch (_) {
      return "";
    }
  }

  function unsent() {
    try {
      const keys = Object.keys(localStorage).filter((key) => key.startsWith(UNSENT));
      return keys.map((key) => JSON.parse(kept(key))).sort((one, other) => one.at - other.at);
    } catch (_) {
      return [];
    }
  }

  // --- what is seen ---

  const clone = (id) => find(id).content.firstElementChild.cloneNode(true);

  function bubble(kind, text) {
    const turn = clone(kind);
    turn.querySelector(".words").textContent = text;
    return turn;
  }

  function option(choice, index) {
    const button = clone("option");
    button.value = choice.data;
    button.querySelector(".number").textContent = `${index + 1}.`;
    button.querySelector(".label").textContent = choice.label;
    return button;
  }

  function answer(reply) {
    const turn = bubble("theirs", reply.text);
    if (!reply.choices.length) return turn;
    const choices = document.createElement("div");
    choices.className = "choices";
    choices.append(...reply.choices.map(option));
    turn.classList.add("offers");
    turn.append(choices);
    return turn;
  }

  function reveal(turn) {
    const tall = turn.offsetHeight > window.innerHeight * 0.6;
    turn.scrollIntoView({ block: tall ? "start" : "end" });
  }

  function note(item, element) {
    item.turn.append(element);
    reveal(log.lastElementChild);
    element.scrollIntoView({ block: "nearest" });
  }

  function offerAgain(item) {
    const button = clone("failed");
    button.addEventListener("click", pump);
    note(item, button);
  }

  function explain(item, sentence) {
    const reason = clone("refused");
    if (sentence) reason.textContent = sentence;
    note(item, reason);
  }

  // --- sending: one after the other, the same id until there is an answer ---

  function newId() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

  // A reply, a refusal {error}, or null when trying again may help.
  async function post(item) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), PATIENCE);
    try {
      const response = await fetch("/messages", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(Object.assign({ id: item.id }, item.body)),
        credentials: "same-origin",
        signal: stop.signal,
      });
      if (response.status === 408 || response.status >= 500) return null;
      const received = await response.json();
      if (!response.ok) return { error: received.error || "" };
      return Array.isArray(received.choices) ? received : null;
    } catch (_) {
      return null;
    } finally {
      clearTimeout(timer);
    }
  }

  async function deliver(item) {
    let outcome = await post(item);
    for (const milliseconds of PAUSES) {
      if (outcome) break;
      await pause(milliseconds);
      outcome = await post(item);
    }
    return outcome;
  }

  function settle(item, outcome) {
    queue.shift();
    keep(UNSENT + item.id, "");
    if ("error" in outcome) {
      stale = false;
      explain(item, outcome.error);
      return;
    }
    const turn = answer(outcome);
    item.turn.after(turn);
    reveal(turn);
  }

  async function pump() {
    if (busy) return;
    busy = true;
    waiting.textContent = waiting.dataset.words;
    while (queue.length) {
      queue[0].turn.querySelectorAll(".again").forEach((button) => button.remove());
      const outcome = await deliver(queue[0]);
      if (!outcome) break;
      settle(queue[0], outcome);
    }
    waiting.textContent = "";
    busy = false;
    if (queue.length) offerAgain(queue[0]);
    else if (stale) location.reload();
  }

  function enqueue(item) {
    item.turn = bubble("mine", item.label);
    log.append(item.turn);
    queue.push(item);
    reveal(item.turn);
  }

  function say(body, label) {
    const item = { id: newId(), body, label, at: Date.now() };
    keep(UNSENT + item.id, JSON.stringify(item));
    enqueue(item);
    pump();
  }

  // --- what comes without being asked for; only while somebody looks at the page ---

  function show(push) {
    if (log.querySelector(`[data-push="${Number(push.push)}"]`)) return;
    const { scrollHeight, clientHeight, scrollTop } = document.documentElement;
    const atEnd = scrollHeight - clientHeight - scrollTop < 200;
    const turn = answer(push);
    turn.dataset.push = push.push;
    if (queue.length) queue[0].turn.before(turn);
    else log.append(turn);
    if (atEnd) reveal(turn);
  }

  async function look() {
    if (document.visibilityState !== "visible" || !navigator.onLine || busy) return;
    const have = Array.from(log.querySelectorAll("[data-push]"), (turn) => turn.dataset.push);
    try {
      const response = await fetch(`/chat/news?have=${have.slice(-HAVE)}`, { credentials: "same-origin" });
      if (response.ok) (await response.json()).forEach(show);
    } catch (_) { /* the next look may see more */ }
  }

  // --- writing and pressing ---

  function fit() {
    words.style.height = "auto";
    words.style.height = `${words.scrollHeight + 4}px`;
  }

  function setWords(text) {
    words.value = text;
    keep(DRAFT, text);
    fit();
  }

  function sendWords() {
    const text = words.value.trim();
    if (!text) return;
    setWords("");
    say({ text }, text);
  }

  function onEnter(event) {
    const composing = event.isComposing || event.keyCode === 229;
    if (event.key !== "Enter" || event.shiftKey || composing) return;
    event.preventDefault();
    sendWords();
  }

  function onPress(event) {
    const button = event.target.closest("button[name]");
    if (!button) return;
    event.preventDefault();
    const soon = pressed.button === button && event.timeStamp - pressed.at < TWICE;
    const same = (item) => item.body[button.name] === button.value;
    pressed = { button, at: event.timeStamp };
    if (soon || queue.some(same)) return; // a second tap is the same tap
    const label = button.querySelector(".label") || button;
    say({ [button.name]: button.value }, label.textContent);
  }

  function forget() {
    keep(DRAFT, "");
    unsent().forEach((item) => keep(UNSENT + item.id, ""));
  }

  function start() {
    if (!words.value) setWords(kept(DRAFT));
    unsent().forEach(enqueue);
    stale = queue.length > 0;
    history.scrollRestoration = "manual";
    if (stale) pump();
    else if (log.childElementCount > 1) reveal(log.lastElementChild);
  }

  find("leave").addEventListener("submit", forget);
  find("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    sendWords();
  });
  words.addEventListener("keydown", onEnter);
  words.addEventListener("input", () => setWords(words.value));
  document.addEventListener("click", onPress);
  document.addEventListener("visibilitychange", look);
  setInterval(look, LOOK);
  window.addEventListener("resize", fit);
  window.addEventListener("online", () => queue.length && pump());
  window.addEventListener("pageshow", (event) => event.persisted && location.reload());
  start();
})();
