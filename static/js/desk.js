// The desk: a menu closes when one turns away from it, and who chooses what to write goes on writing.
"use strict";

(() => {
  const shut = (but) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (menu !== but) menu.open = false;
    }
  };

  document.addEventListener("click", (event) => shut(event.target.closest("details.menu")));

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    document.querySelector("details.menu[open] > summary")?.focus();
    shut(null);
  });

  // The text keeps the focus while one chooses what it is.
  const choice = (event) => event.target.closest(".composer-tabs label");

  document.addEventListener("mousedown", (event) => {
    if (choice(event)) event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    if (choice(event)) document.querySelector(".composer textarea").focus();
  });
})();
