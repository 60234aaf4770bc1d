// Charts as strings of SVG: drawn at the width at which they are shown, so that letters keep their size on a telephone.
// Nothing is told by colour alone: every bar has its words, every point its letter, every chart its table.

/**
 * @typedef {{ink: string, quiet: string, ground: string, line: string, cost: string, save: string, net: string,
 *   band: string, mid: string, accent: string, shades: [string, string][], uses: [string, string][]}} Look
 * @typedef {{name: string, value: number, words: string}} Step
 * @typedef {{name: string, value: number, low: number, high: number, words: string}} Net
 */

const LETTER = 0.56; // width of a letter in its own height
const TEXT = 14;
const SMALL = 12;
const LINE = 17; // height of a line of text
const BAR_ROW = 46; // height of a row with one line of text and a bar

/** @param {string} text @returns {string} */
function escaped(text) {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
}

/**
 * @param {number} x @param {number} y @param {string} words
 * @param {{fill: string, size?: number, bold?: boolean, anchor?: string, halo?: string}} how
 */
function label(x, y, words, how) {
  const weight = how.bold ? ' font-weight="bold"' : "";
  const anchor = how.anchor ? ` text-anchor="${how.anchor}"` : "";
  const at = `x="${at1(x)}" y="${at1(y)}" font-size="${how.size ?? TEXT}"`;
  const halo = how.halo ? ` stroke="${how.halo}" stroke-width="4" paint-order="stroke"` : "";
  return `<text ${at} fill="${how.fill}"${weight}${anchor}${halo}>${escaped(words)}</text>`;
}

/** @param {number} number */
function at1(number) {
  return Math.round(number * 10) / 10;
}

/**
 * @param {number} x1
 * @param {number} y1
 * @param {number} x2
 * @param {number} y2
 * @param {string} colour
 * @param {string} [more]
 */
function stroke(x1, y1, x2, y2, colour, more = "") {
  return `<line x1="${at1(x1)}" y1="${at1(y1)}" x2="${at1(x2)}" y2="${at1(y2)}" stroke="${colour}" ${more}/>`;
}

/**
 * @param {number} x
 * @param {number} y
 * @param {number} width
 * @param {number} height
 * @param {string} fill
 * @param {string} [more]
 */
function box(x, y, width, height, fill, more = "") {
  const size = `width="${at1(Math.max(width, 0))}" height="${at1(height)}"`;
  return `<rect x="${at1(x)}" y="${at1(y)}" ${size} fill="${fill}" ${more}/>`;
}

/**
 * @param {number} width @param {number} height @param {string} told serves the same purpose as the picture
 * @param {string} body
 */
function picture(width, height, told, body) {
  const view = `viewBox="0 0 ${at1(width)} ${at1(height)}" width="${at1(width)}" height="${at1(height)}"`;
  const font = 'font-family="Arial, Helvetica, sans-serif"';
  return `<svg xmlns="http://www.w3.org/2000/svg" ${view} ${font} role="img" aria-label="${escaped(told)}">${body}</svg>`;
}

/**
 * Words broken into lines that fit a width.
 * @param {string} words
 * @param {number} width
 * @param {number} size
 * @returns {string[]}
 */
function wrapped(words, width, size) {
  const most = Math.max(8, Math.floor(width / (size * LETTER)));
  /** @type {string[]} */
  const lines = [];
  for (const word of words.split(" ")) {
    const last = lines[lines.length - 1];
    if (last !== undefined && `${last} ${word}`.length <= most) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/**
 * Round numbers that divide a range.
 * @param {number} low
 * @param {number} high
 * @param {number} most
 * @returns {number[]}
 */
function ticks(low, high, most) {
  const rough = (high - low) / Math.max(1, most);
  if (!(rough > 0)) return [low];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((one) => one * power >= rough) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, i) => (first + i) * step);
}

/** @param {[number, number]} from @param {[number, number]} to @returns {(value: number) => number} */
function scaled(from, to) {
  const slope = from[1] === from[0] ? 0 : (to[1] - to[0]) / (from[1] - from[0]);
  return (value) => to[0] + (value - from[0]) * slope;
}

/** Money on an axis, at one scale. @param {number[]} values @returns {(value: number) => string} */
function axisMoney(values) {
  const [scale, word] = moneyScale(...values);
  const unit = word === " billion" ? "bn" : word === " million" ? "m" : "";
  return (value) => `${value < 0 ? MINUS : ""}£${upToFigures(Math.abs(value) / scale)}${value === 0 ? "" : unit}`;
}

