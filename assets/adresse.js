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
    window.dash_clientside.set_props(store, { data: { id: area || facility, n: Date.now() } });
  });

  clientside.atlas = Object.assign(clientside.atlas || {}, { showAddress });
})();
