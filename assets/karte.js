/**
 * The map of a page: `dash_clientside.atlas.draw(payload, config)`.
 *
 * This file knows when a map lives: it is built on the first draw into #karte, kept while that element stays,
 * and removed when it goes. What a map is made of: karte_gl.js (WebGL) or karte_bild.js (picture of the server).
 * The parts are plain scripts that meet in `window.atlasTeile`.
 */
(function () {
  "use strict";

  const CONTAINER = "karte";
  const FAILED = "Die Karte konnte nicht geladen werden. Bleibt diese Meldung beim nächsten Versuch, antwortet der " +
    "Server des Sozialatlas nicht oder seine Daten fehlen. Die Tabelle zeigt dieselben Werte.";
  const WEBGL_OFF = new URLSearchParams(window.location.search).get("webgl") === "aus";

  const parts = (window.atlasTeile = window.atlasTeile || {});
  const clientside = (window.dash_clientside = window.dash_clientside || {});

  /** The map on the page: {container, view, ready}, or null. `wanted` is the newest payload. */
  let current = null;
  let wanted = null;

  /** Hand `payload` to the map of the page, building the map first where needed; return the payload's key. */
  async function draw(payload, config) {
    const container = document.getElementById(CONTAINER);
    if (!payload || !config || !container) return window.dash_clientside.no_update;
    wanted = payload;
    const place = placeFor(container, config);
    try {
      const view = await place.ready;
      if (place === current) await view.show(wanted);
    } catch (error) {
      if (place === current) fail(place, config, error);
    }
    return payload.key;
  }

  function placeFor(container, config) {
    if (current && current.container === container) return current;
    leave();
    const place = { container, view: null, status: parts.status(container) };
    current = place;
    place.status.say("Karte wird geladen …");
    place.ready = build(place, config);
    watch.observe(document.body, { childList: true, subtree: true });
    return place;
  }

  async function build(place, config) {
    const view = await firstThatWorks(place, config);
    place.view = view;
    if (place !== current) view.remove();
    return view;
  }

  /** The WebGL map, or the picture where there is no WebGL 2 (virtual desktops, old drivers, `?webgl=aus`). */
  async function firstThatWorks(place, config) {
    if (WEBGL_OFF || !parts.hasWebGL()) return parts.buildImage(place, config);
    try {
      return await parts.buildMap(place, config);
    } catch (error) {
      if (error.name !== "GPUInitializationError") throw error;
      return parts.buildImage(place, config);
    }
  }

  function fail(place, config, error) {
    console.error(error);
    place.status.fail(FAILED, () => {
      const payload = wanted;
      leave();
      draw(payload, config);
    });
  }

  /** Remove the map of a page that has gone. */
  function leave() {
    if (!current) return;
    watch.disconnect();
    if (current.view) current.view.remove();
    current.container.replaceChildren();
    current = null;
    delete document.documentElement.dataset.karte;
  }

  const watch = new MutationObserver(() => {
    if (current && !current.container.isConnected) leave();
  });

  /** Tell whether the browser draws WebGL 2, which the map needs. */
  parts.hasWebGL = function () {
    const context = document.createElement("canvas").getContext("webgl2");
    if (!context) return false;
    context.getExtension("WEBGL_lose_context")?.loseContext();
    return true;
  };

  const HEARD = {
    "karte-punkt": "#karte[data-punkte]", "karte-klick": "#karte[data-gebiete]", "karte-stelle": "#karte[data-stellen]",
  };

  const loads = new Map();

  /** Return the JSON at `url`, fetched once and kept over page changes. */
  parts.load = function (url) {
    if (!loads.has(url)) {
      const answer = fetch(url).then((response) => {
        if (!response.ok) throw new Error(`${url}: ${response.status}`);
        return response.json();
      });
      answer.catch(() => loads.delete(url));
      loads.set(url, answer);
    }
    return loads.get(url);
  };

  /** Tell Dash what was clicked; `n` makes a second click on the same thing an event of its own. */
  parts.report = function (store, id) {
    // Not every page listens to all: the map says which clicks mean something.
    if (!document.querySelector(HEARD[store])) return;
    window.dash_clientside.set_props(store, { data: { id, n: Date.now() } });
  };

  /** Tell tests (and nobody else) which payload is on the screen. */
  parts.drawn = function (key) {
    document.documentElement.dataset.karte = key;
  };

  /** Return an element of class `name` holding `content` (text, node or a list of them). */
  parts.element = function (tag, name, ...content) {
    const node = document.createElement(tag);
    if (name) node.className = name;
    node.append(...content);
    return node;
  };

  /** The line over the map that says it is loading, or why it is not there. */
  parts.status = function (container) {
    const box = parts.element("div", "karte-status");
    const notes = parts.element("div", "karte-notizen");
    box.setAttribute("role", "status");
    notes.setAttribute("role", "status");
    container.append(box, notes);
    return {
      say: (text) => box.replaceChildren(parts.element("span", "karte-laedt", text)),
      clear: () => box.replaceChildren(),
      note: (text) => notes.replaceChildren(parts.element("p", "karte-hinweis", text)),
      fail(text, retry) {
        const button = parts.element("button", "btn sec", "Erneut versuchen");
        button.type = "button";
        button.addEventListener("click", retry);
        box.replaceChildren(parts.element("p", "notiz notiz-fehler", text), button);
      },
    };
  };

  clientside.atlas = Object.assign(clientside.atlas || {}, { draw });
})();
