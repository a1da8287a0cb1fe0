/** What lies within reach of a place: bands of minutes over the areas, and a sign where one stands. */
(function () {
  "use strict";

  const parts = (window.atlasTeile = window.atlasTeile || {});

  const SOURCE = "reichweite";
  const SPOT = "reichweite-stelle";
  const NONE = { bands: [], spot: null };

  /** Show `reach` ({bands: [{colour, minutes, geometry}], spot: [lon, lat]}); nothing without one. */
  parts.showReach = function (view, reach) {
    const shown = reach || NONE;
    if (!view.map.getSource(SOURCE)) {
      if (!shown.spot) return;
      addLayers(view.map);
    }
    view.map.getSource(SOURCE).setData({ ...parts.EMPTY, features: shown.bands.map(band) });
    view.map.getSource(SPOT).setData({ ...parts.EMPTY, features: shown.spot ? [spot(shown.spot)] : [] });
    const where = JSON.stringify(shown.spot);
    if (view.reachAt !== where) goTo(view, shown);
    view.reachAt = where;
  };

  const band = ({ colour, minutes, geometry }) => ({ type: "Feature", properties: { colour, minutes }, geometry });
  const spot = (at) => ({ type: "Feature", properties: {}, geometry: { type: "Point", coordinates: at } });

  function addLayers(map) {
    map.addSource(SOURCE, { type: "geojson", data: parts.EMPTY });
    map.addSource(SPOT, { type: "geojson", data: parts.EMPTY });
    map.addLayer({
      id: "reichweite-flaeche", type: "fill", source: SOURCE,
      paint: { "fill-color": ["get", "colour"], "fill-opacity": 0.72 },
    }, parts.ANCHOR);
    map.addLayer({
      id: "reichweite-rand", type: "line", source: SOURCE, layout: { "line-join": "round" },
      paint: { "line-color": "#0b2e57", "line-width": ["interpolate", ["linear"], ["zoom"], 8, 0.5, 13, 1.4] },
    }, parts.ANCHOR);
    const disc = (id, radius, colour) => ({
      id, type: "circle", source: SPOT, paint: { "circle-radius": radius, "circle-color": colour },
    });
    for (const layer of [disc("stelle-rand", 11, "#ffffff"), disc("stelle", 9, "#10162b"), disc("stelle-mitte", 3.5, "#ffffff")]) {
      map.addLayer(layer);
    }
  }

  /** Bring the whole reach into view, once per place. */
  function goTo(view, { bands, spot }) {
    if (!spot) return;
    const corners = bands.length ? bands[0].geometry.coordinates.flat(3) : spot;
    const lon = corners.filter((_, i) => i % 2 === 0);
    const lat = corners.filter((_, i) => i % 2 === 1);
    const bounds = [[least(lon), least(lat)], [most(lon), most(lat)]];
    view.map.fitBounds(bounds, { padding: 40, maxZoom: 14, animate: false });
  }

  const least = (values) => values.reduce((a, b) => Math.min(a, b));
  const most = (values) => values.reduce((a, b) => Math.max(a, b));
})();
