// The controls: which there are, what they ask, and how they follow what is asked elsewhere.

const OPEN_GROUPS = 2; // of controls; the others are folded
const FOUND_AT_ONCE = 12;
const FIRST_BELIEFS = 5;
/** @param {Page} page */
function build(page) {
  const { words } = page;
  const form = part("controls");
  form.addEventListener("submit", (/** @type {Event} */ event) => event.preventDefault());
  const heads = ["policy", "beliefs", "counted"].map((name) =>
    element("h2", { className: "quiet", tabIndex: -1 }, [words["labels"][name]]),
  );
  const jumps = heads.map((head) =>
    element(
      "button",
      {
        type: "button",
        className: "second",
        onclick: () => {
          head.scrollIntoView({ block: "start" });
          head.focus();
        },
      },
      [head.textContent ?? ""],
    ),
  );
  form.append(
    element("div", { className: "jump", role: "group", "aria-label": words["labels"]["jump"] }, jumps),
    heads[0],
    startFrom(page),
    ...policyGroups(page),
    heads[1],
    beliefGroup(page),
    heads[2],
    countedGroup(page),
    element("div", { className: "buttons" }, [
      element(
        "button",
        {
          type: "button",
          className: "second",
          onclick: () =>
            ask(page, { ...page.opening, view: page.shown.view, law: page.shown.law, council: page.shown.council }),
        },
        [words["labels"]["reset"]],
      ),
    ]),
  );
  form.hidden = false;
  part("columns").classList.add("live");
  for (const id of ["front", "section-take", "council-choice", "aim-choice", "even-choice", "run-more"])
    part(id).hidden = false;
  buildFront(page);
  buildTake(page);
}

/** @param {Page} page */
function startFrom(page) {
  const { data, words, fitters } = page;
  /** @type {[string, string][]} */
  const options = [
    ["", words["labels"]["own"]],
    ...data.scenarios.map(
      (one) =>
        /** @type {[string, string]} */ ([
          one.name,
          one.covered ? one.title : `${one.title} (${words["labels"]["as_it_is"]})`,
        ]),
    ),
  ];
  const box = choiceBox("scenario", words["labels"]["start_from"], options, (name) => askScenario(page, name));
  fitters.push(() => {
    box.set(page.shown.scenario);
    const own = scenarioOf(data, page.shown);
    box.told.textContent = own && !own.covered ? words["labels"]["not_covered"] : "";
  });
  return box.root;
}

/** @param {Page} page */
function policyGroups(page) {
  const { data, words } = page;
  const groups = [...new Set(data.controls.map((one) => one.group))];
  return groups.map((group, i) => {
    const own = data.controls.filter((one) => one.group === group);
    const [title, boxes] = [words["groups"][group] ?? group, own.map((one) => policyBox(page, one))];
    return i < OPEN_GROUPS
      ? element("fieldset", {}, [element("legend", {}, [title]), ...boxes])
      : foldedGroup(page, title, own, boxes);
  });
}

/**
 * Controls that are folded away, with what they are set to on the fold.
 * @param {Page} page
 * @param {string} title
 * @param {Control[]} own
 * @param {HTMLElement[]} boxes
 */
function foldedGroup(page, title, own, boxes) {
  const { data, words, fitters } = page;
  const summary = element("summary");
  const root = element("details", { className: "group" }, [summary, ...boxes]);
  fitters.push(() => {
    const now = controlsOf(data, page.shown) ?? {};
    const say = own.map((one) => settingWords(page, one, now[one.name] ?? one.off)).filter(Boolean);
    summary.textContent = `${title}: ${say.length ? say.join("; ") : words["labels"]["none"]}`;
  });
  return root;
}

/** @param {Page} page @param {Control} one @param {number} value */
function settingWords(page, one, value) {
  const { words } = page;
  if (value === one.off && one.group !== "timing") return "";
  return one.kind === "switch" ? words["labels"][value > 0 ? "yes" : "no"] : controlWords(one, value);
}

/** @param {Page} page @param {Control} one */
function policyBox(page, one) {
  const { data, opening, fitters } = page;
  const range = { ...one, log: false, unit: one.unit === "calendar year" ? "" : one.unit };
  const box =
    one.kind === "switch"
      ? switchBox(`c-${one.name}`, one.title, (on) => askControl(page, one.name, on ? 1 : 0))
      : rangeBox(range, (value) => askControl(page, one.name, value), "c");
  box.told.textContent = one.kind === "switch" ? "" : sentenceCase(`${range.unit ? `${range.unit}. ` : ""}${one.why}`);
  fitters.push(() => {
    const [now, before] = [controlsOf(data, page.shown), controlsOf(data, opening)];
    const value = now?.[one.name] ?? one.off;
    box.set(value, now !== null && before !== null && value !== (before[one.name] ?? one.off));
  });
  return box.root;
}