/** Numbers on an axis, in millions where they are large. @param {number[]} values @returns {(value: number) => string} */
function axisNumber(values) {
  const isLarge = Math.max(...values.map(Math.abs)) >= 1e6;
  return (value) => (isLarge && value !== 0 ? `${upToFigures(value / 1e6)}m` : upToFigures(value));
}

/**
 * Bars that add up: each begins where the one before ended, and the last has the whole with its range.
 * @param {{start?: Step, steps: Step[], net: Net, told: string}} what
 * @param {number} width @param {Look} look
 */
function stepsChart(what, width, look) {
  const from = what.start ? what.start.value : 0;
  let level = from;
  const bars = what.steps.map((step) => ({ ...step, begin: level, end: (level += step.value) }));
  const ends = [what.net.low, what.net.high].filter(Number.isFinite);
  const reach = [0, from, what.net.value, ...ends, ...bars.flatMap((bar) => [bar.begin, bar.end])];
  const [least, most] = [Math.min(...reach), Math.max(...reach)];
  const x = scaled([least, most === least ? least + 1 : most], [4, width - 4]);
  const lines = (/** @type {Step | Net} */ row) =>
    wrapped(row.name, width - row.words.length * TEXT * LETTER - 20, TEXT);
  const shown = [...(what.start ? [what.start] : []), ...bars, what.net];
  const foot = shown.reduce((sum, row) => sum + BAR_ROW + LINE * (lines(row).length - 1), 0);
  const money = axisMoney(reach);
  const marks = ticks(least, most, Math.max(2, Math.floor(width / 110)));
  let body = marks
    .map((mark) => stroke(x(mark), 20, x(mark), foot, look.line, mark === 0 ? 'stroke-width="2"' : ""))
    .join("");
  let y = 0; // of the next row; a bar lies at its foot
  /** @param {Step | Net} row @param {number} begin @param {number} end @param {string} fill @param {boolean} bold */
  const draw = (row, begin, end, fill, bold) => {
    const how = { fill: look.ink, bold, halo: look.ground };
    body += label(width - 4, y + 15, row.words, { ...how, anchor: "end" });
    lines(row).forEach((line, i) => {
      body += label(4, y + 15 + LINE * i, line, how);
    });
    y += BAR_ROW + LINE * (lines(row).length - 1);
    body += box(Math.min(x(begin), x(end)), y - 25, Math.max(1, Math.abs(x(end) - x(begin))), 16, fill);
  };
  if (what.start) draw(what.start, 0, from, look.quiet, true);
  for (const bar of bars) {
    draw(bar, bar.begin, bar.end, bar.value > 0 ? look.cost : look.save, false);
    body += stroke(x(bar.end), y - 9, x(bar.end), y, look.line);
  }
  draw(what.net, 0, what.net.value, look.net, true);
  if (ends.length === 2) body += whisker(x(what.net.low), x(what.net.high), y - 17, look);
  const anchor = (/** @type {number} */ place) => (place < 24 ? "start" : place > width - 24 ? "end" : "middle");
  body += marks
    .map((mark) => label(x(mark), foot + 14, money(mark), { fill: look.quiet, size: SMALL, anchor: anchor(x(mark)) }))
    .join("");
  return picture(width, foot + 20, what.told, body);
}

/** A range, seen on any ground. @param {number} low @param {number} high @param {number} y @param {Look} look */
function whisker(low, high, y, look) {
  const path = `M${at1(low)} ${y - 6}V${y + 6}M${at1(high)} ${y - 6}V${y + 6}M${at1(low)} ${y}H${at1(high)}`;
  const line = (/** @type {string} */ colour, /** @type {number} */ wide) =>
    `<path d="${path}" stroke="${colour}" stroke-width="${wide}" fill="none"/>`;
  return line(look.ground, 5) + line(look.ink, 2);
}

/**
 * A course over years with its range.
 * @param {{years: string[], mid: number[], low: number[], high: number[], told: string}} what
 * @param {number} width @param {Look} look
 */
