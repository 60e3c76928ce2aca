// What plain HTML cannot do, and nothing a page needs: keys, look, time zone, copying, ticking all.
// Listeners are delegated to the document, so that blocks swapped in by htmx need no setting up.
"use strict";

(() => {
  const root = document.documentElement;
  const year = 365 * 24 * 3600;
  let lastKey = "";

  root.classList.add("scripted");

  const keep = (name, value) => {
    document.cookie = `${name}=${value}; path=/; max-age=${year}; samesite=lax`;
  };

  const kept = (name) => document.cookie.split("; ").some((pair) => pair.startsWith(`${name}=`));

  // Times are shown in the viewer's zone; the account page can choose another.
  if (!kept("zone")) {
    keep("zone", Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC");
  }

  const chooseTheme = (button) => {
    keep("theme", button.value);
    root.toggleAttribute("data-theme", false);
    if (button.value) root.dataset.theme = button.value;
    for (const other of button.form.elements.theme) {
      other.setAttribute("aria-pressed", String(other === button));
    }
  };

  const copy = async (button) => {
    const source = document.getElementById(button.dataset.copy);
    const label = button.querySelector("span");
    const range = document.createRange();
    range.selectNodeContents(source);
    window.getSelection().removeAllRanges();
    window.getSelection().addRange(range);
    // Without a secure context the text stays selected, ready for the keyboard.
    if (navigator.clipboard) await navigator.clipboard.writeText(source.textContent);
    label.textContent = navigator.clipboard ? "Copied" : "Selected";
  };

  const tickAll = (box) => {
    for (const other of box.form.elements) {
      if (other.type === "checkbox" && other.name === box.dataset.selectAll) other.checked = box.checked;
    }
    box.form.dispatchEvent(new Event("change", { bubbles: true }));
  };

  const typing = (target) => target.matches("input, textarea, select, [contenteditable]");

  // The queue by keys: j and k go from row to row, the other letters act on that row or on the page.
  const onRow = (key) => {
    const rows = [...document.querySelectorAll("tr[data-row]")];
    const here = document.activeElement?.closest("tr[data-row]");
    if (rows.length && (key === "j" || key === "k")) {
      const next = here ? rows.indexOf(here) + (key === "j" ? 1 : -1) : 0;
      rows[Math.min(Math.max(next, 0), rows.length - 1)].querySelector("a").focus();
    } else if (here && (key === "h" || key === "r")) {
      window.location.assign(`${here.dataset.row}/do/${key === "h" ? "hand-over" : "restore"}`);
    } else if (key === "a") {
      (here || document).querySelector("[data-take] button")?.click();
    } else {
      document.querySelector(`[data-key="${CSS.escape(key)}"]`)?.click();
    }
  };

  const onKey = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const after = lastKey;
    lastKey = event.key;
    if (after === "g") {
      const link = document.querySelector(`[data-go="${CSS.escape(event.key)}"]`);
      if (link) link.click();
    } else if (event.key === "?") {
      document.getElementById("keys")?.togglePopover();
    } else if (/^[1-9]$/.test(event.key) && document.querySelector("[data-digit]")) {
      document.querySelector(`[data-digit="${event.key}"]`)?.click();
    } else if (event.key === "/" && document.getElementById("find")) {
      event.preventDefault();
      document.getElementById("find").focus();
    } else if (/^[a-z]$/.test(event.key)) {
      onRow(event.key);
    }
  };

  document.addEventListener("keydown", onKey);

  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form.theme") || !event.submitter) return;
    event.preventDefault();
    chooseTheme(event.submitter);
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (button) copy(button);
  });

  // Who types an answer is seen by the others on the page.
  document.addEventListener("input", (event) => {
    const doing = document.querySelector("#presence input[name=doing]");
    if (doing && event.target.closest("[data-answering]")) doing.value = event.target.value ? "answering" : "viewing";
  });

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-select-all]")) tickAll(event.target);
  });
})();
