// The page: what is asked, what is shown, and when. Everything on screen follows from one state.

const SAID_AFTER = 900; // milliseconds of rest before a screen reader is told
const WHY_AFTER = 150; // before the slower questions are asked
const SLICE = 12; // of work, then the page breathes
const FIRST_BELIEFS = 5;
const LINK_ROUNDS_TO = 1e-4; // of a figure in a link
const FOUND_AT_ONCE = 12;
const OPEN_GROUPS = 2; // of controls; the others are folded
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** @param {string} id @returns {any} */
function part(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no part “${id}”.`);
  return found;
}

/**
 * @param {PageData} data
 * @param {Words} words
 * @param {{opening: string, look: Look, light: Look, tiles: Record<string, [string, number, number]>}} setting
 */
function startPage(data, words, setting) {
  const model = prepared(data);
  const opening = openingOf(data, setting.opening);
  let [shown, origin] = fromFragment(location.hash.slice(1), opening, data);
  /** @type {Told | null} */
  let told = null;
  let refused = "";
  let query = "";
  let aim = data.frontier?.aims.some((one) => one["aim"] === words["first_aim"])
    ? words["first_aim"]
    : (data.frontier?.aims[0]?.["aim"] ?? "");
  /** @type {number | null} */
  let frame = null;
  let [said, later, round] = [0, 0, 0];
  /** @type {Map<string, {title: string, subtitle: string, svg: (width: number, look: Look) => string}>} */
  const pictures = new Map();
  /** @type {Map<string, number>} */
  const widths = new Map(); // of figures, until the window changes
  /** @type {Map<string, string>} */
  const drawings = new Map();
  /** @type {Map<string, ReturnType<typeof rangeBox>>} */
  const beliefBoxes = new Map();
  /** @type {Map<string, {set: (value: number, changed: boolean) => void}>} */
  const policyBoxes = new Map();
  /** @type {(() => void)[]} */
  const fitters = [];

  const viewOf = () =>
    Math.max(
      0,
      data.views.findIndex((one) => one.name === shown.view),
    );
  const lawOf = () =>
    Math.max(
      0,
      data.laws.findIndex((one) => one.name === shown.law),
    );
  const isEmbedded = () => origin.embed;

  // -- asking ---------------------------------------------------------------------------------------------------------

  /** @param {Partial<Shown>} change */
  function ask(change) {
    shown = { ...shown, ...change };
    if (frame === null) frame = requestAnimationFrame(show);
  }

  /** @param {string} name @param {number} value */
  function askControl(name, value) {
    const from = shown.scenario ? (storedPolicy(data, shown.scenario).controls ?? {}) : shown.controls;
    ask({ scenario: "", controls: { ...withOff(data, from), [name]: value } });
  }

  /** @param {string} name @param {number | null} value */
  function askBelief(name, value) {
    const beliefs = { ...shown.beliefs };
    if (value === null) delete beliefs[name];
    else beliefs[name] = value;
    ask({ beliefs });
  }

  /** @param {string} name */
  function askScenario(name) {
    const controls = name ? withOff(data, storedPolicy(data, name).controls ?? {}) : shown.controls;
    ask({ scenario: name, controls, funder: "" });
  }

  // -- showing --------------------------------------------------------------------------------------------------------

  function show() {
    frame = null;
    const began = performance.now();
    round += 1;
    try {
      const cells = answer(model, shown);
      const [view, law] = [viewOf(), lawOf()];
      told = { view, law, cells, cell: /** @type {Cell} */ (cells[view]?.[law]) };
      refused = "";
    } catch (fault) {
      if (!(fault instanceof Refused)) throw fault;
      [told, refused] = [null, fault.message];
    }
    fitters.forEach((fit) => fit());
    showTop();
    if (told) showResults(told);
    document.body.dataset["round"] = String(round);
    document.body.dataset["ms"] = String(Math.round(10 * (performance.now() - began)) / 10);
    clearTimeout(later);
    later = window.setTimeout(afterwards, WHY_AFTER, round);
    clearTimeout(said);
    said = window.setTimeout(() => {
      part("said").textContent = shortAnswer();
    }, SAID_AFTER);
  }

  function shortAnswer() {
    if (!told) return refused;
    const net = figureOf(model, told.cell, "net_public_cost");
    const ends = Number.isFinite(net.low) ? [net.low, net.high] : [];
    const range = ends.length ? `, ${words["interval"]}: ${moneyRange(net.value, net.low, net.high)}` : "";
    const lead = `${sentenceCase(costsOrSaves(net.value, ends))}${range}.`;
    return `${lead} ${data.views[told.view]?.title} view, ${lawWords(words, data, told.law)}.`;
  }

  function showTop() {
    const sentence = told ? answerSentence(words, model, shown, told) : filled(words["refused"], { why: refused });
    part("sentence").textContent = sentence;
    part("payers").textContent = told ? payersSentence(words, model, told) : "";
    part("brief-words").textContent = told ? shortAnswer() : sentence;
    const policy = policyWords(data, shown);
    part("policy-words").textContent = policy ? filled(words["policy"], { words: policy }) : words["nothing"];
    const set = beliefsInWords(data, shown);
    const chance = plausibility(data, shown, viewOf());
    const together = Number.isNaN(chance)
      ? ""
      : ` ${filled(words["plausible"], { n: placesInEvidence(data, shown, viewOf()).length, chance: perCent(chance) })}`;
    part("beliefs-words").textContent =
      (set.length ? filled(words["touched"], { list: set.join("; ") }) : words["untouched"]) + together;
    showGrid();
    showOrigin();
    part("results").classList.toggle("stale", !told);
    part("may-not").textContent = told ? part("may-not").textContent : refused;
  }

  function showGrid() {
    part("views-body").replaceChildren(
      ...data.laws.map((law, l) =>
        element("tr", {}, [
          element("th", { scope: "row" }, [law.title]),
          ...data.views.map((view, v) => gridCell(view.title, v, l)),
        ]),
      ),
    );
    const kind = told ? statusOf(words, model, told.cell, "net_public_cost").kind : "refused";
    const marks = words["marks"][kind] ?? "";
    part("views-caption").textContent = filled(words["grid"], {
      basis: basisWords(words, data, shown),
      period: periodWords(data, shown),
    });
    part("views-note").textContent = filled(words["views_note"], { draws: told?.cell.drawn.length ?? 0, marks });
  }

  /** @param {string} title @param {number} v @param {number} l */
  function gridCell(title, v, l) {
    const isMain = v === viewOf() && l === lawOf();
    const cell = told?.cells[v]?.[l];
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
      isMain ? element("span", { className: "small" }, [` ${words["shpolicybelow"]}`]) : "",
    ]);
  }

  function showOrigin() {
    const box = part("origin");
    const lines = [...origin.faults];
    if (origin.hash !== data.hash && told) {
      const net = figureOf(model, told.cell, "net_public_cost");
      const names = { hash: origin.hash, own: data.hash };
      if (!origin.answer) lines.push(filled(words["link"]["unknown"], names));
      else {
        const [value, low, high] = origin.answer;
        const change = net.value - value;
        const isSame = Math.abs(change) <= LINK_ROUNDS_TO * Math.max(Math.abs(value), Math.abs(low), Math.abs(high));
        const difference = isSame
          ? words["link"]["same"]
          : `${money(Math.abs(change))} ${change > 0 ? "more" : "less"}`;
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

  // -- charts and tables ----------------------------------------------------------------------------------------------

  /**
   * @param {string} name
   * @param {string} title
   * @param {string} subtitle
   * @param {(width: number, look: Look) => string} svg
   */
  function draw(name, title, subtitle, svg) {
    pictures.set(name, { title, subtitle, svg });
    const figure = part(`figure-${name}`);
    const width = widths.get(name) ?? Math.max(240, Math.floor(figure.clientWidth || 600));
    widths.set(name, width);
    const drawn = `<h3>${escaped(title)}</h3><figcaption class="small">${escaped(subtitle)}</figcaption>${svg(width, setting.look)}`;
    if (drawn === drawings.get(name)) return;
    drawings.set(name, drawn);
    figure.innerHTML = drawn;
  }

  /** @param {string} key @param {(string | number)[][]} rows @param {number[]} [strong] @param {string} [caption] */
  function fill(key, rows, strong = [], caption = "") {
    const table = part(`table-${key}`);
    const texts = [...table.tHead.rows[0].cells].map((one) => one.className);
    table.tBodies[0].replaceChildren(
      ...rows.map((row, r) =>
        element(
          "tr",
          { className: strong.includes(r) ? "strong" : "" },
          row.map((cell, c) =>
            element(c === 0 ? "th" : "td", c === 0 ? { scope: "row" } : { className: texts[c] ?? "" }, [String(cell)]),
          ),
        ),
      ),
    );
    if (caption) table.caption.textContent = caption;
  }

  /** @param {Told} told */
  function where(told) {
    return `${data.views[told.view]?.title} view, ${lawWords(words, data, told.law)}, ${periodWords(data, shown)}`;
  }

  /** @param {Told} told */
  function showResults(told) {
    showUses(told);
    showPayers(told);
    showYears(told);
    inSlices(restOf(told), round, () => {});
  }

  /** What can wait for the next frame. @param {Told} told @returns {Generator<void, void, void>} */
  function* restOf(told) {
    showPeople(told);
    yield;
    showFrontier(told);
    yield;
    showCouncil();
    yield;
    part("command").textContent = commandOf(data, shown);
    part("yaml").value = scenarioYaml(words, data, shown);
    part("python").value = pythonOf(words, data, shown);
    showTake(told);
  }

  /** @param {Told} told */
  function showPayers(told) {
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
            amount: sentenceCase(costsOrSaves(net.value, ends)),
            range: ends.length ? moneyRange(net.value, net.low, net.high) : words["no_range"],
            interval: words["interval"],
          });
    const chart = {
      steps,
      net: { name: say["net"], value: net.value, low: net.low, high: net.high, words: inMoney(net.value, ends) },
      told: `${title} ${steps.map((one) => `${one.name} ${one.words}`).join("; ")}.`,
    };
    draw("payers", title, `${where(told)}; ${basisWords(words, data, shown)}. ${say["sides"]}`, (width, look) =>
      stepsChart(chart, width, look),
    );
    const part = (/** @type {number} */ value) => (value === 0 ? DASH : inMoney(value));
    const cells = (/** @type {PayerRow} */ one, /** @type {string} */ title) => [
      title,
      part(one.costs),
      part(one.saves),
      inMoney(one.value, Number.isFinite(one.low) ? [one.low, one.high] : []),
      rangeWords(one),
      one.status,
    ];
    const whole = {
      ...net,
      costs: sumOf(inside.map((one) => one.costs)),
      saves: sumOf(inside.map((one) => one.saves)),
      status: statusOf(words, model, told.cell, "net_public_cost").words,
    };
    const others = rows
      .filter((one) => !inside.includes(one))
      .map((one) => cells(one, filled(words["rest"][one.kind], { title: one.title })));
    fill(
      "payers",
      [
        ...inside.map((one) => cells(one, one.title)),
        cells({ ...whole, kind: "known", title: "", words: "", verb: "" }, say["net"]),
        ...others,
      ],
      [inside.length],
      filled(words["tables"]["payers"]["caption"], { where: where(told), basis: basisWords(words, data, shown) }),
    );
  }

  /** @param {{value: number, low: number, high: number}} one */
  function rangeWords(one) {
    return Number.isFinite(one.low) && Number.isFinite(one.high)
      ? moneyRange(one.value, one.low, one.high)
      : words["no_range"];
  }

  /** @param {Told} told */
  function showUses(told) {
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
    const toldWords = `${title} ${parts.map((one) => `${one.words}: ${isShared ? perCent(Math.max(0, one.share)) : ""}`).join("; ")}`;
    part("parts").replaceChildren(
      ...parts.map((one) =>
        element("li", {}, [
          filled(words["charts"]["part"], { use: one.words, minutes: isShared ? plain(60 * one.share, 0.1) : DASH }),
        ]),
      ),
    );
    draw("uses", title, filled(words["charts"]["uses_sub"], { where: where(told) }), (width, look) =>
      partsChart({ parts: isShared ? parts : [], told: toldWords }, width, look),
    );
    fill(
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

  /** @param {Told} told */
  function showYears(told) {
    const years = data.years.slice(0, shown.horizon);
    const mid = Array.from(front(model, told.cell).byYear.subarray(0, shown.horizon));
    const hasRange = told.cell.drawn.length > 0;
    const low = hasRange ? courseEnd(told.cell, 0, shown.horizon, 0.1) : mid.map(() => NaN);
    const high = hasRange ? courseEnd(told.cell, 0, shown.horizon, 0.9) : mid.map(() => NaN);
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
      "years",
      title,
      filled(words["charts"]["years_sub"], { where: where(told), prices: data.price_base }),
      (width, look) => fanChart(chart, width, look),
    );
    fill(
      "years",
      years.map((year, y) => [
        academicYear(year),
        money(mid[y] ?? 0, hasRange ? [low[y] ?? 0, high[y] ?? 0] : [], true),
        hasRange ? moneyRange(mid[y] ?? 0, low[y] ?? 0, high[y] ?? 0) : words["no_range"],
      ]),
    );
  }

  /** @param {Told} told */
  function showPeople(told) {
    const row = (/** @type {Outcome} */ one) => outcomeRow(one, told);
    const key = words["key_outcomes"].flatMap((/** @type {string} */ name) =>
      data.outcomes.filter((one) => one.name === name),
    );
    fill("people", key.map(row), [], filled(words["tables"]["people"]["caption"], { where: where(told) }));
    fill("people_more", data.outcomes.filter((one) => !key.includes(one)).map(row));
  }

  /** @param {Outcome} one @param {Told} told */
  function outcomeRow(one, told) {
    const found = shownFigure(words, model, told.cell, `outcome.${one.name}`);
    if (!Number.isFinite(found.value))
      return [one.title, DASH, DASH, DASH, `${found.status.words}: ${words["too_little"]}`];
    const hasRange = Number.isFinite(found.low);
    const step = roundingStep(found.value, ...(hasRange ? [found.low, found.high] : []));
    const range = hasRange ? `${plain(found.low, step, true)} to ${plain(found.high, step, true)}` : words["no_range"];
    return [
      one.title,
      `${plain(found.value, step, true)} ${one.unit}`,
      range,
      directionOf(one, found, hasRange),
      found.status.words,
    ];
  }

  /** @param {Outcome} outcome @param {{value: number, low: number, high: number}} found @param {boolean} hasRange */
  function directionOf(outcome, found, hasRange) {
    const say = words["direction"];
    if (found.value === 0) return say["none"];
    if (!hasRange) return say["unknown"];
    if (found.low < 0 && found.high > 0) return say["unclear"];
    if (outcome.favourable !== "up" && outcome.favourable !== "down")
      return found.value > 0 ? say["more"] : say["less"];
    return found.value > 0 === (outcome.favourable === "up") ? say["better"] : say["worse"];
  }

  /** @param {Told} told */
  function showFrontier(told) {
    const found = data.frontier?.aims.find((one) => one["aim"] === aim);
    part("section-frontier").hidden = !found;
    if (!found) return;
    const figure = `outcome.${aim}`;
    const all = [...found["points"], ...found["shipped"]].map((one, i) => ({
      ...one,
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
      Object.entries(opened).every(([key, value]) => /** @type {any} */ (shown)[key] === value) &&
      !Object.keys(shown.beliefs).length;
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
    draw("frontier", heading, sub, (width, look) => frontierChart(chart, width, look));
    fill(
      "frontier",
      all.map((one) => [
        `${one.letter}. ${one.title}`,
        money(one.x),
        `${plain(one.y, roundingStep(one.y), true)} ${unit}`,
      ]),
    );
  }

  function showCouncil() {
    const rows = data.councils?.rows ?? [];
    const own = rows.find((one) => String(one.code) === shown.council) ?? null;
    if (!rows.some((one) => shown.scenario in one.figures)) {
      drawings.delete("council");
      part("figure-council").replaceChildren(element("p", { className: "warning" }, [words["council"]["none"]]));
      fill("councils", []);
      return;
    }
    const policy = shown.scenario;
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
    const chart = { tiles, chosen: shown.council, near: near.map((one) => String(one.code)), told: title };
    draw(
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
    fill("councils", own ? [row(own), ...near.map(row), whole] : [whole], own ? [0, near.length + 1] : [0]);
  }

  // -- afterwards: what changed the answer, and what would turn it ----------------------------------------------------

  /** @param {number} of round in which it was asked */
  function afterwards(of) {
    history.replaceState(null, "", `#${fragment()}`);
    const finished = () => {
      document.body.dataset["done"] = String(of);
    };
    if (!told || isEmbedded()) return finished();
    inSlices(changedSteps(), of, (found) => {
      showChanged(found);
      inSlices(evenRows(), of, (rows) => {
        showEven(rows);
        finished();
      });
    });
  }

  /** @template T @param {Generator<void, T, void>} work @param {number} of @param {(found: T) => void} done */
  function inSlices(work, of, done) {
    const go = () => {
      if (of !== round) return;
      const until = performance.now() + SLICE;
      for (;;) {
        const step = work.next();
        if (step.done) return done(step.value);
        if (performance.now() > until) break;
      }
      window.setTimeout(go, 0);
    };
    window.setTimeout(go, 0);
  }

  /** Mean net public cost of a state in the view and law in front. @param {State} state */
  function netOf(state) {
    const cell = cellOf(model, state, viewOf(), lawOf());
    return front(model, cell).figures[0] ?? 0;
  }

  /** What differs from where the page opened. */
  function changes() {
    /** @type {{key: string, title: string, kind: string, apply: (state: State) => State}[]} */
    const found = [];
    const [from, to] = [controlsOf(data, opening), controlsOf(data, shown)];
    if (shown.scenario !== opening.scenario && (!from || !to)) {
      found.push({
        key: "policy",
        title: words["changed"]["policy"],
        kind: words["changed"]["policy"],
        apply: (state) => ({ ...state, scenario: shown.scenario, controls: shown.controls }),
      });
    } else if (from && to) {
      for (const one of data.controls) {
        const value = to[one.name] ?? one.off;
        if (value !== from[one.name])
          found.push({
            key: one.name,
            title: one.title,
            kind: words["groups"][one.group] ?? one.group,
            apply: (state) => ({
              ...state,
              scenario: "",
              controls: { ...withOff(data, controlsOf(data, state) ?? {}), [one.name]: value },
            }),
          });
      }
    }
    for (const [name, value] of Object.entries(shown.beliefs)) {
      const belief = data.beliefs.find((one) => one.name === name);
      found.push({
        key: `b.${name}`,
        title: belief?.title ?? name,
        kind: words["changed"][belief?.kind ?? "engine"],
        apply: (state) => ({ ...state, beliefs: { ...state.beliefs, [name]: value } }),
      });
    }
    for (const key of /** @type {const} */ (["funder", "high_needs", "horizon", "discount"])) {
      if (shown[key] !== opening[key])
        found.push({
          key,
          title: words["counted"][key],
          kind: words["changed"]["counted"],
          apply: (state) => ({ ...state, [key]: shown[key] }),
        });
    }
    return found;
  }

  /** @returns {Generator<void, {from: number, to: number, steps: {title: string, value: number}[]} | null, void>} */
  function* changedSteps() {
    const found = changes();
    if (!found.length) return null;
    const players = playersOf(found);
    const at = (/** @type {boolean[]} */ inside) => {
      const keys = new Set(players.flatMap((one, i) => (inside[i] ? one.keys : [])));
      return netOf(
        found.reduce((state, one) => (keys.has(one.key) ? one.apply(state) : state), /** @type {State} */ (opening)),
      );
    };
    const shares = yield* shapley(players.length, at);
    return {
      from: at(players.map(() => false)),
      to: at(players.map(() => true)),
      steps: players.map((one, i) => ({ title: one.title, value: shares[i] ?? 0 })),
    };
  }

  /** @param {{from: number, to: number, steps: {title: string, value: number}[]} | null} found */
  function showChanged(found) {
    part("section-changed").hidden = !found;
    if (!found || !told) return;
    const net = figureOf(model, told.cell, "net_public_cost");
    const inMoney = (/** @type {number} */ value) => money(value, [found.from, found.to], true);
    const steps = found.steps
      .map((one) => ({ name: one.title, value: one.value, words: inMoney(one.value) }))
      .sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
    const most = steps[0];
    const title = filled(words["changed"]["title"], {
      most: most ? most.name.charAt(0).toLowerCase() + most.name.slice(1) : "",
      from: money(found.from, [found.to]),
      to: money(found.to, [found.from]),
    });
    const start = {
      name: filled(words["changed"]["start"], { title: scenarioOf(data, opening)?.title ?? "" }),
      value: found.from,
      words: inMoney(found.from),
    };
    const chart = {
      start,
      steps,
      net: { name: words["changed"]["end"], value: found.to, low: net.low, high: net.high, words: inMoney(found.to) },
      told: title,
    };
    draw("changed", title, `${where(told)}. ${words["changed"]["sub"]}`, (width, look) =>
      stepsChart(chart, width, look),
    );
    fill(
      "changed",
      steps.map((one) => [one.name, one.words]),
    );
    showTake(told);
  }

  /** Beliefs whose turning points are asked: those on the left. */
  function beliefsInFront() {
    return [...beliefBoxes.keys()].flatMap((name) => data.beliefs.filter((one) => one.name === name));
  }

  function* evenRows() {
    /** @type {{belief: Belief, even: number | null, now: number}[]} */
    const rows = [];
    for (const belief of beliefsInFront()) {
      const now = shown.beliefs[belief.name] ?? belief.values[viewOf()] ?? 0;
      const canAsk = !(belief.kind === "engine" && !controlsOf(data, shown));
      const even = canAsk
        ? yield* evenPoint(
            (value) => netOf({ ...shown, beliefs: { ...shown.beliefs, [belief.name]: value } }),
            belief.low,
            belief.high,
            now,
          )
        : null;
      rows.push({ belief, even, now });
    }
    return rows;
  }

  /** @param {{belief: Belief, even: number | null, now: number}[]} found */
  function showEven(found) {
    if (!told) return;
    const net = figureOf(model, told.cell, "net_public_cost");
    const rows = found.map(({ belief, even, now }) => {
      const [low, high] = belief.bands[viewOf()] ?? [belief.low, belief.high];
      const say = (/** @type {number} */ value) => withUnit(value, belief.unit);
      const place =
        even === null ? "" : even >= low && even <= high ? words["even"]["inside"] : words["even"]["beyond"];
      const inWords =
        even === null ? words["even"]["none"] : filled(words["even"]["found"], { value: say(even), where: place });
      return { belief, even, now, low, high, say, words: inWords };
    });
    const turning = rows.filter((one) => one.even !== null);
    const title = turning.length
      ? filled(words["even"]["title"], {
          n: turning.length,
          of: rows.length,
          verb: net.value > 0 ? words["even"]["pays"] : words["even"]["costs"],
        })
      : filled(words["even"]["title_none"], {
          n: rows.length,
          verb: net.value > 0 ? words["even"]["pays"] : words["even"]["costs"],
        });
    const chart = {
      rows: rows.map((one) => ({
        name: one.belief.title,
        min: one.belief.low,
        max: one.belief.high,
        low: one.low,
        high: one.high,
        now: one.now,
        even: one.even,
        words: `now ${one.say(one.now)}; evidence ${one.say(one.low)} to ${one.say(one.high)}; ${one.words}`,
      })),
      told: title,
    };
    draw("even", title, `${where(told)}. ${words["even"]["sub"]}`, (width, look) => evenChart(chart, width, look));
    fill(
      "even",
      rows.map((one) => [
        one.belief.title,
        one.say(one.now),
        `${one.say(one.low)} to ${one.say(one.high)}`,
        one.belief.grade,
        one.words,
      ]),
    );
    showTake(/** @type {Told} */ (told));
  }

  // -- controls -------------------------------------------------------------------------------------------------------

  function build() {
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
      startFrom(),
      ...policyGroups(),
      heads[1],
      beliefGroup(),
      heads[2],
      countedGroup(),
      element("div", { className: "buttons" }, [
        element(
          "button",
          {
            type: "button",
            className: "second",
            onclick: () => ask({ ...opening, view: shown.view, law: shown.law, council: shown.council }),
          },
          [words["labels"]["reset"]],
        ),
      ]),
    );
    form.hidden = false;
    part("columns").classList.add("live");
    for (const id of ["front", "section-take", "council-choice", "aim-choice", "run-more"]) part(id).hidden = false;
    buildFront();
    buildTake();
  }

  function startFrom() {
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
    const box = choiceBox("scenario", words["labels"]["start_from"], options, askScenario);
    fitters.push(() => {
      box.set(shown.scenario);
      const own = scenarioOf(data, shown);
      box.told.textContent = own && !own.covered ? words["labels"]["not_covered"] : "";
    });
    return box.root;
  }

  function policyGroups() {
    const groups = [...new Set(data.controls.map((one) => one.group))];
    return groups.map((group, i) => {
      const own = data.controls.filter((one) => one.group === group);
      const [title, boxes] = [words["groups"][group] ?? group, own.map(policyBox)];
      return i < OPEN_GROUPS
        ? element("fieldset", {}, [element("legend", {}, [title]), ...boxes])
        : foldedGroup(title, own, boxes);
    });
  }

  /**
   * Controls that are folded away, with what they are set to on the fold.
   * @param {string} title
   * @param {Control[]} own
   * @param {HTMLElement[]} boxes
   */
  function foldedGroup(title, own, boxes) {
    const summary = element("summary");
    const root = element("details", { className: "group" }, [summary, ...boxes]);
    fitters.push(() => {
      const now = controlsOf(data, shown) ?? {};
      const say = own.map((one) => settingWords(one, now[one.name] ?? one.off)).filter(Boolean);
      summary.textContent = `${title}: ${say.length ? say.join("; ") : words["labels"]["none"]}`;
    });
    return root;
  }

  /** @param {Control} one @param {number} value */
  function settingWords(one, value) {
    if (value === one.off && one.group !== "timing") return "";
    return one.kind === "switch" ? words["labels"][value > 0 ? "yes" : "no"] : controlWords(one, value);
  }

  /** @param {Control} one */
  function policyBox(one) {
    const range = { ...one, log: false, unit: one.unit === "calendar year" ? "" : one.unit };
    const box =
      one.kind === "switch"
        ? switchBox(`c-${one.name}`, one.title, (on) => askControl(one.name, on ? 1 : 0))
        : rangeBox(range, (value) => askControl(one.name, value), "c");
    box.told.textContent =
      one.kind === "switch" ? "" : sentenceCase(`${range.unit ? `${range.unit}. ` : ""}${one.why}`);
    policyBoxes.set(one.name, box);
    fitters.push(() => {
      const [now, before] = [controlsOf(data, shown), controlsOf(data, opening)];
      const value = now?.[one.name] ?? one.off;
      box.set(value, now !== null && before !== null && value !== (before[one.name] ?? one.off));
    });
    return box.root;
  }

  function beliefGroup() {
    const list = element("div", { id: "beliefs-list" });
    const count = element("p", { className: "told", role: "status", id: "beliefs-count" });
    const search = element("input", {
      type: "search",
      id: "belief-search",
      oninput: () => {
        query = search.value;
        listBeliefs(list, count);
        if (told) ask({});
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
    listBeliefs(list, count);
    fitters.push(() => fitBeliefs(list, count));
    return box;
  }

  /** The first five and those that were set, or what the search finds. */
  function chosenBeliefs() {
    const asked = query.trim().toLowerCase().split(/\s+/).filter(Boolean);
    if (!asked.length) return data.beliefs.filter((one, i) => i < FIRST_BELIEFS || one.name in shown.beliefs);
    return data.beliefs.filter((one) =>
      asked.every((word) =>
        `${one.title} ${one.name} ${one.group} ${one.source} ${one.said}`.toLowerCase().includes(word),
      ),
    );
  }

  /** @param {HTMLElement} list @param {HTMLElement} count */
  function listBeliefs(list, count) {
    const found = chosenBeliefs();
    const kept = found.slice(0, FOUND_AT_ONCE);
    count.textContent = query.trim()
      ? filled(words["labels"]["found"], { n: found.length, shown: kept.length })
      : filled(words["labels"]["first"], { n: Math.min(FIRST_BELIEFS, data.beliefs.length), all: data.beliefs.length });
    const names = kept.map((one) => one.name);
    if (names.join() === [...beliefBoxes.keys()].join()) return;
    const had = new Map(beliefBoxes);
    beliefBoxes.clear();
    for (const one of kept) beliefBoxes.set(one.name, had.get(one.name) ?? beliefBox(one));
    for (const [name, box] of had) if (!names.includes(name)) box.root.remove();
    kept.forEach((one, i) => {
      const root = /** @type {HTMLElement} */ (beliefBoxes.get(one.name)?.root);
      if (list.children[i] !== root) list.insertBefore(root, list.children[i] ?? null);
    });
  }

  /** @param {Belief} one */
  function beliefBox(one) {
    const box = rangeBox(one, (value) => askBelief(one.name, value), "b");
    const link = one.source_url ? ` (${one.source_url})` : "";
    const back = element(
      "button",
      {
        type: "button",
        className: "second",
        onclick: () => {
          askBelief(one.name, null);
        },
      },
      [words["labels"]["back"]],
    );
    back.setAttribute("aria-label", `${words["labels"]["back"]}: ${one.title}`);
    const kind = element("span", { className: "tag" }, [words["kinds"][one.kind]]);
    const more = element("details", {}, [
      element("summary", {}, [filled(words["sources"]["grade"], { grade: one.grade, words: one.grade_words })]),
      element("p", { className: "told" }, [filled(words["sources"]["source"], { source: `${one.source}${link}` })]),
      ...(one.said
        ? [element("p", { className: "told" }, [filled(words["sources"]["said"], { said: one.said })])]
        : []),
      element("p", { className: "told" }, [kind, ` ${movesWords(one)} `]),
      back,
    ]);
    box.root.append(more);
    return box;
  }

  /** @param {Belief} one */
  function movesWords(one) {
    const found = words["moves"].find((/** @type {[number, string]} */ [least]) => one.moves >= least);
    return filled(words["moves_share"], { words: found ? found[1] : "", share: perCent(one.moves) });
  }

  /** @param {HTMLElement} list @param {HTMLElement} count */
  function fitBeliefs(list, count) {
    if (!query.trim()) listBeliefs(list, count);
    const view = viewOf();
    for (const one of beliefsInFront()) {
      const box = beliefBoxes.get(one.name);
      if (!box) continue;
      const isSet = one.name in shown.beliefs;
      const value = shown.beliefs[one.name] ?? one.values[view] ?? 0;
      const [low, high] = one.bands[view] ?? [NaN, NaN];
      const names = { low: withUnit(low, one.unit), high: withUnit(high, one.unit) };
      const isFixed = one.views_fix[view] || !(high > low);
      box.set(value, isSet);
      box.shade(low, high);
      box.told.textContent = isFixed ? words["convention"] : filled(words["inside"], names);
      const isOut = isSet && !isFixed && (value < low || value > high);
      box.outside.hidden = !isOut;
      box.outside.textContent = isOut ? outsideWords(one, value, view, names) : "";
    }
  }

  /** @param {Belief} one @param {number} value @param {number} view @param {Record<string, string>} names */
  function outsideWords(one, value, view, names) {
    const quantiles = one.quantiles[view];
    const isBeyond = quantiles && (value < quantiles[0] || value > quantiles[quantiles.length - 1]);
    return filled(isBeyond ? words["outside_all"] : words["outside"], names);
  }

  function countedGroup() {
    const say = words["counted"];
    const horizon = rangeBox(
      { name: "horizon", title: say["horizon"], low: 1, high: data.years.length, step: 1, log: false, unit: "years" },
      (value) => ask({ horizon: Math.round(value) }),
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
      (value) => ask({ discount: value }),
      "k",
    );
    const funder = choiceBox("funder", say["funder"], say["funders"], (value) => ask({ funder: value }));
    const needs = choiceBox("high_needs", say["high_needs"], say["high_needs_options"], (value) =>
      ask({ high_needs: value }),
    );
    discount.told.textContent = say["discount_told"];
    fitters.push(() => {
      horizon.set(shown.horizon, shown.horizon !== opening.horizon);
      discount.set(shown.discount, shown.discount !== opening.discount);
      funder.set(shown.funder);
      needs.set(shown.high_needs);
    });
    return element("fieldset", {}, [
      element("legend", {}, [say["legend"]]),
      horizon.root,
      discount.root,
      funder.root,
      needs.root,
    ]);
  }

  function buildFront() {
    const view = choiceBox(
      "view",
      words["labels"]["view"],
      data.views.map((one) => [one.name, one.title]),
      (value) => ask({ view: value }),
    );
    const law = choiceBox(
      "law",
      words["labels"]["law"],
      data.laws.map((one) => [one.name, one.title]),
      (value) => ask({ law: value }),
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
      (value) => ask({ council: value }),
    );
    part("council-choice").append(council.root);
    const known = data.frontier?.aims.filter((one) => model.names.includes(`outcome.${one["aim"]}`)) ?? [];
    const aims = choiceBox(
      "aim",
      words["labels"]["aim"],
      known.map((one) => [one["aim"], one["title"]]),
      (value) => {
        aim = value;
        ask({});
      },
    );
    aims.set(aim);
    part("aim-choice").append(aims.root);
    part("figure-council").addEventListener("click", (/** @type {MouseEvent} */ event) => {
      const tile = /** @type {Element} */ (event.target).closest("[data-council]");
      if (tile) ask({ council: tile.getAttribute("data-council") ?? "" });
    });
    fitters.push(() => {
      view.set(shown.view);
      law.set(shown.law);
      view.told.textContent = data.views[viewOf()]?.description ?? "";
      council.set(shown.council);
    });
  }

  // -- handed over ----------------------------------------------------------------------------------------------------

  function fragment(embed = false) {
    const net = told?.cell.mean ? figureOf(model, told.cell, "net_public_cost") : null;
    return toFragment(shown, opening, data.hash, net ? [net.value, net.low, net.high] : null, embed);
  }

  /** @param {boolean} [embed] */
  function address(embed = false) {
    return `${location.href.split("#")[0]}#${fragment(embed)}`;
  }

  /** @param {string} words @param {() => void} act @param {string} id */
  function button(words, act, id) {
    return element("button", { type: "button", id, onclick: act }, [words]);
  }

  function buildTake() {
    const say = words["take"];
    const charts = choiceBox(
      "which-picture",
      say["which"],
      [
        ["payers", say["payers"]],
        ["years", say["years"]],
        ["uses", say["uses"]],
        ["even", say["even"]],
        ["changed", say["changed"]],
        ["frontier", say["frontier"]],
      ],
      () => {},
    );
    part("take").append(
      element("div", { id: "may" }),
      element("p", { className: "warning", id: "may-not", hidden: true }),
      element("h3", {}, [say["sentence"]]),
      element("textarea", { id: "quote", readOnly: true, "aria-label": say["sentence"] }),
      element("div", { className: "buttons" }, [button(say["copy_sentence"], () => copy("quote"), "copy-sentence")]),
      element("h3", {}, [say["picture"]]),
      charts.root,
      element("div", { className: "buttons" }, [
        button("SVG", () => savePicture("svg"), "save-svg"),
        button("PNG", () => savePicture("png"), "save-png"),
      ]),
      element("h3", {}, [say["link"]]),
      element("textarea", { id: "link", readOnly: true, "aria-label": say["link"] }),
      element("div", { className: "buttons" }, [button(say["copy_link"], () => copy("link"), "copy-link")]),
      element("h3", {}, [say["data"]]),
      element("div", { className: "buttons" }, [
        button("CSV", () => save("answer.csv", "text/csv", told ? asCsv(words, model, shown, told) : ""), "save-csv"),
        button(
          say["card"],
          () =>
            save(
              "answer.json",
              "application/json",
              told ? JSON.stringify(answerCard(words, model, shown, told, address()), null, 2) : "",
            ),
          "save-card",
        ),
        button(say["print"], () => window.print(), "print"),
      ]),
      element("h3", {}, [say["embed"]]),
      element("textarea", { id: "embed", readOnly: true, "aria-label": say["embed"] }),
      element("div", { className: "buttons" }, [button(say["copy_embed"], () => copy("embed"), "copy-embed")]),
      element("p", { role: "status", id: "done" }),
    );
    part("run-more").append(
      element("p", {}, [say["with_yaml"]]),
      element("label", { for: "yaml" }, [say["yaml"]]),
      element("textarea", { id: "yaml", readOnly: true }),
      element("div", { className: "buttons" }, [
        button(say["copy_yaml"], () => copy("yaml"), "copy-yaml"),
        button(say["save_yaml"], () => save("my_policy.yaml", "text/yaml", part("yaml").value), "save-yaml"),
        button(say["copy_command"], () => copyText(commandOf(data, shown)), "copy-command"),
      ]),
      element("label", { for: "python" }, ["Python"]),
      element("textarea", { id: "python", readOnly: true }),
      element("div", { className: "buttons" }, [button(say["copy_python"], () => copy("python"), "copy-python")]),
    );
  }

  /** @param {Told} told */
  function showTake(told) {
    const reasons = mayNot(words, model, shown, told);
    const may = reasons.length === 0;
    const box = part("may-not");
    box.hidden = may;
    box.textContent = may ? "" : `${words["may_not"]["lead"]} ${reasons.join("; ")}.`;
    part("quote").value = may ? quotable(words, model, shown, told) : "";
    for (const id of ["copy-sentence", "save-svg", "save-png"]) part(id).disabled = !may;
    part("quote").hidden = !may;
    part("link").value = address();
    part("embed").value = may
      ? `<iframe src="${address(true).replace(/&/g, "&amp;")}" title="${escaped(words["question"])}" width="100%" height="900"></iframe>`
      : "";
    part("copy-embed").disabled = !may;
    part("embed").hidden = !may;
    for (const option of part("which-picture").options)
      option.disabled = !pictures.has(option.value) || (option.value === "changed" && part("section-changed").hidden);
  }

  /** @param {string} id */
  function copy(id) {
    part(id).select();
    copyText(part(id).value);
  }

  /** @param {string} text */
  async function copyText(text) {
    try {
      await navigator.clipboard.writeText(text);
      part("done").textContent = words["take"]["copied"];
    } catch {
      part("done").textContent = words["take"]["not_copied"];
    }
  }

  /** @param {string} name @param {string} type @param {string | Blob} content */
  function save(name, type, content) {
    const url = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
    element("a", { href: url, download: name }).click();
    window.setTimeout(() => URL.revokeObjectURL(url), 10000);
    part("done").textContent = filled(words["take"]["saved"], { name });
  }

  /** A chart with its title, its range, where it holds and its source. @param {string} name */
  function framed(name) {
    const found = pictures.get(name);
    if (!found || !told) return "";
    const width = 900;
    const inner = found.svg(width - 48, setting.light);
    const height = Number(/height="([\d.]+)"/.exec(inner)?.[1] ?? 300);
    const sentence = answerSentence(words, model, shown, told);
    let [y, head] = [16, ""];
    const write = (/** @type {string} */ text, /** @type {number} */ size, /** @type {boolean} */ bold) => {
      for (const line of wrapped(text, width - 48, size))
        head += label(24, (y += size * 1.3), line, { fill: setting.light.ink, size, bold });
      y += 4;
    };
    write(found.title, 22, true);
    write(found.subtitle, 14, false);
    const at = y + 10;
    y = at + height + 4;
    write(sentence, 14, false);
    write(sourceWords(words, model, told), 12, false);
    const placed = inner.replace("<svg ", `<svg x="24" y="${at}" `);
    return picture(
      width,
      y + 14,
      `${found.title} ${sentence}`,
      box(0, 0, width, y + 14, setting.light.ground) + head + placed,
    );
  }

  /** @param {"svg" | "png"} kind */
  async function savePicture(kind) {
    const name = part("which-picture").value;
    const svg = framed(name);
    if (kind === "svg") return save(`${name}.svg`, "image/svg+xml", svg);
    const image = new Image();
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
    await image.decode();
    const canvas = element("canvas", { width: image.width * 2, height: image.height * 2 });
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((/** @type {Blob | null} */ blob) => {
      if (blob) save(`${name}.png`, "image/png", blob);
    });
    return undefined;
  }

  build();
  if (isEmbedded()) document.body.classList.add("embed");
  show();
  window.addEventListener("hashchange", () => {
    const asked = location.hash.slice(1);
    if (asked === fragment() || document.getElementById(asked)) return; // a place on the page, not a state of it
    [shown, origin] = fromFragment(location.hash.slice(1), opening, data);
    ask({});
  });
  if ("IntersectionObserver" in window)
    new IntersectionObserver(([seen]) => {
      part("brief").hidden = Boolean(seen?.isIntersecting);
    }).observe(part("sentence"));
  let width = document.body.clientWidth;
  window.addEventListener("resize", () => {
    if (document.body.clientWidth === width) return;
    width = document.body.clientWidth;
    widths.clear();
    ask({});
  });
  document.body.dataset["ready"] = "1";
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
    law: data.laws[0]?.name ?? "",
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
