/** Circles for absolute numbers: one in each area of the shown level, its area grows with the number. */
(function () {
  "use strict";

  const parts = (window.atlasTeile = window.atlasTeile || {});

  const SOURCE = "kreise";

  /** Show circles of these radii (pixels, in the order of the areas); nothing without any. */
  parts.showCircles = function (view, radii = []) {
    const wanted = radii.length ? view.level.source + radii.join(" ") : "";
    if ((view.circles || "") === wanted) return;
    view.circles = wanted;
    if (!view.map.getSource(SOURCE)) addLayer(view.map);
    const features = radii.map((radius, i) => circle(view, radius, i)).filter(({ properties }) => properties.radius > 0);
    features.sort((a, b) => b.properties.radius - a.properties.radius); // small ones lie on top
    view.map.getSource(SOURCE).setData({ ...parts.EMPTY, features });
  };

  function circle(view, radius, i) {
    const { lon, lat } = view.level.shapes.get(view.level.ids[i]).properties;
    return { type: "Feature", properties: { radius }, geometry: { type: "Point", coordinates: [lon, lat] } };
  }

  function addLayer(map) {
    map.addSource(SOURCE, { type: "geojson", data: parts.EMPTY });
    map.addLayer({
      id: SOURCE, type: "circle", source: SOURCE,
      paint: {
        "circle-radius": ["get", "radius"], "circle-color": "#f5b041", "circle-opacity": 0.9,
        "circle-stroke-color": "#16213a", "circle-stroke-width": 1,
      },
    }, "beschriftung-kontext");
  }
})();