function fanChart(what, width, look) {
  const height = Math.round(Math.min(320, Math.max(220, width * 0.5)));
  const reach = [0, ...what.mid, ...what.low.filter(Number.isFinite), ...what.high.filter(Number.isFinite)];
  const [least, most] = [Math.min(...reach), Math.max(...reach, 1)];
  const y = scaled([least, most], [height - 40, 24]);
  const x = scaled([0, Math.max(1, what.years.length - 1)], [56, width - 16]);
  const money = axisMoney(reach);
  let body = "";
  for (const mark of ticks(least, most, 5)) {
    body += stroke(56, y(mark), width - 16, y(mark), look.line, mark === 0 ? 'stroke-width="2"' : "");
    body += label(50, y(mark) + 4, money(mark), { fill: look.quiet, size: SMALL, anchor: "end" });
  }
  const along = (/** @type {number[]} */ values) => values.map((value, i) => `${at1(x(i))} ${at1(y(value))}`);
  if (what.low.every(Number.isFinite) && what.high.every(Number.isFinite)) {
    body += `<path d="M${along(what.high).join("L")}L${along(what.low).reverse().join("L")}Z" fill="${look.band}"/>`;
    for (const edge of [what.low, what.high]) {
      body += `<path d="M${along(edge).join("L")}" fill="none" stroke="${look.mid}" stroke-dasharray="4 3"/>`;
    }
  }
  body += `<path d="M${along(what.mid).join("L")}" fill="none" stroke="${look.ink}" stroke-width="3"/>`;
  body += what.mid
    .map((value, i) => `<circle cx="${at1(x(i))}" cy="${at1(y(value))}" r="3.5" fill="${look.ink}"/>`)
    .join("");
  const every = Math.ceil((what.years.length * 62) / (width - 72));
  what.years.forEach((year, i) => {
    if (i % every !== 0) return;
    body += label(x(i), height - 18, year, {
      fill: look.quiet,
      size: SMALL,
      anchor: i === 0 ? "start" : i === what.years.length - 1 ? "end" : "middle",
    });
  });
  return picture(width, height, what.told, body);
}

/**
 * Where each belief stands, where the evidence reaches, and where the answer would turn.
 * @param {{rows: {name: string, min: number, max: number, low: number, high: number, now: number, even: number | null,
 *   words: string}[], told: string}} what
 * @param {number} width @param {Look} look
 */
function evenChart(what, width, look) {
  let body = "";
  let y = 0;
  for (const row of what.rows) {
    const reach = [row.min, row.max, row.now];
    const x = scaled([Math.min(...reach), Math.max(...reach)], [10, width - 10]);
    for (const line of wrapped(row.name, width - 8, TEXT))
      body += label(4, (y += 18), line, { fill: look.ink, bold: true });
    y += 22;
    body += stroke(10, y, width - 10, y, look.quiet);
    body += box(x(row.low), y - 7, Math.max(2, x(row.high) - x(row.low)), 14, look.band, `stroke="${look.mid}"`);
    body += `<circle cx="${at1(x(row.now))}" cy="${y}" r="5.5" fill="${look.ink}" stroke="${look.ground}" stroke-width="2"/>`;
    if (row.even !== null) body += diamond(x(row.even), y, look);
    y += 4;
    for (const line of wrapped(row.words, width - 8, SMALL))
      body += label(4, (y += 16), line, { fill: look.quiet, size: SMALL });
    y += 12;
  }
  return picture(width, y, what.told, body);
}

/** @param {number} x @param {number} y @param {Look} look @param {number} [size] */
function diamond(x, y, look, size = 8) {
  const path = `M${at1(x)} ${y - size}L${at1(x + size)} ${y}L${at1(x)} ${y + size}L${at1(x - size)} ${y}Z`;
  return `<path d="${path}" fill="${look.accent}" stroke="${look.ink}" stroke-width="1.5"/>`;
}

/**
 * Policies by what they cost and what they do; this one as a diamond.
 * @param {{points: {name: string, letter: string, x: number, y: number}[], line: [number, number][],
 *   own: {x: number, y: number, low: number, high: number, words: string} | null, across: string, up: string,
 *   told: string}} what
 * @param {number} width @param {Look} look
 */
