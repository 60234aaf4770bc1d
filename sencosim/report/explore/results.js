// The answers on the right: charts and their tables, from what the arithmetic told.

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/** @param {Page} page @param {Told} told */
function showResults(page, told) {
  showUses(page, told);
  showPayers(page, told);
  showYears(page, told);
  inSlices(page, restOf(page, told), page.round, () => {});
}

/** What can wait for the next frame. @param {Page} page @param {Told} told @returns {Generator<void, void, void>} */
function* restOf(page, told) {
  const { data, words } = page;
  showPeople(page, told);
  yield;
  showFrontier(page, told);
  yield;
  showCouncil(page);
  yield;
  part("command").textContent = commandOf(data, page.shown);
  part("yaml").value = scenarioYaml(words, data, page.shown);
  part("python").value = pythonOf(words, data, page.shown);
  showTake(page);
}

/**
 * @param {Page} page
 * @param {string} name
 * @param {string} title
 * @param {string} subtitle
 * @param {(width: number, look: Look) => string} svg
 * @param {string[]} [keys] what letters and numbers in it stand for, where a list or a table says so on the page
 */
function draw(page, name, title, subtitle, svg, keys = []) {
  const { setting, pictures, widths, drawings } = page;
  pictures.set(name, { title, subtitle, svg, keys });
  const figure = part(`figure-${name}`);
  const width = widths.get(name) ?? Math.max(240, Math.floor(figure.clientWidth || 600));
  widths.set(name, width);
  const drawn = `<h3>${escaped(title)}</h3><figcaption class="small">${escaped(subtitle)}</figcaption>${svg(width, setting.look)}`;
  if (drawn === drawings.get(name)) return;
  drawings.set(name, drawn);
  figure.innerHTML = drawn;
}

/** @param {Page} page @param {string} key @param {(string | number)[][]} rows @param {number[]} [strong] @param {string} [caption] */
function fill(page, key, rows, strong = [], caption = "") {
  const table = part(`table-${key}`);
  const heads = [...table.tHead.rows[0].cells];
  table.closest(".scroll").hidden = rows.length === 0;
  table.tBodies[0].replaceChildren(
    ...rows.map((row, r) =>
      element(
        "tr",
        { className: strong.includes(r) ? "strong" : "" },
        row.map((cell, c) =>
          element(
            c === 0 ? "th" : "td",
            c === 0 ? { scope: "row" } : { className: heads[c].className, "data-label": heads[c].textContent },
            [String(cell)],
          ),
        ),
      ),
    ),
  );
  if (caption) table.caption.textContent = caption;
}

/** @param {Page} page @param {Told} told */
function where(page, told) {
  const { data, words } = page;
  return `${data.views[told.view]?.title} view, ${lawWords(words, data, told.law)}, ${periodWords(data, page.shown)}`;
}

/** @param {Page} page @param {{value: number, low: number, high: number}} one */
function rangeWords(page, one) {
  const { words } = page;
  return Number.isFinite(one.low) && Number.isFinite(one.high)
    ? moneyRange(one.value, one.low, one.high)
    : words["no_range"];
}