/** @param {Page} page */
function beliefGroup(page) {
  const { words, fitters } = page;
  const list = element("div", { id: "beliefs-list" });
  const count = element("p", { className: "told", role: "status", id: "beliefs-count" });
  const search = element("input", {
    type: "search",
    id: "belief-search",
    oninput: () => {
      page.query = search.value;
      listBeliefs(page, list, count);
      if (page.told) ask(page, {});
    },
  });
  const box = element("fieldset", {}, [
    element("legend", {}, [words["labels"]["beliefs_legend"]]),
    element("p", { className: "told" }, [words["labels"]["beliefs_told"]]),
    element("div", { className: "control" }, [
      element("label", { for: "belief-search" }, [words["labels"]["search"]]),
      search,
      count,
    ]),
    list,
  ]);
  listBeliefs(page, list, count);
  fitters.push(() => fitBeliefs(page, list, count));
  return box;
}

/** The first five and those that were set, or what the search finds. @param {Page} page */
function chosenBeliefs(page) {
  const { data } = page;
  const asked = page.query.trim().toLowerCase().split(/\s+/).filter(Boolean);
  if (!asked.length) return data.beliefs.filter((one, i) => i < FIRST_BELIEFS || one.name in page.shown.beliefs);
  return data.beliefs.filter((one) =>
    asked.every((word) =>
      `${one.title} ${one.name} ${one.group} ${one.source} ${one.said}`.toLowerCase().includes(word),
    ),
  );
}

/** @param {Page} page @param {HTMLElement} list @param {HTMLElement} count */
function listBeliefs(page, list, count) {
  const { data, words, beliefBoxes } = page;
  const found = chosenBeliefs(page);
  const kept = found.slice(0, FOUND_AT_ONCE);
  count.textContent = page.query.trim()
    ? filled(words["labels"]["found"], { n: found.length, shown: kept.length })
    : filled(words["labels"]["first"], { n: Math.min(FIRST_BELIEFS, data.beliefs.length), all: data.beliefs.length });
  const names = kept.map((one) => one.name);
  if (names.join() === [...beliefBoxes.keys()].join()) return;
  const had = new Map(beliefBoxes);
  beliefBoxes.clear();
  for (const one of kept) beliefBoxes.set(one.name, had.get(one.name) ?? beliefBox(page, one));
  for (const [name, box] of had) if (!names.includes(name)) box.root.remove();
  kept.forEach((one, i) => {
    const root = /** @type {HTMLElement} */ (beliefBoxes.get(one.name)?.root);
    if (list.children[i] !== root) list.insertBefore(root, list.children[i] ?? null);
  });
}

/** @param {Page} page @param {Belief} one */
function beliefBox(page, one) {
  const { words } = page;
  const box = rangeBox(one, (value) => askBelief(page, one.name, value), "b");
  const link = one.source_url ? ` (${one.source_url})` : "";
  const back = element(
    "button",
    {
      type: "button",
      className: "second",
      onclick: () => {
        askBelief(page, one.name, null);
      },
    },
    [words["labels"]["back"]],
  );
  back.setAttribute("aria-label", `${words["labels"]["back"]}: ${one.title}`);
  const kind = element("span", { className: "tag" }, [words["kinds"][one.kind]]);
  const more = element("details", {}, [
    element("summary", {}, [filled(words["sources"]["grade"], { grade: one.grade, words: one.grade_words })]),
    element("p", { className: "told" }, [filled(words["sources"]["source"], { source: `${one.source}${link}` })]),
    ...(one.said ? [element("p", { className: "told" }, [filled(words["sources"]["said"], { said: one.said })])] : []),
    element("p", { className: "told" }, [kind, ` ${movesWords(page, one)} `]),
    back,
  ]);
  box.root.append(more);
  return box;
}

/** @param {Page} page @param {Belief} one */
function movesWords(page, one) {
  const { words } = page;
  const found = words["moves"].find((/** @type {[number, string]} */ [least]) => one.moves >= least);
  return filled(words["moves_share"], { words: found ? found[1] : "", share: perCent(one.moves) });
}

