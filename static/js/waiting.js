/* A notice of the browser for what begins to wait, while a page is open; asked for on the account page. */
"use strict";

(() => {
  const KEY = "rung-waits";
  const EVERY = 60000;
  const place = document.querySelector("[data-waiting]");
  const tick = document.querySelector("#notices-form #here");

  if (!("Notification" in window)) {
    return;
  }
  if (tick) {
    tick.addEventListener("change", () => {
      if (tick.checked && Notification.permission === "default") {
        Notification.requestPermission();
      }
    });
  }
  if (!place) {
    return;
  }

  const known = () => {
    try {
      return JSON.parse(localStorage.getItem(KEY));
    } catch {
      return null;
    }
  };

  const show = (line) => {
    const notice = new Notification(line.verb, { body: line.text, tag: line.key });
    notice.addEventListener("click", () => {
      window.focus();
      window.location.assign(line.page);
    });
  };

  const look = async () => {
    const answer = await fetch(place.dataset.waiting, { headers: { Accept: "application/json" } });
    if (!answer.ok) {
      return;
    }
    const { lines } = await answer.json();
    const before = known();
    localStorage.setItem(KEY, JSON.stringify(lines.map((line) => line.key)));
    if (before && Notification.permission === "granted") {
      lines.filter((line) => !before.includes(line.key)).forEach(show);
    }
  };

  const again = () => look().catch(() => {});
  again();
  window.setInterval(again, EVERY);
})();
