/** The map without WebGL: the picture drawn by the server, with the same clicks, keys and texts. */
(function () {
  "use strict";

  const parts = (window.atlasTeile = window.atlasTeile || {});

  const NOTICE = "Ihr Browser zeigt die Karte ohne WebGL als Bild. Alle Funktionen bleiben nutzbar.";

  /** Build the picture in `place.container`; resolves to {show, remove}. */
  parts.buildImage = async function (place) {
    const host = parts.element("div", "karte-bild");
    place.container.prepend(host);
    place.status.note(NOTICE);
    const view = { host, status: place.status, url: null, payload: null };
    host.addEventListener("click", (event) => choose(event.target));
    host.addEventListener("keydown", (event) => onKey(event));
    return { show: (payload) => show(view, payload), remove: () => host.remove() };
  };

  async function show(view, payload) {
    view.payload = payload;
    if (view.url !== payload.svg) {
      const picture = await fetchPicture(payload.svg);
      if (view.payload !== payload) return;
      replace(view, picture);
      view.url = payload.svg;
    }
    describe(view, payload);
    view.status.clear();
    parts.drawn(payload.key);
  }

  async function fetchPicture(url) {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${url}: ${response.status}`);
    const picture = new DOMParser().parseFromString(await response.text(), "image/svg+xml").documentElement;
    if (picture.nodeName !== "svg") throw new Error(`${url}: no SVG`);
    return document.importNode(picture, true);
  }

  /** Put the new picture in place and leave the focus on the area that had it. */
  function replace(view, picture) {
    const focused = view.host.contains(document.activeElement) ? document.activeElement.dataset.id : null;
    picture.removeAttribute("width");
    picture.removeAttribute("height");
    view.host.replaceChildren(picture);
    if (focused) find(view, focused)?.focus();
  }

  const find = (view, id) => view.host.querySelector(`[data-id="${CSS.escape(id)}"]`);

  /** Make areas and facilities of the picture buttons, and say which area is chosen (its outline is in the picture). */
  function describe(view, payload) {
    for (const item of view.host.querySelectorAll("[data-id], [data-punkt]")) {
      const { id, punkt } = item.dataset;
      item.setAttribute("tabindex", "0");
      item.setAttribute("role", "button");
      item.setAttribute("aria-label", item.querySelector("title")?.textContent || id || punkt);
      if (id) item.setAttribute("aria-pressed", String(id === payload.selected));
    }
  }

  function onKey(event) {
    if (event.key !== "Enter" && event.key !== " ") return;
    if (choose(event.target)) event.preventDefault();
  }

  /** Report the facility or area that `target` belongs to; false where it is neither. */
  function choose(target) {
    const hit = target.closest("[data-punkt], [data-id]");
    if (!hit) return false;
    if (hit.dataset.punkt) parts.report("karte-punkt", hit.dataset.punkt);
    else parts.report("karte-klick", hit.dataset.id);
    return true;
  }
})();
