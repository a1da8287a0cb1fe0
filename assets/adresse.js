/** What a page needs besides the map: its state in the address, and buttons that choose an area or a facility. */
(function () {
  "use strict";

  const clientside = (window.dash_clientside = window.dash_clientside || {});

  /** Show `query` as the address of the page without a page change; Dash hears nothing of it. */
  function showAddress(query) {
    if (typeof query === "string") {
      const search = query ? `?${query}` : "";
      if (search !== window.location.search) {
        window.history.replaceState(window.history.state, "", window.location.pathname + search);
      }
    }
    return window.dash_clientside.no_update;
  }

  // One listener for all rows: a ranking of thirty areas needs no thirty callbacks.
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-area], [data-facility]");
    if (!button) return;
    const { area, facility } = button.dataset;
    const store = area ? "karte-klick" : "karte-punkt";
    chosen = { selector: area ? `[data-area="${area}"]` : `[data-facility="${CSS.escape(facility)}"]`, until: Date.now() + 3000 };
    window.dash_clientside.set_props(store, { data: { id: area || facility, n: Date.now() } });
  });

  /** The button that was pressed last: its table is drawn anew, and the focus must not be lost with it. */
  let chosen = null;

  function keepFocus() {
    if (!chosen || document.activeElement !== document.body) return;
    if (Date.now() < chosen.until) document.querySelector(chosen.selector)?.focus({ preventScroll: true });
    else chosen = null;
  }

  /** The part of a page named after the # is there only after Dash has drawn the page. */
  let reached = "";

  function goToPart() {
    const { hash, pathname } = window.location;
    if (!hash) reached = "";
    if (!hash || reached === pathname + hash) return;
    const part = document.getElementById(decodeURIComponent(hash.slice(1)));
    if (!part) return;
    reached = pathname + hash;
    part.scrollIntoView();
    part.focus({ preventScroll: true });
  }

  window.addEventListener("hashchange", () => {
    reached = "";
    goToPart();
  });

  /** Say what a field with a list is (Mantine leaves it a plain text field). */
  function nameLists() {
    for (const field of document.querySelectorAll("input[aria-haspopup=listbox]")) {
      if (!field.hasAttribute("role")) field.setAttribute("role", "combobox");
      const open = String(field.dataset.expanded === "true");
      if (field.getAttribute("aria-expanded") !== open) field.setAttribute("aria-expanded", open);
    }
  }

  new MutationObserver(() => {
    keepFocus();
    goToPart();
    nameLists();
  }).observe(document.documentElement, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-expanded"] });

  clientside.atlas = Object.assign(clientside.atlas || {}, { showAddress });
})();