/** @param {Page} page @param {Told} told */
function showPayers(page, told) {
  const { data, words, model } = page;
  const net = figureOf(model, told.cell, "net_public_cost");
  const rows = payerRows(words, model, told);
  const ends = Number.isFinite(net.low) ? [net.low, net.high] : [];
  const inMoney = (/** @type {number} */ value, /** @type {number[]} */ own = []) =>
    Number.isFinite(value) ? money(value, own, true) : DASH;
  const inside = rows.filter((one) => one.kind === "known" || one.kind === "rest");
  const say = words["charts"];
  const steps = inside.flatMap((one) =>
    [
      [say["costs"], one.costs],
      [say["savings"], one.saves],
    ].flatMap(([kind, value]) =>
      value === 0
        ? []
        : [
            {
              name: one.costs && one.saves ? `${one.title}, ${kind}` : one.title,
              value: Number(value),
              words: inMoney(Number(value)),
            },
          ],
    ),
  );
  steps.sort((a, b) => Number(a.value < 0) - Number(b.value < 0) || Math.abs(b.value) - Math.abs(a.value));
  const title =
    net.value === 0
      ? say["payers_none"]
      : filled(say["payers"], {
          policy: sentenceCase(policyName(words, data, page.shown)),
          does: net.value > 0 ? "costs" : "saves",
          amount: money(Math.abs(net.value), ends),
          range: ends.length ? moneyRange(net.value, net.low, net.high) : words["no_range"],
          interval: words["interval"],
        });
  const chart = {
    steps,
    net: { name: say["net"], value: net.value, low: net.low, high: net.high, words: inMoney(net.value, ends) },
    told: `${title} ${steps.map((one) => `${one.name} ${one.words}`).join("; ")}.`,
  };
  draw(
    page,
    "payers",
    title,
    `${where(page, told)}; ${basisWords(words, data, page.shown)}. ${say["sides"]}`,
    (width, look) => stepsChart(chart, width, look),
  );
  const part = (/** @type {number} */ value) => (value === 0 ? DASH : inMoney(value));
  const cells = (/** @type {PayerRow} */ one, /** @type {string} */ name) => [
    name,
    part(one.costs),
    part(one.saves),
    inMoney(one.value, Number.isFinite(one.low) ? [one.low, one.high] : []),
    rangeWords(page, one),
    one.status,
  ];
  const whole = {
    ...net,
    costs: sumOf(inside.map((one) => one.costs)),
    saves: sumOf(inside.map((one) => one.saves)),
    status: statusOf(words, model, told.cell, "net_public_cost").words,
  };
  const ofKind = (/** @type {PayerRow["kind"]} */ kind) =>
    rows
      .filter((one) => one.kind === kind && Number.isFinite(one.value))
      .map((one) => cells(one, filled(words["rest"][kind], { title: one.title })));
  const above = [...inside.map((one) => cells(one, one.title)), ...ofKind("part")];
  fill(
    page,
    "payers",
    [...above, cells({ ...whole, kind: "known", title: "", words: "", verb: "" }, say["net"]), ...ofKind("beside")],
    [above.length],
    filled(words["tables"]["payers"]["caption"], {
      where: where(page, told),
      basis: basisWords(words, data, page.shown),
    }),
  );
}

/** @param {Page} page @param {Told} told */
function showUses(page, told) {
  const { data, words, model } = page;
  const hours = Array.from(front(model, told.cell).uses);
  const whole = sumOf(hours);
  const isShared = whole > 0;
  const step = roundingStep(...hours.map((one) => one / 1e6));
  const parts = data.uses.map((one, i) => ({
    ...one,
    number: i + 1,
    hours: hours[i] ?? 0,
    share: (hours[i] ?? 0) / whole,
  }));
  const most = parts.reduce((a, b) => (b.hours > a.hours ? b : a));
  const title = isShared
    ? filled(words["charts"]["uses"], { use: most.words, minutes: plain(60 * most.share, 1) })
    : words["charts"]["uses_none"];
  const inWords = parts.map((one) =>
    filled(words["charts"]["part"], { use: one.words, minutes: isShared ? plain(60 * one.share, 0.1) : DASH }),
  );
  part("parts").replaceChildren(...inWords.map((one) => element("li", {}, [one])));
  const chart = { parts: isShared ? parts : [], told: `${title}. ${inWords.join("; ")}.` };
  const sub = filled(words["charts"]["uses_sub"], { where: where(page, told) });
  const keys = inWords.map((one, i) => `${i + 1}. ${one}`);
  draw(page, "uses", title, sub, (width, look) => partsChart(chart, width, look), keys);
  fill(
    page,
    "uses",
    [
      ...parts.map((one) => [
        `${one.number}. ${sentenceCase(one.words)}`,
        plain(one.hours / 1e6, step, true),
        isShared ? plain(60 * one.share, 0.1, true) : DASH,
      ]),
      [words["charts"]["uses_all"], plain(whole / 1e6, step, true), isShared ? "60" : DASH],
    ],
    [parts.length],
  );
}

/** @param {Page} page @param {Told} told */
function showYears(page, told) {
  const { data, words, model } = page;
  const years = data.years.slice(0, page.shown.horizon);
  const mid = Array.from(front(model, told.cell).byYear.subarray(0, page.shown.horizon));
  const hasRange = told.cell.drawn.length > 0;
  const low = hasRange ? courseEnd(told.cell, 0, page.shown.horizon, 0.1) : mid.map(() => NaN);
  const high = hasRange ? courseEnd(told.cell, 0, page.shown.horizon, 0.9) : mid.map(() => NaN);
  const last = years.length - 1;
  const [value, from, to] = [mid[last] ?? 0, low[last] ?? NaN, high[last] ?? NaN];
  const ends = hasRange ? [from, to] : [];
  const title = filled(words["charts"]["years"], {
    year: academicYear(years[last] ?? 0),
    does: costsOrSaves(value, ends),
    range: hasRange ? ` (${words["interval"]}: ${moneyRange(value, from, to)})` : "",
  });
  const chart = { years: years.map(academicYear), mid, low, high, told: title };
  draw(
    page,
    "years",
    title,
    filled(words["charts"]["years_sub"], { where: where(page, told), prices: data.price_base }),
    (width, look) => fanChart(chart, width, look),
  );
  fill(
    page,
    "years",
    years.map((year, y) => [
      academicYear(year),
      money(mid[y] ?? 0, hasRange ? [low[y] ?? 0, high[y] ?? 0] : [], true),
      hasRange ? moneyRange(mid[y] ?? 0, low[y] ?? 0, high[y] ?? 0) : words["no_range"],
    ]),
  );
}

