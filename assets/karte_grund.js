/**
 * The quiet map from OpenStreetMap around and over the areas, where the dataset has one. Data only, no behaviour.
 * Woods, water and settlements lie under the areas; roads, railways and rivers over them, thin, so that the colours
 * of the areas can still be read.
 */
(function () {
  "use strict";

  const parts = (window.atlasTeile = window.atlasTeile || {});

  const FILLS = { siedlung: "#d9d7dc", wald: "#d3e0d2", wasser: "#bfd5e8" }; // in the order in which they are drawn
  const RIVER = "#6f9cc4";
  const ROAD = "#717a8a";
  const RAIL = "#4d5666";
  const CASING = "#ffffff";
  const CASING_OPACITY = ["interpolate", ["linear"], ["zoom"], 9.5, 0.25, 12.5, 0.7]; // from afar it looks like a border
  // Widths in pixels at the zooms in WIDTH_AT; a class is drawn from its zoom on, the last one on top.
  const WIDTH_AT = [8, 12, 16];
  const ROADS = [
    { id: "ortsstrasse", widths: [0.2, 0.5, 2.4], from: 12.5 },
    { id: "landstrasse", widths: [0.4, 0.8, 3], from: 10 },
    { id: "bundesstrasse", widths: [0.6, 1.2, 4], from: 8 },
    { id: "autobahn", widths: [1.1, 2, 6], from: 6 },
  ];

  /** The sources and layers of `basemap` ({layers: {name: url}, attribution}); nothing without one. */
  parts.ground = function (basemap) {
    const url = (layer) => basemap?.layers[layer.source.replace("grund-", "")];
    const under = fills().filter(url);
    const over = [river(), ...ROADS.map(casing), ...ROADS.map(road), ...rails()].filter(url);
    const sources = {};
    for (const layer of [...under, ...over]) {
      sources[layer.source] = { type: "geojson", data: parts.absolute(url(layer)), attribution: basemap.attribution };
    }
    return { sources, under, over };
  };

  function fills() {
    return Object.entries(FILLS).map(([name, colour]) => ({
      id: `grund-${name}`, type: "fill", source: `grund-${name}`,
      paint: { "fill-color": colour, "fill-antialias": false },
    }));
  }

  const byZoom = (widths, more = 0) =>
    ["interpolate", ["exponential", 1.4], ["zoom"], ...WIDTH_AT.flatMap((zoom, i) => [zoom, widths[i] + more])];

  function line(id, name, paint, more = {}) {
    const layout = { "line-join": "round", "line-cap": "round", ...more.layout };
    return { id: `grund-${id}`, type: "line", source: `grund-${name}`, ...more, layout, paint };
  }

  const river = () => line("fluss", "fluss",
    { "line-color": RIVER, "line-width": byZoom([0.5, 1.2, 4]), "line-opacity": 0.75 });

  const ofClass = ({ id, from }) => ({ filter: ["==", ["get", "class"], id], minzoom: from });

  const casing = (kind) => line(`${kind.id}-saum`, "strassen",
    { "line-color": CASING, "line-width": byZoom(kind.widths, 1.4), "line-opacity": CASING_OPACITY }, ofClass(kind));

  const road = (kind) => line(kind.id, "strassen",
    { "line-color": ROAD, "line-width": byZoom(kind.widths), "line-opacity": 0.85 }, ofClass(kind));

  /** A railway is a dark line with white sleepers; trams show from close by only. */
  function rails() {
    const train = { filter: ["==", ["get", "class"], "bahn"] };
    const tram = { filter: ["==", ["get", "class"], "strassenbahn"], minzoom: 12.5 };
    return [
      line("bahn-saum", "bahn",
        { "line-color": CASING, "line-width": byZoom([1.6, 2.6, 4.6]), "line-opacity": CASING_OPACITY }, train),
      line("bahn", "bahn", { "line-color": RAIL, "line-width": byZoom([0.8, 1.4, 3]) }, train),
      line("bahn-schwellen", "bahn",
        { "line-color": CASING, "line-width": byZoom([0.3, 0.7, 1.8]), "line-dasharray": [5, 5] },
        { ...train, minzoom: 10, layout: { "line-cap": "butt" } }),
      line("strassenbahn", "bahn", { "line-color": RAIL, "line-width": byZoom([0.3, 0.5, 1.4]), "line-opacity": 0.7 }, tram),
    ];
  }
})();