/** @param {Page} page @param {HTMLElement} list @param {HTMLElement} count */
function fitBeliefs(page, list, count) {
  const { words, beliefBoxes } = page;
  if (!page.query.trim()) listBeliefs(page, list, count);
  const view = viewOf(page);
  for (const one of beliefsInFront(page)) {
    const box = beliefBoxes.get(one.name);
    if (!box) continue;
    const isSet = one.name in page.shown.beliefs;
    const value = page.shown.beliefs[one.name] ?? one.values[view] ?? 0;
    const [low, high] = one.bands[view] ?? [NaN, NaN];
    const names = { band: rangeWithUnit(low, high, one.unit) };
    const isFixed = one.views_fix[view] || !(high > low);
    box.set(value, isSet);
    box.shade(low, high);
    box.told.textContent = isFixed ? words["convention"] : filled(words["inside"], names);
    const isOut = isSet && !isFixed && (value < low || value > high);
    box.outside.hidden = !isOut;
    box.outside.textContent = isOut ? outsideWords(page, one, value, view, names) : "";
  }
}

/** @param {Page} page @param {Belief} one @param {number} value @param {number} view @param {Record<string, string>} names */
function outsideWords(page, one, value, view, names) {
  const { words } = page;
  const quantiles = one.quantiles[view];
  const isBeyond = quantiles && (value < quantiles[0] || value > quantiles[quantiles.length - 1]);
  return filled(isBeyond ? words["outside_all"] : words["outside"], names);
}

/** @param {Page} page */
function countedGroup(page) {
  const { data, words, opening, fitters } = page;
  const say = words["counted"];
  const horizon = rangeBox(
    { name: "horizon", title: say["horizon"], low: 1, high: data.years.length, step: 1, log: false, unit: "years" },
    (value) => ask(page, { horizon: Math.round(value) }),
    "k",
  );
  const discount = rangeBox(
    {
      name: "discount",
      title: say["discount"],
      low: 0,
      high: MOST_DISCOUNT,
      step: 0.001,
      log: false,
      unit: say["discount_unit"],
    },
    (value) => ask(page, { discount: value }),
    "k",
  );
  const funder = choiceBox("funder", say["funder"], say["funders"], (value) => ask(page, { funder: value }));
  const needs = choiceBox("high_needs", say["high_needs"], say["high_needs_options"], (value) =>
    ask(page, { high_needs: value }),
  );
  discount.told.textContent = say["discount_told"];
  fitters.push(() => {
    horizon.set(page.shown.horizon, page.shown.horizon !== opening.horizon);
    discount.set(page.shown.discount, page.shown.discount !== opening.discount);
    funder.set(page.shown.funder);
    needs.set(page.shown.high_needs);
  });
  return element("fieldset", {}, [
    element("legend", {}, [say["legend"]]),
    horizon.root,
    discount.root,
    funder.root,
    needs.root,
  ]);
}

/** @param {Page} page */
function buildFront(page) {
  const { data, words, model, fitters } = page;
  const view = choiceBox(
    "view",
    words["labels"]["view"],
    data.views.map((one) => [one.name, one.title]),
    (value) => ask(page, { view: value }),
  );
  const law = choiceBox(
    "law",
    words["labels"]["law"],
    data.laws.map((one) => [one.name, one.title]),
    (value) => ask(page, { law: value }),
  );
  part("front").append(view.root, law.root);
  const council = choiceBox(
    "council",
    words["council"]["choose"],
    [
      ["", words["council"]["nobody"]],
      ...(data.councils?.rows ?? [])
        .map((one) => /** @type {[string, string]} */ ([String(one.code), one.name]))
        .sort((a, b) => a[1].localeCompare(b[1])),
    ],
    (value) => ask(page, { council: value }),
  );
  part("council-choice").append(council.root);
  const known = data.frontier?.aims.filter((one) => model.names.includes(`outcome.${one["aim"]}`)) ?? [];
  const aims = choiceBox(
    "aim",
    words["labels"]["aim"],
    known.map((one) => [one["aim"], one["title"]]),
    (value) => {
      page.aim = value;
      ask(page, {});
    },
  );
  aims.set(page.aim);
  part("aim-choice").append(aims.root);
  part("figure-council").addEventListener("click", (/** @type {MouseEvent} */ event) => {
    const tile = /** @type {Element} */ (event.target).closest("[data-council]");
    if (tile) ask(page, { council: tile.getAttribute("data-council") ?? "" });
  });
  const all = filled(words["even"]["all"], { n: data.beliefs.length });
  part("even-choice").append(
    element("div", { className: "buttons" }, [
      element("button", { type: "button", className: "second", id: "even-all", onclick: () => lookThroughAll(page) }, [
        all,
      ]),
    ]),
    element("p", { className: "small", role: "status", id: "even-status" }),
  );
  fitters.push(() => {
    view.set(page.shown.view);
    law.set(page.shown.law);
    view.told.textContent = data.views[viewOf(page)]?.description ?? "";
    council.set(page.shown.council);
  });
}
