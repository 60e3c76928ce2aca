// Fields in which somebody or something is chosen: what may be meant is offered while one types, the last chosen first.
// Without script the text is looked for when the form is sent.
"use strict";

(() => {
  const WAIT = 150;
  const RECENT = 5;
  const part = { "HX-Request": "true", "HX-Request-Type": "partial" };
  let timer = 0;
  let asking = null;

  const around = (field) => field.closest("[data-pick]");
  const listOf = (field) => around(field).querySelector("[role=listbox]");
  const options = (field) => [...(listOf(field)?.querySelectorAll("[data-fill]") || [])];
  const chosen = (field) => listOf(field)?.querySelector("[aria-selected=true]");
  const several = (field) => field.tagName === "TEXTAREA";
  const store = (field) => `picked ${around(field).dataset.pick}`;

  // Where one a line is named, the line of the caret is what is looked for.
  const lineOf = (field) => {
    if (!several(field)) return [0, field.value.length];
    const end = field.value.indexOf("\n", field.selectionStart);
    return [field.value.lastIndexOf("\n", field.selectionStart - 1) + 1, end < 0 ? field.value.length : end];
  };
  const typed = (field) => field.value.slice(...lineOf(field)).trim();

  const recent = (field) => {
    try {
      return JSON.parse(window.sessionStorage.getItem(store(field)) || "[]");
    } catch {
      return [];
    }
  };

  // A field becomes a combobox when it is first used; without script it stays a plain field.
  const prepare = (field) => {
    if (listOf(field)) return;
    const list = document.createElement("div");
    list.id = `${field.id}-offers`;
    list.className = "picker-list";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", around(field).querySelector("label").textContent.trim());
    list.hidden = true;
    field.after(list);
    const says = [["aria-autocomplete", "list"], ["aria-controls", list.id]];
    if (!several(field)) says.push(["role", "combobox"], ["aria-expanded", "false"]);
    for (const [name, value] of says) field.setAttribute(name, value);
  };

  const expanded = (field, open) => {
    if (field.hasAttribute("aria-expanded")) field.setAttribute("aria-expanded", String(open));
  };

  const close = (field) => {
    if (!listOf(field)) return;
    listOf(field).hidden = true;
    expanded(field, false);
    field.removeAttribute("aria-activedescendant");
  };

  const choose = (field, option) => {
    chosen(field)?.setAttribute("aria-selected", "false");
    if (!option) return field.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    field.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  };

  const show = (field) => {
    const all = options(field);
    all.forEach((option, at) => { option.id = `${field.id}-offer-${at}`; });
    listOf(field).hidden = all.length === 0;
    expanded(field, all.length > 0);
  };

  const showRecent = (field) => {
    listOf(field).replaceChildren(...recent(field).map((fill) => {
      const option = document.createElement("div");
      option.className = "found";
      option.dataset.fill = option.textContent = fill;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      return option;
    }));
    show(field);
  };

  const ask = async (field) => {
    asking?.abort();
    asking = new AbortController();
    const text = typed(field);
    if (!text) return showRecent(field);
    try {
      const address = `${around(field).dataset.pick}?q=${encodeURIComponent(text)}`;
      const answer = await fetch(address, { headers: part, signal: asking.signal, credentials: "same-origin" });
      if (!answer.ok || answer.redirected || document.activeElement !== field) return;
      listOf(field).innerHTML = await answer.text();
      // Who was chosen lately comes first among those that fit.
      const lately = recent(field);
      for (const option of options(field).reverse()) {
        if (lately.includes(option.dataset.fill)) listOf(field).prepend(option);
      }
      show(field);
    } catch {
      // Taken back, or no connection: the text is looked for when the form is sent.
    }
  };

  const take = (field, option) => {
    const fill = option.dataset.fill;
    field.setRangeText(fill, ...lineOf(field), "end");
    const lately = [fill, ...recent(field).filter((each) => each !== fill)].slice(0, RECENT);
    try {
      window.sessionStorage.setItem(store(field), JSON.stringify(lately));
    } catch {
      // Storage is full or forbidden: nothing is remembered.
    }
    close(field);
    field.dispatchEvent(new Event("change", { bubbles: true }));
    if (field.form?.hasAttribute("data-at-once")) field.form.requestSubmit();
  };

  const fieldOf = (target) => (target.matches?.("[data-pick] > input[type=text], [data-pick] > textarea") ? target : null);

  document.addEventListener("focusin", (event) => {
    const field = fieldOf(event.target);
    if (!field) return;
    prepare(field);
    if (!typed(field)) showRecent(field);
  });

  document.addEventListener("focusout", (event) => {
    const field = fieldOf(event.target);
    if (field) close(field);
  });

  document.addEventListener("input", (event) => {
    const field = fieldOf(event.target);
    if (!field) return;
    prepare(field);
    window.clearTimeout(timer);
    timer = window.setTimeout(() => ask(field), WAIT);
  });

  document.addEventListener("keydown", (event) => {
    const field = fieldOf(event.target);
    if (!field || !listOf(field) || listOf(field).hidden) return;
    const all = options(field);
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const at = all.indexOf(chosen(field));
      const step = event.key === "ArrowDown" ? 1 : -1;
      choose(field, all[at < 0 && step < 0 ? all.length - 1 : (at + step + all.length) % all.length]);
    } else if (event.key === "Enter" && chosen(field)) {
      take(field, chosen(field));
    } else if (event.key === "Escape") {
      close(field);
    } else {
      return;
    }
    event.preventDefault();
  });

  // Before the field loses the focus, and so closes its list.
  document.addEventListener("pointerdown", (event) => {
    const option = event.target.closest?.("[data-pick] [data-fill]");
    if (!option) return;
    event.preventDefault();
    take(around(option).querySelector("input[type=text], textarea"), option);
  });
})();
