/**
 * The WebGL map: MapLibre, driven by values. Geometry is loaded once per level from a cached address;
 * after that a change of indicator only sets the feature-state of the areas whose colour has changed.
 */
(function () {
  "use strict";

  const parts = (window.atlasTeile = window.atlasTeile || {});
  const noMotion = window.matchMedia("(prefers-reduced-motion: reduce)");
  const touch = window.matchMedia("(pointer: coarse)");

  /** The `n` of the place flown to last, so that a map built anew does not fly there again. */
  let flownTo;

  parts.absolute = (url) => new URL(url, window.location.href).href;
  parts.vendor = (config, path) => parts.absolute(config.vendor + path);

  /** Build the map in `place.container`; resolves to {show, remove} once values can be set. */
  parts.buildMap = async function (place, config) {
    const maplibre = await import(parts.vendor(config, "maplibre-gl/dist/maplibre-gl.mjs"));
    const host = parts.element("div", "karte-flaeche");
    place.container.prepend(host);
    const map = new maplibre.Map({
      container: host, style: parts.baseStyle(config), locale: parts.LOCALE, attributionControl: false,
      bounds: config.bounds, fitBoundsOptions: { padding: padding(place.container) }, minZoom: 6.5, maxZoom: 17, fadeDuration: 0,
      cooperativeGestures: touch.matches, dragRotate: false, pitchWithRotate: false, touchPitch: false,
      canvasContextAttributes: { preserveDrawingBuffer: true }, // else the page prints without its map
    });
    map.keyboard.disableRotation();
    map.touchZoomRotate.disableRotation();
    map.getCanvas().setAttribute("aria-describedby", place.container.dataset.text);
    addControls(map, maplibre, config, place.container);
    const view = {
      map, maplibre, config, status: place.status,
      levels: new Map(), level: null, payload: null, texts: [], marks: {}, points: {}, changes: [], key: null,
    };
    reportErrors(view);
    await loaded(map);
    window.atlasKarte = map;
    map.addImage(parts.HATCH, hatchImage(), { pixelRatio: 2 });
    parts.listen(view);
    map.on("render", () => uncover(view));
    map.on("idle", () => view.key !== null && parts.drawn(view.key));
    return { show: (payload) => show(view, payload), remove: () => remove(view) };
  };

  /** MapLibre's "load" waits for every source; the style alone is enough to set values. */
  function loaded(map) {
    return new Promise((resolve) => map.once("style.load", resolve));
  }

  /** Take the loading text away as soon as areas are to be seen; names and facilities may follow. */
  function uncover(view) {
    if (view.seen || !view.level || !view.map.isSourceLoaded(view.level.source)) return;
    view.seen = true;
    view.status.clear();
  }

  function remove(view) {
    view.gone = true;
    view.stop();
    view.map.remove();
    if (window.atlasKarte === view.map) delete window.atlasKarte;
  }

  // ---------------------------------------------------------------- what a payload changes

  async function show(view, payload) {
    view.key = null;
    view.payload = payload;
    await addLevel(view, payload.level);
    if (view.gone || view.payload !== payload) return;
    view.texts = payload.texts;
    showLevel(view, payload.level);
    paint(view, payload);
    mark(view, { selected: payload.selected, compare: payload.compare });
    flyTo(view, payload.focus);
    parts.showCircles(view, payload.circles);
    parts.showReach(view, payload.reach);
    parts.showScenario(view, payload.scenario);
    await parts.showPoints(view, payload.points);
    if (view.gone || view.payload !== payload) return;
    view.key = payload.key;
    view.map.redraw(); // now, not with the next frame: nobody waits for a value that is already there
  }

  /** Load the shapes of `level` and draw them without values; only on the first time it is asked for. */
  async function addLevel(view, level) {
    if (view.levels.has(level)) return;
    const shapes = await parts.load(view.config.geo[level]);
    if (view.levels.has(level) || view.gone) return;
    const source = `gebiete-${level}`;
    view.map.addSource(source, { type: "geojson", data: shapes, promoteId: "id" });
    for (const layer of parts.areaLayers(source)) view.map.addLayer(layer, parts.ANCHOR);
    const ids = shapes.features.map((feature) => feature.properties.id);
    const byId = new Map(shapes.features.map((feature) => [feature.properties.id, feature]));
    view.levels.set(level, { source, ids, shapes: byId, painted: ids.map(() => ({})) });
  }

  function showLevel(view, name) {
    const level = view.levels.get(name);
    if (view.level === level) return;
    if (view.level) setVisible(view, view.level, "none");
    setVisible(view, level, "visible");
    view.level = level;
    view.areaLayer = `${level.source}-flaeche`;
  }

  function setVisible(view, level, visibility) {
    for (const { id } of parts.areaLayers(level.source)) view.map.setLayoutProperty(id, "visibility", visibility);
  }

  /**
   * Set colour and hatching of the areas that do not look so already. `classes` holds one sign per area in the
   * order of the geometry: the place of its colour in `colours` (to the base 36), or "-" for no value.
   */
  function paint(view, { classes, colours, hatch }) {
    const { source, ids, painted } = view.level;
    const hatched = new Set(hatch);
    ids.forEach((id, i) => {
      const colour = colours[parseInt(classes[i], 36)] ?? null;
      const now = { colour, hatched: hatched.has(i) };
      if (painted[i].colour === now.colour && painted[i].hatched === now.hatched) return;
      painted[i] = now;
      view.map.setFeatureState({ source, id }, now);
    });
  }

  /** The text of an area of the shown level, or undefined. */
  parts.areaText = (view, id) => view.texts[view.level.ids.indexOf(id)];

  /** Outline areas of the shown level: `marks` changes which are selected, compared, hovered (id or null). */
  function mark(view, marks) {
    Object.assign(view.marks, marks);
    const wanted = view.level.source + JSON.stringify(view.marks);
    if (view.marked === wanted) return;
    view.marked = wanted;
    const features = Object.entries(view.marks)
      .filter(([, id]) => view.level.shapes.has(id))
      .map(([role, id]) => ({ ...view.level.shapes.get(id), properties: { role } }));
    view.map.getSource(parts.MARKS).setData({ ...parts.EMPTY, features });
  }
  parts.mark = mark;

  /** Go to a place or facility once per `n`; jump where the reader wants no motion. */
  function flyTo(view, focus) {
    if (focus?.n === flownTo) return;
    flownTo = focus?.n;
    if (!focus) return;
    const camera = { center: [focus.lon, focus.lat], zoom: focus.zoom || 13.5 };
    if (noMotion.matches) view.map.jumpTo(camera);
    else view.map.flyTo({ ...camera, duration: 1200 });
    if (focus.label) parts.popup(view, camera.center, parts.textContent(focus.label), { closeButton: true });
  }

  // ---------------------------------------------------------------- furniture

  /** Room around the Kreis; on the left as much as the legend takes where it lies over a wide map. */
  function padding(container) {
    const legend = container.closest(".karte-mitte")?.querySelector(".legende");
    const over = legend && getComputedStyle(legend).position === "absolute";
    const left = over && container.clientWidth > 480 ? Math.min(legend.offsetWidth, 280) : 20;
    return { top: 20, right: 20, bottom: 20, left };
  }

  function addControls(map, maplibre, config, container) {
    const frame = container.closest(".karte-mitte") || container;
    map.addControl(new maplibre.NavigationControl({ showCompass: false }), "top-right");
    map.addControl(new maplibre.FullscreenControl({ container: frame }), "top-right");
    map.addControl(resetControl(config, container), "top-left");
    map.addControl(new maplibre.ScaleControl({ unit: "metric", maxWidth: 110 }), "bottom-left");
    map.addControl(new maplibre.AttributionControl({ customAttribution: config.attribution }), "bottom-right");
  }

  /** A button that brings the whole Kreis back into view. */
  function resetControl(config, container) {
    const box = parts.element("div", "maplibregl-ctrl maplibregl-ctrl-group");
    return {
      onAdd(map) {
        const button = parts.element("button", "karte-ganz", "Ganzer Kreis");
        button.type = "button";
        button.addEventListener("click", () =>
          map.fitBounds(config.bounds, { padding: padding(container), animate: !noMotion.matches }));
        box.append(button);
        return box;
      },
      onRemove: () => box.remove(),
    };
  }

  /** Slanted lines, dark beside white, so that they show on light and on dark colours alike. */
  function hatchImage() {
    const size = 18;
    const data = new Uint8ClampedArray(size * size * 4);
    for (let i = 0; i < size * size; i++) {
      const across = ((i % size) + Math.floor(i / size)) % size;
      if (across < 3) data.set([45, 55, 75, 255], i * 4);
      else if (across < 6) data.set([255, 255, 255, 255], i * 4);
    }
    return { width: size, height: size, data };
  }

  // ---------------------------------------------------------------- errors

  const MISSING_EXTRA = "Nachbarkreise, Ortsnamen, Einrichtungen oder Grundkarte konnten nicht geladen werden. " +
    "Die Werte der Gebiete sind davon nicht berührt.";

  /** Say what is missing when something beside the areas cannot be loaded; the areas themselves fail in `show`. */
  function reportErrors(view) {
    view.map.on("error", (event) => {
      if (event.sourceId) view.status.note(MISSING_EXTRA);
      else console.error(event.error);
    });
  }
})();
