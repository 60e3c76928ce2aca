// Long texts that were begun and not sent: kept in this tab only, offered on return, dropped once sent and at sign-out.
"use strict";

(() => {
  const PREFIX = "rung.draft";
  const line = () => document.getElementById("sending");
  const timers = new WeakMap();

  const nameOf = (field) =>
    [PREFIX, line()?.dataset.me ?? 0, location.pathname, field.form?.getAttribute("action") ?? "", field.name].join("|");

  const kept = () => Object.keys(sessionStorage).filter((name) => name.startsWith(`${PREFIX}|`));

  const keep = (field) => {
    if (!field.name || !field.form) return;
    if (field.value.trim() && field.value !== field.defaultValue) sessionStorage.setItem(nameOf(field), field.value);
    else sessionStorage.removeItem(nameOf(field));
  };

  const button = (label, done) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "button quiet";
    made.textContent = label;
    made.addEventListener("click", done);
    return made;
  };

  const offer = (field) => {
    const text = sessionStorage.getItem(nameOf(field));
    if (!text || text === field.value || field.nextElementSibling?.matches(".draft")) return;
    const words = line().dataset;
    const told = document.createElement("p");
    told.textContent = words.draft;
    const box = document.createElement("div");
    box.className = "draft";
    box.append(
      told,
      button(words.take, () => {
        field.value = text;
        box.remove();
        field.focus();
        field.dispatchEvent(new Event("input", { bubbles: true }));
      }),
      button(words.drop, () => {
        sessionStorage.removeItem(nameOf(field));
        box.remove();
      }),
    );
    field.after(box);
  };

  const look = (inside) => {
    if (!line()) return;
    for (const field of inside.querySelectorAll?.("form[method=post] textarea") ?? []) offer(field);
  };

  document.addEventListener("input", (event) => {
    const field = event.target;
    if (!field.matches("textarea")) return;
    clearTimeout(timers.get(field));
    timers.set(field, setTimeout(() => keep(field), 200));
  });

  window.addEventListener("pagehide", () => {
    for (const field of document.querySelectorAll("form[method=post] textarea")) {
      if (!field.form.hasAttribute("aria-busy") && field.value !== field.defaultValue) keep(field);
    }
  });

  document.addEventListener("rung:sent", (event) => {
    for (const field of event.detail?.querySelectorAll("textarea") ?? []) {
      clearTimeout(timers.get(field));
      sessionStorage.removeItem(nameOf(field));
    }
  });

  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[action$='/sign-out']")) return;
    for (const name of kept()) sessionStorage.removeItem(name);
  });

  document.addEventListener("htmx:after:swap", () => look(document));
  look(document);
})();
