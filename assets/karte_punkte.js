/** Facilities on the WebGL map: which ones, their symbols, and what pointer and keyboard tell about the map. */
(function () {
  "use strict";

  const parts = (window.atlasTeile = window.atlasTeile || {});

  const COARSE = new Set(["place", "municipality"]);
  const UNKNOWN = { icon: "marker", colour: "#4a5468", name: "Einrichtung" };

  /** Show the facilities of `selection` ({categories} or {ids}); none without a selection. */
  parts.showPoints = async function (view, selection) {
    const wanted = JSON.stringify(selection || null);
    if (view.shownPoints === wanted) return;
    view.shownPoints = wanted;
    try {
      const features = await choose(view, selection);
      if (view.shownPoints === wanted) setPoints(view, features);
    } catch (error) {
      view.shownPoints = null;
      view.map.fire("error", { error, sourceId: "punkte" });
    }
  };

  function setPoints(view, features) {
    setSource(view, parts.POINT_SOURCES.inside, features.filter(({ properties }) => properties.inside));
    setSource(view, parts.POINT_SOURCES.outside, features.filter(({ properties }) => !properties.inside));
  }

  /** Give a source its features, unless it has them: each change costs the map a round of laying out symbols. */
  function setSource(view, source, features) {
    const shown = features.map(({ properties, geometry }) => `${properties.id}@${geometry.coordinates}`).join(" ");
    if (view.points[source] === shown) return;
    view.points[source] = shown;
    view.map.getSource(source).setData({ ...parts.EMPTY, features });
  }

  async function choose(view, selection) {
    if (!selection) return [];
    const all = await parts.load(view.config.points);
    const ids = new Set(selection.ids || []);
    const categories = new Set(selection.categories || []);
    const chosen = all.features.filter(({ properties }) => ids.has(properties.id) || categories.has(properties.category));
    await addSymbols(view, new Set(chosen.map((feature) => feature.properties.category)));
    return chosen.map((feature) => ({ ...feature, properties: withSymbol(feature.properties) }));
  }

  function withSymbol(properties) {
    const coarse = COARSE.has(properties.precision) ? "-ungenau" : "";
    return { ...properties, symbol: `${properties.category}${coarse}` };
  }

  // ---------------------------------------------------------------- symbols

  const kind = (view, category) => view.config.icons[category] || UNKNOWN;

  /** Add the symbols of `categories`: white on a disc, or for a location known to the place only the reverse. */
  async function addSymbols(view, categories) {
    const missing = [...categories].filter((category) => !view.map.hasImage(category));
    if (!view.map.hasImage("gruppe")) addImage(view, "gruppe", disc(34, "#1b2440"));
    await Promise.all(missing.map(async (category) => {
      const { icon, colour } = kind(view, category);
      const svg = await fetch(iconUrl(view, icon)).then((response) => (response.ok ? response.text() : ""));
      addImage(view, category, disc(26, colour, await picture(svg, "#ffffff")));
      addImage(view, `${category}-ungenau`, disc(26, "#ffffff", await picture(svg, colour), colour));
    }));
  }

  function addImage(view, name, image) {
    if (!view.map.hasImage(name)) view.map.addImage(name, image, { pixelRatio: 2 });
  }

  const iconUrl = (view, icon) => parts.vendor(view.config, `@mapbox/maki/icons/${icon}.svg`);

  /** An icon in one colour, or null where the file is no picture. */
  async function picture(svg, colour) {
    if (!svg.includes("<svg")) return null;
    const image = new Image(30, 30);
    const coloured = svg.replace("<svg", `<svg fill="${colour}"`).replace(/(width|height)="15"/g, '$1="30"');
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(coloured)}`;
    await image.decode();
    return image;
  }

  /** A disc of `size` CSS pixels at double resolution, ringed so that it stands out on every map colour. */
  function disc(size, colour, icon = null, ring = "#ffffff") {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = size * 2;
    const context = canvas.getContext("2d", { willReadFrequently: true });
    const circle = (radius, fill) => {
      context.beginPath();
      context.arc(size, size, radius, 0, 2 * Math.PI);
      context.fillStyle = fill;
      context.fill();
    };
    circle(size - 1, ring === "#ffffff" ? "#10162b" : "#ffffff");
    circle(size - 2.5, ring);
    circle(size - 6, colour);
    if (icon) context.drawImage(icon, size - 15, size - 15, 30, 30);
    return context.getImageData(0, 0, canvas.width, canvas.height);
  }

  // ---------------------------------------------------------------- what popups say

  parts.textContent = (text) => parts.element("div", "karte-tipp", text);

  function areaContent(view, feature) {
    const text = parts.areaText(view, feature.id);
    return parts.element("div", "karte-tipp",
      parts.element("strong", "", feature.properties.name), ...(text ? [parts.element("div", "", text)] : []));
  }

  function pointContent(view, properties) {
    const { icon, colour, name } = kind(view, properties.category);
    const image = parts.element("img", "");
    image.src = iconUrl(view, icon);
    image.alt = "";
    const sign = parts.element("span", "karte-symbol", image);
    sign.style.background = colour;
    const closed = parts.isClosed(view, properties.id) ? ["im Szenario geschlossen"] : [];
    const lines = [[name, properties.place].filter(Boolean).join(" · "), ...closed, ...doubts(properties)];
    return parts.element("div", "karte-tipp mit-symbol", sign, parts.element("div", "",
      parts.element("strong", "", properties.name), ...lines.map((line) => parts.element("div", "", line))));
  }

  function doubts(properties) {
    return [
      COARSE.has(properties.precision) && "Lage nur auf den Ort genau",
      properties.check && "prüfen: Bestand oder Adresse nicht gesichert",
    ].filter(Boolean);
  }

  /** A list of facilities that lie on one spot; each line chooses one. */
  function listContent(view, features) {
    const items = features.map(({ properties }) => {
      const button = parts.element("button", "karte-eintrag", properties.name);
      button.type = "button";
      button.addEventListener("click", () => choosePoint(properties.id));
      return parts.element("li", "", button);
    });
    return parts.element("div", "karte-tipp",
      parts.element("strong", "", `${features.length} Einrichtungen an dieser Stelle`),
      parts.element("ul", "karte-liste", ...items));
  }

  /** Open the one popup of the map at `at`; it replaces the popup before. */
  parts.popup = function (view, at, content, options = {}) {
    view.popup?.remove();
    view.popup = new view.maplibre.Popup({
      closeButton: false, closeOnClick: false, maxWidth: "300px", offset: 12, className: "karte-popup", ...options,
    }).setLngLat(at).setDOMContent(content).addTo(view.map);
    view.pinned = Boolean(options.closeButton);
  };

  function closePopup(view, pinnedToo) {
    if (view.pinned && !pinnedToo) return;
    view.popup?.remove();
    view.popup = null;
    view.pinned = false;
  }

  // ---------------------------------------------------------------- pointer and keyboard

  /** Listen to pointer and keys until `view.stop()`. */
  parts.listen = function (view) {
    const { map } = view;
    const controller = new AbortController();
    view.stop = () => controller.abort();
    map.on("mousemove", (event) => hover(view, event));
    map.on("mouseout", () => leaveArea(view));
    map.on("click", (event) => click(view, event.point, event.lngLat));
    map.getCanvas().addEventListener("keydown", (event) => {
      if (event.key === "Enter") chooseCentre(view);
    }, { signal: controller.signal });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") closePopup(view, true);
    }, { signal: controller.signal });
  };

  /** What lies under a pixel: a group, a facility, an area of the shown level, or undefined. */
  function under(view, point) {
    const opened = parts.openedAt(view, point);
    if (opened) return opened;
    const symbols = view.map.queryRenderedFeatures(point, { layers: parts.POINT_LAYERS });
    if (symbols.length || !view.level) return symbols[0];
    return view.map.queryRenderedFeatures(point, { layers: [view.areaLayer] })[0];
  }

  const isGroup = (feature) => feature.layer.id.endsWith("-gruppen");
  const isPoint = (feature) => feature.layer.id.startsWith("punkte") && !isGroup(feature);
  const isOpened = (feature) => feature.layer.id === parts.OPENED;
  const isArea = (view, feature) => feature.layer.id === view.areaLayer;

  function hover(view, event) {
    if (!view.level) return;
    const feature = under(view, event.point);
    view.map.getCanvas().style.cursor = feature ? "pointer" : "";
    parts.mark(view, { hover: feature && isArea(view, feature) ? feature.id : null });
    if (view.pinned) return;
    if (!feature) return closePopup(view);
    const at = isArea(view, feature) ? event.lngLat : feature.geometry.coordinates;
    const what = `${feature.layer.id}/${feature.id}`;
    if (view.popup && view.popupOf === what) return void view.popup.setLngLat(at);
    view.popupOf = what;
    parts.popup(view, at, content(view, feature));
  }

  function content(view, feature) {
    if (isGroup(feature)) {
      return parts.textContent(`${feature.properties.point_count} Einrichtungen – zum Vergrößern klicken`);
    }
    if (isOpened(feature)) return parts.textContent(feature.properties.name);
    return isPoint(feature) ? pointContent(view, feature.properties) : areaContent(view, feature);
  }

  function leaveArea(view) {
    if (!view.level) return;
    parts.mark(view, { hover: null });
    closePopup(view);
  }

  function click(view, point, at) {
    closePopup(view, true);
    const feature = under(view, point);
    if (feature && isGroup(feature)) return void openGroup(view, feature);
    if (!feature || !isPoint(feature)) parts.report("karte-stelle", spotOf(at));
    if (!feature) return;
    view.popupOf = `${feature.layer.id}/${feature.id}`;
    parts.popup(view, isArea(view, feature) ? at : feature.geometry.coordinates, content(view, feature));
    if (isPoint(feature)) choosePoint(feature.properties.id);
    else if (isArea(view, feature)) parts.report("karte-klick", feature.id);
  }

  /** A place as the address of the page writes it: degrees to about one metre. */
  const spotOf = ({ lng, lat }) => `punkt:${lng.toFixed(5)}_${lat.toFixed(5)}`;

  /** Tell the page which facility was chosen: as an entry, or as a place to start from; the map says which it hears. */
  function choosePoint(id) {
    parts.report("karte-punkt", id);
    parts.report("karte-stelle", `einr:${id}`);
  }

  /** Zoom into a group; where its members lie on one spot, list them instead. */
  async function openGroup(view, feature) {
    const source = view.map.getSource(feature.source);
    const group = feature.properties.cluster_id;
    const centre = feature.geometry.coordinates;
    const zoom = await source.getClusterExpansionZoom(group);
    if (zoom <= 16) return void view.map.easeTo({ center: centre, zoom: zoom + 0.3 });
    const members = await source.getClusterLeaves(group, 200, 0);
    parts.popup(view, centre, listContent(view, members), { closeButton: true });
  }

  /** Enter on the map chooses what the cross in its middle points at. */
  function chooseCentre(view) {
    const { clientWidth, clientHeight } = view.map.getCanvas();
    click(view, [clientWidth / 2, clientHeight / 2], view.map.getCenter());
  }
})();
