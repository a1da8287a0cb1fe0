/** What the WebGL map looks like: style, layers, German texts of its controls. Data only, no behaviour. */
(function () {
  "use strict";

  const parts = (window.atlasTeile = window.atlasTeile || {});

  const FONT = ["Fira Sans Medium", "Fira Sans", "Arial", "sans-serif"];
  const INK = "#10162b";
  const QUIET = "#545e71";
  const NO_VALUE = "#e3e3e3";
  const HALO = { "text-halo-color": "#ffffff", "text-halo-width": 1.8 };
  const OUTSIDE_FROM = 10.2;
  const EMPTY = (parts.EMPTY = { type: "FeatureCollection", features: [] });

  parts.POINT_SOURCES = { inside: "punkte", outside: "punkte-aussen" };
  parts.POINT_LAYERS = ["punkte-gruppen", "punkte", "punkte-aussen-gruppen", "punkte-aussen"];
  parts.HATCH = "schraffur"; // the image
  parts.MARKS = "hervorhebung";
  parts.ANCHOR = "anker"; // a layer without a picture: areas are inserted below it, roads lie above it

  parts.LOCALE = {
    "AttributionControl.ToggleAttribution": "Quellenangaben ein- oder ausblenden",
    "CooperativeGesturesHandler.MobileHelpText": "Karte mit zwei Fingern bewegen",
    "CooperativeGesturesHandler.WindowsHelpText": "Zum Zoomen Strg-Taste halten und scrollen",
    "CooperativeGesturesHandler.MacHelpText": "Zum Zoomen ⌘ halten und scrollen",
    "FullscreenControl.Enter": "Vollbild",
    "FullscreenControl.Exit": "Vollbild beenden",
    "Map.Title": "Interaktive Karte",
    "Marker.Title": "Markierung",
    "NavigationControl.ZoomIn": "Vergrößern",
    "NavigationControl.ZoomOut": "Verkleinern",
    "Popup.Close": "Schließen",
    "ScaleControl.Kilometers": "km",
    "ScaleControl.Meters": "m",
  };

  /** The style before any value is known: neighbours, names, and empty sources for facilities. No `glyphs`. */
  parts.baseStyle = function (config) {
    const geojson = (url) => ({ type: "geojson", data: url ? parts.absolute(url) : EMPTY });
    const ground = parts.ground(config.basemap);
    return {
      version: 8,
      sources: {
        kontext: geojson(config.context),
        orte: geojson(config.places),
        umriss: geojson(config.geo.kreis),
        [parts.MARKS]: geojson(),
        punkte: facilities(), "punkte-aussen": facilities(),
        ...ground.sources,
      },
      layers: [
        { id: "grund", type: "background", paint: { "background-color": "#e6e9f0" } },
        ...ground.under,
        { id: "kontext-linie", type: "line", source: "kontext", paint: { "line-color": "#bcc5d3", "line-width": 1 } },
        { id: parts.ANCHOR, type: "background", layout: { visibility: "none" } },
        ...ground.over,
        ...overlays(), contextLabels(), placeLabels(),
        points("punkte-aussen", { minzoom: OUTSIDE_FROM }), clusters("punkte-aussen", { minzoom: OUTSIDE_FROM }),
        points("punkte"), clusters("punkte"),
      ],
    };
  };

  const facilities = () =>
    ({ type: "geojson", data: EMPTY, promoteId: "id", cluster: true, clusterRadius: 45, clusterMaxZoom: 16 });

  /** Names of the neighbours, at the point the server chose (`lon`, `lat`) or inside the shape. */
  function contextLabels() {
    return {
      id: "beschriftung-kontext", type: "symbol", source: "kontext",
      layout: {
        "text-field": ["get", "name"], "text-font": ["Fira Sans", "Arial", "sans-serif"], "text-size": 13,
        "text-letter-spacing": 0.08, "text-padding": 6, "text-max-width": 9,
      },
      paint: { "text-color": "#5b6578", "text-halo-color": "#f4f6f9", "text-halo-width": 1.4 },
    };
  }

  /** Place names: the more important first (rank 1), dodging symbols where they can. */
  function placeLabels() {
    const people = ["coalesce", ["get", "population"], 0];
    return {
      id: "orte", type: "symbol", source: "orte",
      filter: ["any", ["!=", ["get", "inside"], false], [">=", people, ["step", ["zoom"], 5000, OUTSIDE_FROM, 0]]],
      layout: {
        "text-field": ["get", "name"], "text-font": FONT,
        "text-size": ["interpolate", ["linear"], people, 0, 12, 3000, 13.5, 20000, 16],
        "symbol-sort-key": ["coalesce", ["get", "rank"], 99],
        "text-variable-anchor": ["center", "bottom", "top", "left", "right"],
        "text-radial-offset": 1.5, "text-padding": 3,
      },
      paint: { "text-color": ["case", ["==", ["get", "inside"], false], QUIET, INK], ...HALO },
    };
  }

  /** Single facilities; those outside the Kreis only show when the reader has come closer. */
  function points(source, more = {}) {
    return {
      id: source, type: "symbol", source, filter: ["!", ["has", "point_count"]], ...more,
      layout: { "icon-image": ["get", "symbol"], "icon-allow-overlap": true },
    };
  }

  function clusters(source, more = {}) {
    return {
      id: `${source}-gruppen`, type: "symbol", source, filter: ["has", "point_count"], ...more,
      layout: {
        "icon-image": "gruppe", "icon-allow-overlap": true, "text-allow-overlap": true,
        "icon-size": ["step", ["get", "point_count"], 0.8, 10, 0.92, 100, 1.1],
        "text-field": ["number-format", ["get", "point_count"], { locale: "de-DE" }],
        "text-font": FONT, "text-size": ["step", ["get", "point_count"], 13, 100, 14],
      },
      paint: { "text-color": "#ffffff" },
    };
  }

  /** The layers of one level. Colour and hatching hang on feature-state alone, so a new indicator loads nothing. */
  parts.areaLayers = function (source) {
    return [
      { id: `${source}-flaeche`, type: "fill", source,
        paint: { "fill-color": ["coalesce", ["feature-state", "colour"], NO_VALUE] } },
      { id: `${source}-schraffur`, type: "fill", source,
        paint: { "fill-pattern": parts.HATCH,
          "fill-opacity": ["case", ["boolean", ["feature-state", "hatched"], false], 1, 0] } },
      { id: `${source}-rand`, type: "line", source, paint: { "line-color": "#ffffff", "line-width": 0.8 } },
    ];
  };

  /** The outlines over the areas, each drawn from the few shapes it concerns. */
  function overlays() {
    const line = (role, colour, width, more = {}) => ({
      id: `hervorhebung-${role}-${width}`, type: "line", source: parts.MARKS, filter: ["==", ["get", "role"], role],
      layout: { "line-join": "round" }, paint: { "line-color": colour, "line-width": width, ...more },
    });
    return [
      { id: "umriss", type: "line", source: "umriss", paint: { "line-color": "#4a5468", "line-width": 1.6 } },
      line("hover", INK, 1.8),
      line("compare", "#ffffff", 6), line("compare", INK, 3, { "line-dasharray": [2, 1.4] }),
      line("selected", "#ffffff", 7), line("selected", INK, 3.6),
    ];
  }
})();
