// The page: what is asked, what is shown, and when. Everything on screen follows from one state.

const SAID_AFTER = 900; // milliseconds of rest before a screen reader is told
const WHY_AFTER = 150; // before the slower questions are asked
const SLICE = 12; // of work, then the page breathes
const LINK_ROUNDS_TO = 1e-4; // of a figure in a link

/**
 * @typedef {{opening: string, look: Look, light: Look, tiles: Record<string, [string, number, number]>}} Setting
 * @typedef {{data: PageData, words: Words, setting: Setting, model: Model, opening: Shown, shown: Shown, origin: Origin,
 *   told: Told | null, refused: string, query: string, aim: string, frame: number | null, said: number, later: number,
 *   round: number, pictures: Map<string, {title: string, subtitle: string, svg: (width: number, look: Look) => string, keys: string[]}>,
 *   widths: Map<string, number>, drawings: Map<string, string>, beliefBoxes: Map<string, ReturnType<typeof rangeBox>>,
 *   fitters: (() => void)[]}} Page fitters set controls to what is asked; widths of figures hold until the window changes
 */

/** @param {string} id @returns {any} */
function part(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no part “${id}”.`);
  return found;
}

/** @param {Page} page @param {Partial<Shown>} change */
function ask(page, change) {
  page.shown = { ...page.shown, ...change };
  if (page.frame === null) page.frame = requestAnimationFrame(() => show(page));
}

/** @param {Page} page @param {string} name @param {number} value */
function askControl(page, name, value) {
  const { data } = page;
  const from = page.shown.scenario ? (storedPolicy(data, page.shown.scenario).controls ?? {}) : page.shown.controls;
  ask(page, { scenario: "", controls: { ...withOff(data, from), [name]: value } });
}

/** @param {Page} page @param {string} name @param {number | null} value */
function askBelief(page, name, value) {
  const beliefs = { ...page.shown.beliefs };
  if (value === null) delete beliefs[name];
  else beliefs[name] = value;
  ask(page, { beliefs });
}

/** @param {Page} page @param {string} name */
function askScenario(page, name) {
  const { data } = page;
  const controls = name ? withOff(data, storedPolicy(data, name).controls ?? {}) : page.shown.controls;
  const law = (name && storedPolicy(data, name).law) || page.shown.law;
  ask(page, { scenario: name, controls, funder: "", law });
}

/** @param {Page} page */
function show(page) {
  const { model, fitters } = page;
  page.frame = null;
  const began = performance.now();
  page.round += 1;
  try {
    const cells = answer(model, page.shown);
    const [view, law] = [viewOf(page), lawOf(page)];
    page.told = { view, law, cells, cell: /** @type {Cell} */ (cells[view]?.[law]) };
    page.refused = "";
  } catch (fault) {
    if (!(fault instanceof Refused)) throw fault;
    [page.told, page.refused] = [null, fault.message];
  }
  fitters.forEach((fit) => fit());
  showTop(page);
  if (page.told) showResults(page, page.told);
  else showTake(page);
  document.body.dataset["round"] = String(page.round);
  document.body.dataset["ms"] = String(Math.round(10 * (performance.now() - began)) / 10);
  clearTimeout(page.later);
  page.later = window.setTimeout(afterwards, WHY_AFTER, page, page.round);
  clearTimeout(page.said);
  page.said = window.setTimeout(() => {
    part("said").textContent = shortAnswer(page);
  }, SAID_AFTER);
}

/** @param {Page} page */
function shortAnswer(page) {
  const { data, words, model } = page;
  if (!page.told) return page.refused;
  const net = figureOf(model, page.told.cell, "net_public_cost");
  const ends = Number.isFinite(net.low) ? [net.low, net.high] : [];
  const range = ends.length ? `, ${words["interval"]}: ${moneyRange(net.value, net.low, net.high)}` : "";
  const lead = `${sentenceCase(costsOrSaves(net.value, ends))}${range}.`;
  return `${lead} ${data.views[page.told.view]?.title} view, ${lawWords(words, data, page.told.law)}.`;
}

/** @param {Page} page */
function showTop(page) {
  const { data, words, model } = page;
  const sentence = page.told
    ? answerSentence(words, model, page.shown, page.told)
    : filled(words["refused"], { why: page.refused });
  part("sentence").textContent = sentence;
  part("payers").textContent = page.told ? payersSentence(words, model, page.told) : "";
  part("brief-words").textContent = page.told ? shortAnswer(page) : sentence;
  const policy = policyWords(data, page.shown);
  part("policy-words").textContent = policy ? filled(words["policy"], { words: policy }) : words["nothing"];
  const set = beliefsInWords(data, page.shown);
  const chance = plausibility(data, page.shown, viewOf(page));
  const n = placesInEvidence(data, page.shown, viewOf(page)).length;
  const together = n
    ? ` ${filled(words[n === 1 ? "plausible_one" : "plausible"], { n, chance: perCent(chance) })}`
    : "";
  part("beliefs-words").textContent =
    (set.length ? filled(words["touched"], { list: set.join("; ") }) : words["untouched"]) + together;
  showGrid(page);
  showOrigin(page);
  part("results").classList.toggle("stale", !page.told);
}

/** @param {Page} page */
function showGrid(page) {
  const { data, words, model } = page;
  part("views-body").replaceChildren(
    ...data.laws.map((law, l) =>
      element("tr", {}, [
        element("th", { scope: "row" }, [law.title]),
        ...data.views.map((view, v) => gridCell(page, view.title, v, l)),
      ]),
    ),
  );
  const marks = page.told ? (words["marks"][statusOf(words, model, page.told.cell, "net_public_cost").kind] ?? "") : "";
  const draws = page.told?.cell.drawn.length ?? 0;
  part("views-caption").textContent = filled(words["grid"], {
    basis: basisWords(words, data, page.shown),
    period: periodWords(data, page.shown),
  });
  part("views-note").textContent = filled(words[draws ? "views_note" : "views_note_point"], { draws, marks });
}

/** @param {Page} page @param {string} title @param {number} v @param {number} l */
function gridCell(page, title, v, l) {
  const { words, model } = page;
  const isMain = v === viewOf(page) && l === lawOf(page);
  const cell = page.told?.cells[v]?.[l];
  if (!cell)
    return element("td", { "data-view": title }, [
      element("span", { className: "tag refused" }, [words["status"]["refused"]]),
    ]);
  const net = figureOf(model, cell, "net_public_cost");
  const ends = Number.isFinite(net.low) ? [net.low, net.high] : [];
  const status = statusOf(words, model, cell, "net_public_cost");
  if (status.kind === "refused")
    return element("td", { "data-view": title }, [element("span", { className: "tag refused" }, [status.words])]);
  const big = sentenceCase(costsOrSaves(net.value, ends));
  const range = ends.length ? moneyRange(net.value, net.low, net.high) : words["no_range"];
  return element("td", { className: isMain ? "main" : "", "data-view": title }, [
    element("span", { className: "big" }, [big]),
    `${range} `,
    element("span", { className: "tag" }, [status.words]),
    isMain ? element("span", { className: "small" }, [` ${words["shown_below"]}`]) : "",
  ]);
}

/** @param {Page} page */
function showOrigin(page) {
  const { data, words, model } = page;
  const box = part("origin");
  const lines = [...page.origin.faults];
  if (page.origin.hash !== data.hash && page.told) {
    const net = figureOf(model, page.told.cell, "net_public_cost");
    const names = { hash: page.origin.hash, own: data.hash };
    if (!page.origin.answer) lines.push(filled(words["link"]["unknown"], names));
    else {
      const [value, low, high] = page.origin.answer;
      const change = net.value - value;
      const isSame = Math.abs(change) <= LINK_ROUNDS_TO * Math.max(Math.abs(value), Math.abs(low), Math.abs(high));
      const difference = isSame ? words["link"]["same"] : `${money(Math.abs(change))} ${change > 0 ? "more" : "less"}`;
      const inWords = (/** @type {number} */ v, /** @type {number} */ a, /** @type {number} */ b) =>
        `${costsOrSaves(v, [a, b])} (${words["interval"]}: ${moneyRange(v, a, b)})`;
      lines.push(
        filled(words["link"]["other"], {
          ...names,
          before: inWords(value, low, high),
          after: inWords(net.value, net.low, net.high),
          difference,
        }),
      );
    }
  }
  box.hidden = lines.length === 0;
  box.textContent = lines.join(" ");
}

/** @param {Page} page @param {number} of round in which it was asked */
function afterwards(page, of) {
  history.replaceState(null, "", `#${fragment(page)}`);
  const finished = () => {
    document.body.dataset["done"] = String(of);
  };
  if (!page.told || page.origin.embed) {
    finished();
    return;
  }
  inSlices(page, changedSteps(page), of, (found) => {
    showChanged(page, found);
    part("even-status").textContent = "";
    inSlices(page, evenRows(page, beliefsInFront(page)), of, (rows) => {
      showEven(page, rows);
      finished();
    });
  });
}

