// Keys for people who look at this all day. Every page works without this file.
"use strict";

const rows = () => [...document.querySelectorAll("[data-row]")];
let before = "";

function move(by) {
  const all = rows();
  if (!all.length) return;
  const at = all.findIndex((row) => row.classList.contains("here"));
  const next = all[Math.min(Math.max(at + by, 0), all.length - 1)];
  all.forEach((row) => row.classList.toggle("here", row === next));
  const link = next.querySelector("[data-open]");
  if (link) link.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key === "Escape") {
    document.querySelectorAll("header details[open]").forEach((one) => one.removeAttribute("open"));
    const found = document.getElementById("found");
    if (found) found.replaceChildren();
    if (isTyping) event.target.blur();
    return;
  }
  if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  const key = event.key;
  if (key === "/") {
    event.preventDefault();
    document.getElementById("find")?.focus();
  } else if (key === "j") move(1);
  else if (key === "k") move(-1);
  else if (key === "?") document.getElementById("keys")?.showModal();
  else if (key === "t" && before === "g") location.href = "/admin/";
  before = key;
});

// A click elsewhere closes the menus.
document.addEventListener("click", (event) => {
  document.querySelectorAll("header details[open]").forEach((one) => {
    if (!one.contains(event.target)) one.removeAttribute("open");
  });
});

// What cannot be taken back is asked once more; the question stands in the form.
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  const question = button?.dataset.ask;
  if (question && !window.confirm(question)) event.preventDefault();
  else if (event.target.method === "post") event.target.classList.add("sent");
});

// A chat begins at its end, also when its photos arrive later.
document.querySelectorAll("[data-end]").forEach((one) => {
  const toEnd = () => { one.scrollTop = one.scrollHeight; };
  toEnd();
  one.querySelectorAll("img").forEach((photo) => photo.addEventListener("load", toEnd, { once: true }));
});

// A part that refreshes by itself waits while somebody types into it.
document.addEventListener("htmx:beforeRequest", (event) => {
  const typing = document.activeElement?.closest("input, select, textarea");
  if (typing && event.target.contains(typing) && !event.target.matches("input, form, button")) event.preventDefault();
});

// A refusal stands where the answer would: an older answer must not pass for the new one.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status >= 400) event.detail.shouldSwap = true;
});
