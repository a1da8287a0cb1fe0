/**
 * What a scenario closes and opens: signs over the map, in the document. The facilities underneath stay as they are,
 * so that a scenario costs the map no round of laying out symbols.
 */
(function () {
  "use strict";

  const parts = (window.atlasTeile = window.atlasTeile || {});

  const NEAR = 14; // pixels

  parts.OPENED = "szenario-neu";

  /** Show `changes`, a list of {id, name, closed, at: [lon, lat]}; nothing without one. */
  parts.showScenario = function (view, changes = []) {
    if (JSON.stringify(changes) === JSON.stringify(view.changes.map(({ change }) => change))) return;
    for (const { marker } of view.changes) marker.remove();
    view.changes = changes.map((change) => ({
      change,
      marker: new view.maplibre.Marker({ element: sign(change) }).setLngLat(change.at).addTo(view.map),
    }));
  };

  function sign({ name, closed }) {
    const element = parts.element("div", `karte-zeichen ${closed ? "zu" : "neu"}`);
    element.setAttribute("role", "img");
    element.setAttribute("aria-label", closed ? `${name}: im Szenario geschlossen` : name);
    return element;
  }

  parts.isClosed = (view, id) => view.changes.some(({ change }) => change.closed && change.id === id);

  /** The new facility under a pixel as a feature of a layer of its own, or undefined. */
  parts.openedAt = function (view, point) {
    const [x, y] = Array.isArray(point) ? point : [point.x, point.y];
    const hit = view.changes.find(({ change }) => {
      const at = view.map.project(change.at);
      return !change.closed && Math.hypot(at.x - x, at.y - y) < NEAR;
    })?.change;
    return hit && {
      id: hit.id, layer: { id: parts.OPENED }, properties: { name: hit.name }, geometry: { coordinates: hit.at },
    };
  };
})();
