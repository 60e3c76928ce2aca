// Moving cards with mouse and keys. Both press a button of the card's own form, so that one rule decides: the server's.
"use strict";

(() => {
  const order = ["raised", "accepted", "in progress", "on hold", "embedded", "stopped"];
  let dragged = null;

  const cardOf = (target) => target.closest?.("[data-card]");
  const columnOf = (target) => target.closest?.("[data-column]");

  const move = (card, state) => {
    const form = card?.querySelector(".bmove form");
    if (!form || state === columnOf(card)?.dataset.column) return;
    // Also a column the menu does not offer is asked for: the answer says why not.
    const button = document.createElement("button");
    button.name = "to";
    button.value = state;
    button.hidden = true;
    form.append(button);
    form.requestSubmit(button);
    button.remove();
  };

  document.addEventListener("dragstart", (event) => {
    dragged = cardOf(event.target);
    if (!dragged) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.dataset.card);
    dragged.classList.add("dragged");
  });

  document.addEventListener("dragover", (event) => {
    const column = dragged && columnOf(event.target);
    if (!column) return;
    event.preventDefault();
    for (const other of document.querySelectorAll(".bcolumn.over")) other.classList.toggle("over", other === column);
    column.classList.add("over");
  });

  document.addEventListener("drop", (event) => {
    const column = dragged && columnOf(event.target);
    if (!column) return;
    event.preventDefault();
    move(dragged, column.dataset.column);
  });

  document.addEventListener("dragend", () => {
    dragged?.classList.remove("dragged");
    dragged = null;
    for (const column of document.querySelectorAll(".bcolumn.over")) column.classList.remove("over");
  });

  document.addEventListener("keydown", (event) => {
    const card = cardOf(event.target);
    if (!card || event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, textarea, select")) return;
    const at = order.indexOf(columnOf(card)?.dataset.column);
    const menu = card.querySelector(".bmove");
    if (event.key === "m" && menu) {
      menu.open = true;
      menu.querySelector("button")?.focus();
    } else if (event.shiftKey && event.key === "ArrowRight" && at + 1 < order.length) {
      move(card, order[at + 1]);
    } else if (event.shiftKey && event.key === "ArrowLeft" && at > 0) {
      move(card, order[at - 1]);
    } else {
      return;
    }
    event.preventDefault();
  });
})();
