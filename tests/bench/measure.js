/**
 * In the page, before anything else: how long a switch takes. The same for every map, ours or a peer.
 *
 * A switch begins when a component gets a new value and ends with the last "idle" of the MapLibre map underneath:
 * nothing is left to load, compute or draw. Milliseconds since the beginning: `answered`, the last answer of the
 * server before that; `idle`; `drawn`, when the graphics card (here: software) has really finished that frame;
 * `page`, the last change to the document.
 */
window.bench = (function () {
  "use strict";

  const QUIET = 400;
  const LIMIT = 90000;
  const sent = window.fetch;
  let open = 0;
  let answered = 0;

  window.fetch = (...request) => {
    open += 1;
    return sent(...request).finally(() => {
      open -= 1;
      answered = performance.now();
    });
  };

  const graph = () => document.querySelector(".js-plotly-plot");
  const map = () => window.atlasKarte || graph()?._fullLayout?.map?._subplot?.map;
  const shownKey = () => document.documentElement.dataset.karte;
  const ready = () => Boolean(open === 0 && map()?.loaded() && (graph() || shownKey()));

  /** Wait until the frame that has just been ordered is drawn: reading a pixel cannot be answered earlier. */
  function finishFrame(of) {
    const { gl } = of.painter.context;
    gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4));
  }

  /** Two frames: a tab that has just come to the front draws again, nothing is under way. */
  const awake = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));

  /** Set `prop` of the component `id` to `value`; resolves to {answered, idle, drawn, page, frames} when all is still. */
  async function change(id, prop, value) {
    await awake();
    const of = map();
    const keyBefore = shownKey();
    const seen = { answered: null, idle: null, drawn: null, page: null, frames: 0, plotted: false };
    let begun = 0;
    let last = 0;
    const since = () => (last = performance.now()) - begun;
    const onRender = () => { seen.frames += 1; since(); };
    const onPlot = () => { seen.plotted = true; since(); };
    const onIdle = () => {
      seen.answered = answered - begun;
      seen.idle = since();
      finishFrame(of);
      seen.drawn = since();
    };
    const observer = new MutationObserver(() => (seen.page = since()));
    const isNew = () => (graph() ? seen.plotted : shownKey() !== keyBefore);
    const isStill = () => open === 0 && of.loaded() && performance.now() - last > QUIET;

    return new Promise((resolve, reject) => {
      const finish = (settle, result) => {
        of.off("render", onRender);
        of.off("idle", onIdle);
        graph()?.removeListener("plotly_afterplot", onPlot);
        observer.disconnect();
        settle(result);
      };
      const check = () => {
        if (seen.idle !== null && isNew() && isStill()) return finish(resolve, seen);
        if (performance.now() - begun > LIMIT) return finish(reject, new Error(`no picture after ${id} = ${value}`));
        setTimeout(check, 50);
      };
      of.on("render", onRender);
      of.on("idle", onIdle);
      graph()?.on("plotly_afterplot", onPlot);
      observer.observe(document.getElementById("inhalt") || document.body, { childList: true, subtree: true, characterData: true });
      begun = last = performance.now();
      window.dash_clientside.set_props(id, { [prop]: value });
      setTimeout(check, 100);
    });
  }

  return { map, ready, change };
})();
