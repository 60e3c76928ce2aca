// Find anything and "new …" without leaving the page: a palette and a menu over what is a page without script.
"use strict";

(() => {
  const WAIT = 150;
  const part = { "HX-Request": "true", "HX-Request-Type": "partial" };
  const palette = document.getElementById("palette");
  const menu = document.getElementById("new-menu");
  if (!palette || !menu) return;

  const form = palette.querySelector("form");
  const field = document.getElementById("palette-field");
  const found = document.getElementById("palette-found");
  const rail = document.getElementById("find");
  let timer = 0;
  let asking = null;
  let answered = null;

  // A piece of a page, or nothing when another was asked for meanwhile, or the answer is none of ours.
  const piece = async (address, signal) => {
    const answer = await fetch(address, { headers: part, signal, credentials: "same-origin" });
    const elsewhere = answer.headers.get("HX-Redirect");
    if (elsewhere) window.location.assign(elsewhere);
    return answer.ok && !answer.redirected ? answer.text() : null;
  };

  const options = () => [...found.querySelectorAll("[role=option]")];
  const chosen = () => found.querySelector("[aria-selected=true]");

  const choose = (option) => {
    chosen()?.setAttribute("aria-selected", "false");
    if (!option) return field.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    field.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  };

  const show = (html, text) => {
    answered = text;
    found.innerHTML = html;
    const all = options();
    field.setAttribute("aria-expanded", String(all.length > 0));
    if (all.length) field.setAttribute("aria-controls", "palette-list");
    else field.removeAttribute("aria-controls");
    choose(text.trim() ? found.querySelector("[data-exact]") || all[0] : null);
  };

  const ask = async () => {
    asking?.abort();
    asking = new AbortController();
    const text = field.value;
    try {
      const html = await piece(`${form.action}?q=${encodeURIComponent(text)}`, asking.signal);
      if (html !== null) show(html, text);
    } catch {
      // Taken back, or no connection: what is shown stays, and Enter asks once more.
    }
  };

  const open = (text) => {
    if (!palette.open) palette.showModal();
    field.value = text;
    field.focus();
    if (answered === text) return;
    choose(null);
    ask();
  };

  const isTyping = (target) => target.matches?.("input, textarea, select, [contenteditable]");
  const isCtrlK = (event) => (event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k";

  // Before the other keys of the page, which know "/" as the way into the field of the rail.
  document.addEventListener("keydown", (event) => {
    const slash = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event.target);
    if (!isCtrlK(event) && !slash) return;
    event.preventDefault();
    event.stopPropagation();
    open("");
  }, true);

  // What was found for other words is marked no longer: Enter opens what is marked, or else asks for the page.
  field.addEventListener("input", () => {
    asking?.abort();
    choose(null);
    window.clearTimeout(timer);
    timer = window.setTimeout(ask, WAIT);
  });

  field.addEventListener("keydown", (event) => {
    const all = options();
    if (all.length && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      const at = all.indexOf(chosen());
      const step = event.key === "ArrowDown" ? 1 : -1;
      choose(all[at < 0 && step < 0 ? all.length - 1 : (at + step + all.length) % all.length]);
    } else if (event.key === "Enter" && chosen()) {
      event.preventDefault();
      chosen().click();
    }
  });

  // A press beside the palette closes it, as Esc does.
  palette.addEventListener("click", (event) => {
    if (event.target === palette || event.target.closest("[data-close]")) palette.close();
  });

  // Tabbing into the rail's field moves nothing; pressing it or typing there opens the palette.
  rail?.addEventListener("click", () => open(rail.value));
  rail?.addEventListener("input", () => {
    const text = rail.value;
    rail.value = "";
    open(text);
  });

  const openMenu = async (link) => {
    const html = await piece(link.href).catch(() => null);
    if (html === null) return window.location.assign(link.href);
    menu.innerHTML = html;
    if (!menu.matches(":popover-open")) menu.showPopover();
    menu.querySelector("a")?.focus();
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.new-link");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    openMenu(link);
  });

  menu.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const all = [...menu.querySelectorAll("a")];
    all[(all.indexOf(document.activeElement) + step + all.length) % all.length]?.focus();
  });
})();