function frontierChart(what, width, look) {
  const height = Math.round(Math.min(400, Math.max(270, width * 0.62)));
  const own = what.own ? [what.own] : [];
  const xs = [0, ...what.points.map((one) => one.x), ...own.flatMap((one) => [one.x, one.low, one.high])].filter(
    Number.isFinite,
  );
  const ys = [0, ...what.points.map((one) => one.y), ...own.map((one) => one.y)].filter(Number.isFinite);
  const x = scaled([Math.min(...xs), Math.max(...xs) * 1.04], [60, width - 14]);
  const y = scaled([Math.min(...ys), Math.max(...ys) * 1.06], [height - 52, 30]);
  const [money, number] = [axisMoney(xs), axisNumber(ys)];
  let body = label(4, 14, what.up, { fill: look.quiet, size: SMALL });
  for (const mark of ticks(Math.min(...ys), Math.max(...ys), 5)) {
    body += stroke(60, y(mark), width - 14, y(mark), look.line);
    body += label(54, y(mark) + 4, number(mark), { fill: look.quiet, size: SMALL, anchor: "end" });
  }
  for (const mark of ticks(Math.min(...xs), Math.max(...xs), Math.floor(width / 90))) {
    body += label(x(mark), height - 32, money(mark), { fill: look.quiet, size: SMALL, anchor: "middle" });
  }
  body += label(width - 14, height - 10, what.across, { fill: look.quiet, size: SMALL, anchor: "end" });
  const course = what.line.map(([a, b]) => `${at1(x(a))} ${at1(y(b))}`).join("L");
  body += `<path d="M${course}" fill="none" stroke="${look.mid}" stroke-width="2"/>`;
  for (const one of what.points) {
    body += `<circle cx="${at1(x(one.x))}" cy="${at1(y(one.y))}" r="4.5" fill="${look.ground}" stroke="${look.ink}" stroke-width="2"/>`;
    body += label(x(one.x) + 7, y(one.y) + 12, one.letter, { fill: look.ink, size: SMALL });
  }
  for (const one of own) {
    if (Number.isFinite(one.low)) body += whisker(x(one.low), x(one.high), Math.round(y(one.y)), look);
    body += diamond(x(one.x), Math.round(y(one.y)), look, 9);
    const left = x(one.x) > width * 0.6;
    body += label(x(one.x) + (left ? -12 : 12), y(one.y) - 12, one.words, {
      fill: look.ink,
      bold: true,
      anchor: left ? "end" : "start",
    });
  }
  return picture(width, height, what.told, body);
}

/**
 * One bar of parts that add up, numbered as the table beneath numbers them.
 * @param {{parts: {share: number, number: number}[], told: string}} what
 * @param {number} width @param {Look} look
 */
function partsChart(what, width, look) {
  const whole = what.parts.reduce((sum, part) => sum + Math.max(0, part.share), 0) || 1;
  let [x, body] = [0, ""];
  what.parts.forEach((part, i) => {
    const wide = (Math.max(0, part.share) / whole) * width;
    const [fill, ink] = look.uses[i % look.uses.length] ?? [look.net, look.ground];
    if (wide > 0) body += box(x, 0, Math.max(1, wide - 2), 40, fill, `stroke="${look.ink}" stroke-width="1"`);
    if (wide > 16)
      body += label(x + wide / 2 - 1, 25, String(part.number), { fill: ink, bold: true, anchor: "middle" });
    x += wide;
  });
  return picture(width, 42, what.told, body);
}

/**
 * Councils where they lie, as tiles in shades; names are in the tooltip, in the table and in the choice above.
 * @param {{tiles: {code: string, name: string, short: string, x: number, y: number, shade: number, words: string}[],
 *   chosen: string, near: string[], told: string}} what
 * @param {number} width @param {Look} look
 */
function tilesChart(what, width, look) {
  const columns = Math.max(...what.tiles.map((one) => one.x)) + 1.5;
  const size = width / columns;
  const high = size * 0.9;
  const rows = Math.max(...what.tiles.map((one) => one.y)) + 1;
  let [body, top] = ["", ""];
  for (const one of what.tiles) {
    const [x, y] = [(one.x + (one.y % 2 ? 0.5 : 0)) * size, one.y * high];
    const [fill, ink] = one.shade < 0 ? [look.ground, look.ink] : (look.shades[one.shade] ?? [look.net, look.ground]);
    const isOwn = one.code === what.chosen;
    const edge = isOwn
      ? `stroke="${look.accent}" stroke-width="4"`
      : what.near.includes(one.code)
        ? `stroke="${look.ink}" stroke-width="3"`
        : `stroke="${look.quiet}" stroke-width=".6"`;
    const shape = box(
      x + 1,
      y + 1,
      size - 2,
      high - 2,
      fill,
      `${edge}${one.shade < 0 ? ' stroke-dasharray="3 2"' : ""}`,
    );
    const name =
      size >= 30
        ? label(x + size / 2, y + high / 2 + 4, one.short, {
            fill: ink,
            size: Math.min(11, size / 3.5),
            anchor: "middle",
          })
        : "";
    const tile = `<g data-council="${one.code}"><title>${escaped(`${one.name}: ${one.words}`)}</title>${shape}${name}</g>`;
    if (isOwn) top += tile;
    else body += tile;
  }
  return picture(width, rows * high + 4, what.told, body + top);
}
