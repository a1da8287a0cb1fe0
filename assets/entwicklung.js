/** The map through the years: every frame is already in the page; playing asks the server for nothing. */
(function () {
  "use strict";

  const clientside = (window.dash_clientside = window.dash_clientside || {});
  const noMotion = window.matchMedia("(prefers-reduced-motion: reduce)");
  const PLAY = "▶ Abspielen";
  const PAUSE = "❚❚ Anhalten";

  /**
   * Move through the years: buttons back, play and forward, and the clock.
   * Returns the year, whether the clock stands, and the text of the play button.
   */
  function move(back, play, forward, ticks, year, stands, film) {
    const { no_update: same, callback_context: context } = window.dash_clientside;
    const trigger = context.triggered[0]?.prop_id.split(".")[0];
    if (!film || !trigger) return [same, ...button(true)];
    const first = film.years[0];
    const last = film.years[film.years.length - 1];
    if (trigger === "zeit-zurueck") return [Math.max(year - 1, first), ...button(true)];
    if (trigger === "zeit-vor") return [Math.min(year + 1, last), ...button(true)];
    if (trigger === "zeit-spielen") {
      if (!stands) return [same, ...button(true)];
      if (noMotion.matches) return [year >= last ? first : year + 1, ...button(true)];
      return [year >= last ? first : same, ...button(false)];
    }
    if (stands || noMotion.matches) return [same, ...button(true)];
    return [Math.min(year + 1, last), ...button(year + 1 >= last)];
  }

  const button = (stands) => [stands, stands ? PLAY : PAUSE];

  /**
   * Show a year: map, year in the corner, what stands below it, legend, address, announcement.
   * While the clock runs nothing is announced and the address stays: both follow when it stands.
   */
  function show(year, film, stands) {
    const same = window.dash_clientside.no_update;
    const frame = film && film.frames[film.years.indexOf(year)];
    if (!frame) return [same, same, same, same, same, same];
    const quiet = stands ? [frame.said, frame.address] : [same, same];
    return [frame.map, String(year), frame.below, legendOf(film.legend, frame.counts), ...quiet];
  }

  /** The legend with the counts of one year in the places of the counts it came with. */
  function legendOf(legend, counts) {
    const copy = structuredClone(legend);
    const places = [];
    collect(copy, places);
    places.slice(1).forEach((place, i) => { place.children = String(counts[i]); }); // the first is the heading
    return copy;
  }

  function collect(node, places) {
    if (Array.isArray(node)) node.forEach((part) => collect(part, places));
    else if (node?.props) {
      if (node.props.className === "n") places.push(node.props);
      collect(node.props.children, places);
    }
  }

  /** The chart library brings a style sheet for maps of its own, which would undo the one of our maps: take it out. */
  new MutationObserver((changes) => {
    for (const node of changes.flatMap((change) => [...change.addedNodes])) {
      if (node.nodeName === "STYLE" && node.textContent.startsWith(".maplibregl-map{")) node.remove();
    }
  }).observe(document.head, { childList: true });

  clientside.zeit = Object.assign(clientside.zeit || {}, { move, show });
})();