/** @param {Page} page @template T @param {Generator<void, T, void>} work @param {number} of @param {(found: T) => void} done */
function inSlices(page, work, of, done) {
  const go = () => {
    if (of !== page.round) return;
    const until = performance.now() + SLICE;
    for (;;) {
      const step = work.next();
      if (step.done) {
        done(step.value);
        return;
      }
      if (performance.now() > until) break;
    }
    window.setTimeout(go, 0);
  };
  window.setTimeout(go, 0);
}

/** Place of the view in front. @param {Page} page */
function viewOf(page) {
  return Math.max(
    0,
    page.data.views.findIndex((one) => one.name === page.shown.view),
  );
}

/** Place of the law in front. @param {Page} page */
function lawOf(page) {
  return Math.max(
    0,
    page.data.laws.findIndex((one) => one.name === page.shown.law),
  );
}

/** @param {PageData} data @param {Words} words @param {Setting} setting */
function startPage(data, words, setting) {
  const opening = openingOf(data, setting.opening);
  const [shown, origin] = fromFragment(location.hash.slice(1), opening, data);
  const aims = (data.frontier?.aims ?? []).map((one) => one["aim"]);
  /** @type {Page} */
  const page = {
    data,
    words,
    setting,
    opening,
    shown,
    origin,
    model: prepared(data),
    told: null,
    refused: "",
    query: "",
    aim: aims.includes(words["first_aim"]) ? words["first_aim"] : (aims[0] ?? ""),
    frame: null,
    said: 0,
    later: 0,
    round: 0,
    pictures: new Map(),
    widths: new Map(),
    drawings: new Map(),
    beliefBoxes: new Map(),
    fitters: [],
  };
  build(page);
  document.body.classList.toggle("embed", origin.embed);
  show(page);
  listen(page);
  document.body.dataset["ready"] = "1";
}