/** @param {Page} page @param {Told} told */
function showPeople(page, told) {
  const { data, words } = page;
  const row = (/** @type {Outcome} */ one) => outcomeRow(page, one, told);
  const key = words["key_outcomes"].flatMap((/** @type {string} */ name) =>
    data.outcomes.filter((one) => one.name === name),
  );
  fill(page, "people", key.map(row), [], filled(words["tables"]["people"]["caption"], { where: where(page, told) }));
  fill(page, "people_more", data.outcomes.filter((one) => !key.includes(one)).map(row));
}

/** @param {Page} page @param {Outcome} one @param {Told} told */
function outcomeRow(page, one, told) {
  const { words, model } = page;
  const found = shownFigure(words, model, told.cell, `outcome.${one.name}`);
  if (!Number.isFinite(found.value))
    return [one.title, DASH, DASH, DASH, `${found.status.words}: ${words["too_little"]}`];
  const hasRange = Number.isFinite(found.low);
  const step = roundingStep(found.value, ...(hasRange ? [found.low, found.high] : []));
  const range = hasRange ? `${plain(found.low, step, true)} to ${plain(found.high, step, true)}` : words["no_range"];
  return [
    one.title,
    `${plain(found.value, step, true)} ${one.unit.startsWith("%") ? words["points"] : one.unit}`,
    range,
    directionOf(page, one, found, hasRange),
    found.status.words,
  ];
}

/** @param {Page} page @param {Outcome} outcome @param {{value: number, low: number, high: number}} found @param {boolean} hasRange */
function directionOf(page, outcome, found, hasRange) {
  const { words } = page;
  const say = words["direction"];
  if (found.value === 0) return say["none"];
  if (!hasRange) return say["unknown"];
  if (found.low < 0 && found.high > 0) return say["unclear"];
  if (outcome.favourable !== "up" && outcome.favourable !== "down") return found.value > 0 ? say["more"] : say["less"];
  return found.value > 0 === (outcome.favourable === "up") ? say["better"] : say["worse"];
}

/** @param {Page} page @param {Told} told */
function showFrontier(page, told) {
  const { data, words, model, opening } = page;
  const found = data.frontier?.aims.find((one) => one["aim"] === page.aim);
  part("section-frontier").hidden = !found;
  if (!found) return;
  const figure = `outcome.${page.aim}`;
  const named = (/** @type {{name: string, title: string}} */ one) => {
    const known = data.scenarios.find((other) => other.name === one.name);
    const name = known?.title ?? one.title;
    return known?.cautions.length ? filled(words["charts"]["frontier_barred"], { name }) : name;
  };
  const all = [...found["points"], ...found["shipped"]].map((one, i) => ({
    name: named(one),
    letter: LETTERS.charAt(i),
    x: one.cost,
    y: one.gain,
  }));
  const gain = shownFigure(words, model, told.cell, figure);
  const net = figureOf(model, told.cell, "net_public_cost");
  const isKnown = Number.isFinite(gain.point);
  const opened = {
    view: "central",
    law: opening.law,
    horizon: opening.horizon,
    discount: opening.discount,
    high_needs: opening.high_needs,
  };
  const isAlike =
    Object.entries(opened).every(([key, value]) => /** @type {any} */ (page.shown)[key] === value) &&
    !Object.keys(page.shown.beliefs).length;
  const own =
    isKnown && isAlike && net.point !== 0
      ? { x: net.point, y: found["sign"] * gain.point, low: NaN, high: NaN, words: words["charts"]["mine"] }
      : null;
  const line = [[0, 0], ...found["points"].map((/** @type {any} */ one) => [one.cost, one.gain])].sort(
    (a, b) => a[0] - b[0],
  );
  const unit = found["unit"];
  const heading = own
    ? filled(words["charts"]["frontier"], {
        cost: money(net.point),
        gain: `${plain(gain.point, roundingStep(gain.point), true)} ${unit}`,
      })
    : isKnown
      ? words["charts"]["frontier_none"]
      : words["charts"]["frontier_refused"];
  const chart = {
    points: all,
    line,
    own,
    across: words["charts"]["across"],
    up: `${found["title"]}, ${unit}`,
    told: heading,
  };
  const sub = `${words["charts"]["frontier_sub"]}${data.frontier?.current ? "" : ` ${words["charts"]["frontier_old"]}`}`;
  const keys = all.map((one) => `${one.letter}. ${one.name}`);
  draw(page, "frontier", heading, sub, (width, look) => frontierChart(chart, width, look), keys);
  fill(
    page,
    "frontier",
    all.map((one) => [
      `${one.letter}. ${one.name}`,
      money(one.x),
      `${plain(one.y, roundingStep(one.y), true)} ${unit}`,
    ]),
  );
}

