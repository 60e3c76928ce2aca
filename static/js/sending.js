// Never lose, never double: while a form is on its way it is locked; what does not come back from Rung is never shown
// in its place; after an ended session it goes on. Without this file every form works as plain HTML.
"use strict";

(() => {
  const root = document.documentElement;
  const SAVING_AFTER = 300, BAR_AFTER = 1000;
  const LEADING_IN = "#sign-in, #setup"; // forms that a browser sends itself, so that it can keep the password
  const SCROLL = "rung.scroll", SENT = "rung.sent";
  const line = () => document.getElementById("sending");
  const words = () => line()?.dataset ?? {};
  let waiting = null; // the form that was not saved, and its button

  // Forms without htmx attributes go the same way: their answer replaces the content of the page.
  const prepare = (inside) => {
    if (!inside.querySelectorAll) return;
    const forms = [...inside.querySelectorAll("form[method=post]")];
    if (inside.matches?.("form[method=post]")) forms.push(inside);
    for (const form of forms) {
      if (form.hasAttribute("hx-trigger") || form.matches(`.theme, ${LEADING_IN}`)) continue;
      const usual = form.hasAttribute("hx-post") ? {} : {
        "hx-boost": "true", "hx-target": "#content", "hx-select": "#content", "hx-swap": "outerHTML show:none", "hx-push-url": "false",
      };
      Object.assign(usual, { "hx-sync": "this:drop", "hx-disable": "findAll button" });
      for (const [name, value] of Object.entries(usual)) if (!form.hasAttribute(name)) form.setAttribute(name, value);
    }
  };

  const sent = (event) => event.detail.ctx?.sourceEvent?.type === "submit" && event.detail.ctx.request.form;

  const begin = (ctx) => {
    const button = ctx.request.submitter ?? ctx.request.form.querySelector("button:not([type=button])");
    root.dataset.sending = "now";
    ctx.request.form.setAttribute("aria-busy", "true");
    ctx.saving = setTimeout(() => {
      if (!button || button.name === "theme") return;
      ctx.label = [...button.childNodes];
      ctx.labelled = button;
      button.style.minWidth = `${button.offsetWidth}px`;
      button.replaceChildren(words().saving ?? "…");
    }, SAVING_AFTER);
    ctx.bar = setTimeout(() => { root.dataset.sending = "long"; }, BAR_AFTER);
  };

  const end = (ctx) => {
    clearTimeout(ctx.saving);
    clearTimeout(ctx.bar);
    if (ctx.keepIndicators) return; // the next page is on its way
    delete root.dataset.sending;
    ctx.request.form?.removeAttribute("aria-busy");
    if (ctx.label) {
      ctx.labelled.replaceChildren(...ctx.label);
      ctx.labelled.style.minWidth = "";
    }
  };

  const say = (text, ctx) => {
    waiting = { form: ctx.request.form, button: ctx.request.submitter };
    line().querySelector("p").textContent = text;
    line().hidden = false;
  };

  const sendAgain = () => {
    const { form, button } = waiting ?? {};
    line().hidden = true;
    waiting = null;
    if (!form?.isConnected) return;
    const gone = button && !button.isConnected;
    if (gone) form.append(button);
    form.requestSubmit(button ?? undefined);
    if (gone) button.remove();
  };

  const stop = (event) => {
    event.preventDefault();
    event.stopPropagation();
  };

  // Goes on to the next page, or to this one anew, which then stands where it stood.
  const go = (ctx, to) => {
    const url = new URL(to, location.href);
    ctx.keepIndicators = true;
    document.dispatchEvent(new CustomEvent("rung:sent", { detail: ctx.request.form }));
    remember(ctx.request.form);
    if (url.pathname === location.pathname) {
      sessionStorage.setItem(SCROLL, JSON.stringify([url.pathname, window.scrollY]));
    }
    if (url.pathname + url.search === location.pathname + location.search) {
      history.replaceState(history.state, "", url);
      location.reload();
    } else {
      location.assign(url);
    }
  };

  const signIn = async (ctx) => {
    waiting = sentForm(ctx) ? { form: ctx.request.form, button: ctx.request.submitter } : waiting;
    const text = await ctx.response.raw.clone().text();
    if (document.getElementById("again")) return;
    line().insertAdjacentHTML("afterend", text);
    const dialog = document.getElementById("again");
    dialog.querySelector("[name=over]").value = words().key;
    dialog.addEventListener("cancel", (event) => event.preventDefault());
    window.htmx.process(dialog);
    dialog.showModal();
  };

  const sentForm = (ctx) => ctx.sourceEvent?.type === "submit";

  const renew = (token) => {
    for (const field of document.querySelectorAll("input[name=csrf_token]")) field.value = token;
  };

  // Back to a page whose form was sent: sent again as it is, it is answered as it was the first time.
  const remember = (form) => {
    const key = form?.elements._once?.value;
    if (key) sessionStorage.setItem(SENT, JSON.stringify([location.pathname, form.getAttribute("action"), key]));
  };

  const recall = () => {
    const [path, action, key] = JSON.parse(sessionStorage.getItem(SENT) ?? "[]");
    if (path !== location.pathname || performance.getEntriesByType("navigation")[0]?.type !== "back_forward") return;
    for (const form of document.querySelectorAll("form[method=post]")) {
      if (form.getAttribute("action") === action && form.elements._once) form.elements._once.value = key;
    }
  };

  const place = () => {
    const [path, y] = JSON.parse(sessionStorage.getItem(SCROLL) ?? "[]");
    sessionStorage.removeItem(SCROLL);
    if (path !== location.pathname || location.hash || !y) return;
    root.dataset.kept = "place";
    window.scrollTo({ top: y, behavior: "instant" });
  };

  document.addEventListener("htmx:before:process", (event) => prepare(event.target));

  document.addEventListener("htmx:before:request", (event) => {
    if (!sent(event)) return;
    line().hidden = true;
    begin(event.detail.ctx);
  });

  document.addEventListener("htmx:before:response", (event) => {
    const { ctx } = event.detail;
    const { status, headers } = ctx.response;
    if (!headers.has("X-Rung")) {
      stop(event);
      if (sent(event)) say(words().noAnswer, ctx);
    } else if (headers.has("X-Rung-Sign-In")) {
      stop(event);
      signIn(ctx);
    } else if (headers.has("X-Rung-Token")) {
      stop(event);
      renew(headers.get("X-Rung-Token"));
      document.getElementById("again")?.remove();
      // After this request has ended, so that the locks are off.
      setTimeout(sendAgain);
    } else if (headers.has("HX-Redirect") && sent(event)) {
      stop(event);
      go(ctx, headers.get("HX-Redirect"));
    } else if (sent(event) && status < 400) {
      document.dispatchEvent(new CustomEvent("rung:sent", { detail: ctx.request.form }));
    }
  });

  // The answer is a page like any other: nothing has the focus but what it gives it to.
  document.addEventListener("htmx:before:swap", (event) => {
    if (event.detail.ctx.sourceElement.hasAttribute("hx-boost")) document.activeElement?.blur();
  });

  document.addEventListener("htmx:error", (event) => {
    if (event.detail.ctx && sent(event)) say(words().noConnection, event.detail.ctx);
  });

  document.addEventListener("htmx:finally:request", (event) => {
    if (sent(event)) end(event.detail.ctx);
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches(LEADING_IN)) return;
    if (form.hasAttribute("aria-busy")) event.preventDefault();
    form.setAttribute("aria-busy", "true");
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-send-again]")) sendAgain();
  });

  // A page that the browser kept aside whole may be old, and its form locked.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });

  recall();
  place();
})();