/** Follow the address, the window and what is in sight. @param {Page} page */
function listen(page) {
  window.addEventListener("hashchange", () => {
    const asked = location.hash.slice(1);
    if (asked === fragment(page) || document.getElementById(asked)) return; // a place on the page, not a state of it
    [page.shown, page.origin] = fromFragment(asked, page.opening, page.data);
    ask(page, {});
  });
  if ("IntersectionObserver" in window) {
    const watch = new IntersectionObserver(([seen]) => {
      part("brief").hidden = seen.isIntersecting;
    });
    watch.observe(part("sentence"));
  }
  let width = document.body.clientWidth;
  window.addEventListener("resize", () => {
    if (document.body.clientWidth === width) return;
    width = document.body.clientWidth;
    page.widths.clear();
    ask(page, {});
  });
}

/** What the page opens on. @param {PageData} data @param {string} name @returns {Shown} */
function openingOf(data, name) {
  const first = data.scenarios.find((one) => one.name === name) ?? data.scenarios[0];
  const controls = withOff(data, first?.controls ?? {});
  return {
    scenario: first?.name ?? "",
    controls,
    funder: "",
    beliefs: {},
    high_needs: "councils_then_central",
    horizon: data.years.length,
    discount: data.discount_default,
    view: "central",
    law: first?.law || (data.laws[0]?.name ?? ""),
    council: "",
  };
}

/** Unpack the data and begin; without DecompressionStream the report stands as it is. */
async function begin() {
  if (typeof DecompressionStream === "undefined") {
    part("too-old").hidden = false;
    return;
  }
  const bytes = Uint8Array.from(atob(part("data").textContent.trim()), (one) => one.charCodeAt(0));
  const text = await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
  const { data, words, setting } = JSON.parse(text);
  startPage(data, words, setting);
}