/** @param {Page} page */
function showCouncil(page) {
  const { data, words, setting, drawings } = page;
  const rows = data.councils?.rows ?? [];
  const own = rows.find((one) => String(one.code) === page.shown.council) ?? null;
  part("section-council").classList.toggle("not-printed", !rows.some((one) => page.shown.scenario in one.figures));
  if (!rows.some((one) => page.shown.scenario in one.figures)) {
    drawings.delete("council");
    part("figure-council").replaceChildren(element("p", { className: "warning" }, [words["council"]["none"]]));
    fill(page, "councils", []);
    return;
  }
  const policy = page.shown.scenario;
  const amount = (/** @type {Council} */ one) => one.figures[policy]?.["schools_gbp_a_year"] ?? NaN;
  const posts = (/** @type {Council} */ one) => one.figures[policy]?.["posts"] ?? NaN;
  const each = (/** @type {Council} */ one) => (one.schools > 0 ? amount(one) / one.schools : NaN);
  const known = rows.filter((one) => Number.isFinite(amount(one)));
  const england = sumOf(known.map(amount)) / sumOf(known.map((one) => one.schools));
  const near = own ? own.neighbours.flatMap((code) => rows.filter((one) => one.code === code)) : [];
  const values = rows
    .map(each)
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  const cuts = [0.2, 0.4, 0.6, 0.8].map((share) => quantile(values, share));
  const inPounds = (/** @type {number} */ value) => (Number.isFinite(value) ? money(value) : DASH);
  const title = own
    ? filled(words["council"]["title"], {
        name: own.name,
        amount: money(amount(own)),
        each: inPounds(each(own)),
        england: inPounds(england),
      })
    : filled(words["council"]["title_all"], {
        low: inPounds(values[0] ?? NaN),
        high: inPounds(values[values.length - 1] ?? NaN),
      });
  const tiles = rows.flatMap((one) => {
    const tile = setting.tiles[String(one.code)];
    const value = each(one);
    return tile
      ? [
          {
            code: String(one.code),
            name: one.name,
            short: tile[0],
            x: tile[1],
            y: tile[2],
            shade: Number.isFinite(value) ? cuts.filter((cut) => value > cut).length : -1,
            words: filled(words["council"]["each"], { amount: inPounds(value) }),
          },
        ]
      : [];
  });
  const chart = { tiles, chosen: page.shown.council, near: near.map((one) => String(one.code)), told: title };
  draw(
    page,
    "council",
    title,
    filled(words["council"]["legend"], {
      cuts: cuts.map(inPounds).join(", "),
      words: data.councils?.["words"] ?? "",
    }),
    (width, look) => tilesChart(chart, Math.min(width, 620), look),
  );
  const count = (/** @type {number} */ value) => (Number.isFinite(value) ? plain(value, roundingStep(value)) : DASH);
  const row = (/** @type {Council} */ one) => [
    one.name,
    plain(one.schools, 1),
    inPounds(amount(one)),
    inPounds(each(one)),
    count(posts(one)),
  ];
  const whole = [
    sentenceCase(words["council"]["england"]),
    plain(sumOf(known.map((one) => one.schools)), 1),
    money(sumOf(known.map(amount))),
    inPounds(england),
    count(sumOf(known.map(posts))),
  ];
  fill(page, "councils", own ? [row(own), ...near.map(row), whole] : [whole], own ? [0, near.length + 1] : [0]);
}
