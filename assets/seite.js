/** What every page needs from the browser: copying its address, focus after navigation, filters that fold. */
(function () {
  "use strict";

  const clientside = (window.dash_clientside = window.dash_clientside || {});

  /** Copy the address of the page; return what to tell the reader. `id`: a field to show it in when that fails. */
  async function copy(clicks, id) {
    if (!clicks) return window.dash_clientside.no_update;
    const address = window.location.href;
    if ((await toClipboard(address)) || byCommand(address)) return "Link kopiert.";
    const field = id && document.getElementById(id);
    if (field) Object.assign(field, { value: address }).select();
    return `Bitte den Link selbst kopieren: ${address}`;
  }

  function toClipboard(text) {
    if (!navigator.clipboard) return false;
    return navigator.clipboard.writeText(text).then(() => true, () => false);
  }

  /** The older way, for pages served without https. */
  function byCommand(text) {
    const before = document.activeElement;
    const field = document.createElement("textarea");
    field.value = text;
    field.className = "nur-sr";
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    before?.focus();
    return done;
  }

  // ---------------------------------------------------------------- what a full page load would do by itself

  let path = window.location.pathname;
  window.addEventListener("_dashprivate_pushstate", () => {
    if (window.location.pathname === path) return;
    path = window.location.pathname;
    document.getElementById("inhalt")?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
    markPage();
  });

  /** Tell which entry of the main navigation is the page shown. */
  function markPage() {
    for (const link of document.querySelectorAll(".top nav a")) {
      if (link.pathname === window.location.pathname) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  }

  const narrow = window.matchMedia("(max-width: 800px)");
  const FILTERS = ".karte-filter details.klappe";

  /** The filters of a page are open beside the map and folded away above it on a phone. */
  function foldFilters(all) {
    for (const filters of document.querySelectorAll(all ? FILTERS : `${FILTERS}:not([data-gesehen])`)) {
      filters.dataset.gesehen = "";
      filters.open = !narrow.matches;
    }
  }

  narrow.addEventListener("change", () => foldFilters(true));
  new MutationObserver(() => {
    foldFilters(false);
    markPage();
  }).observe(document.documentElement, { childList: true, subtree: true });

  clientside.atlas = Object.assign(clientside.atlas || {}, { copy });
})();
