/** The page of comparisons: a click on an area chooses it, and the focus stays where the reader was. */
(function () {
  "use strict";

  const parts = (window.atlasTeile = window.atlasTeile || {});
  const STORE = "vergleich-klick";

  /** What was pressed last: the page draws it anew, and the focus must not be lost with it. */
  let pressed = null;

  const choose = (id) => window.dash_clientside.set_props(STORE, { data: { id, n: Date.now() } });

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-vergleich]");
    const link = event.target.closest?.(".vg-ansichten a");
    if (button) choose(button.dataset.vergleich);
    if (!button && !link) return;
    const selector = button ? `[data-vergleich="${CSS.escape(button.dataset.vergleich)}"]` : ".vg-ansichten a.aktiv";
    pressed = { selector, until: Date.now() + 3000 };
  });

  function keepFocus() {
    if (!pressed || document.activeElement !== document.body) return;
    if (Date.now() < pressed.until) document.querySelector(pressed.selector)?.focus({ preventScroll: true });
    else pressed = null;
  }

  const clientside = (window.dash_clientside = window.dash_clientside || {});
  const atlas = (clientside.atlas = clientside.atlas || {});

  /** What the map was asked to show last. A new section is drawn before its element is on the page: then again. */
  let asked = null;
  const draw = atlas.draw;
  atlas.draw = (payload, config) => {
    asked = payload && config ? [payload, config] : null;
    return draw(payload, config);
  };

  function keepMap() {
    const container = document.querySelector("#karte[data-wahl=vergleich]");
    if (container && asked && !container.hasChildNodes()) draw(...asked);
  }

  new MutationObserver(() => {
    keepFocus();
    keepMap();
  }).observe(document.documentElement, { childList: true, subtree: true });

  /** On the maps of this page a click on an area means the page, not the map page. */
  const report = parts.report;
  parts.report = function (store, id) {
    if (store === "karte-klick" && document.querySelector("#karte[data-wahl=vergleich]")) choose(id);
    else report(store, id);
  };
})();
