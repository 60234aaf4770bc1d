// Controls on the left: native ranges with number boxes, each with its evidence, its source and who said so.

/**
 * @typedef {{name: string, title: string, low: number, high: number, step: number, log: boolean, unit: string}} Reach
 */

const TICKS = 1000; // places of a range on a scale of ratios

/**
 * @param {string} tag @param {Record<string, any>} [has] properties, and attributes with a dash or in "for", "role"
 * @param {(Node | string)[]} [inside]
 * @returns {any}
 */
function element(tag, has = {}, inside = []) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(has)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name.includes("-") || name === "for" || name === "role") made.setAttribute(name, String(value));
    else /** @type {any} */ (made)[name] = value;
  }
  made.append(...inside);
  return made;
}

/** Place on the range of a value, and back. @param {Reach} of */
function scaleOf(of) {
  const isLog = of.log && of.low > 0;
  if (!isLog)
    return {
      to: (/** @type {number} */ x) => x,
      from: (/** @type {number} */ x) => x,
      min: of.low,
      max: of.high,
      step: of.step,
    };
  const width = Math.log(of.high / of.low);
  return {
    to: (/** @type {number} */ x) => Math.round((TICKS * Math.log(clipped(x, of.low, of.high) / of.low)) / width),
    from: (/** @type {number} */ x) => Number((of.low * Math.exp((x / TICKS) * width)).toPrecision(4)),
    min: 0,
    max: TICKS,
    step: 1,
  };
}

/**
 * A range with its number box.
 * @param {Reach} of @param {(value: number) => void} moved @param {string} prefix of its identity
 */
function rangeBox(of, moved, prefix) {
  const id = `${prefix}-${of.name}`;
  const scale = scaleOf(of);
  const told = element("p", { className: "told", id: `${id}-told` });
  const outside = element("p", { className: "outside", hidden: true, id: `${id}-outside` });
  const slider = element("input", {
    type: "range",
    id,
    min: scale.min,
    max: scale.max,
    step: "any",
    "aria-describedby": `${id}-told ${id}-outside`,
  });
  slider.step = String(scale.step);
  const number = element("input", {
    type: "number",
    id: `${id}-number`,
    min: of.low,
    max: of.high,
    step: "any",
    inputMode: "decimal",
    "aria-label": `${of.title}, as a number`,
    "aria-describedby": `${id}-told ${id}-outside`,
  });
  const band = element("div", { className: "band", hidden: true });
  slider.addEventListener("input", () => moved(scale.from(Number(slider.value))));
  number.addEventListener("change", () => {
    if (number.value !== "" && Number.isFinite(Number(number.value)))
      moved(clipped(Number(number.value), of.low, of.high));
  });
  const root = element("div", { className: "control" }, [
    element("div", { className: "row" }, [
      element("label", { for: id }, [of.title]),
      number,
      element("div", { className: "track" }, [band, slider]),
    ]),
    told,
    outside,
  ]);
  const set = (/** @type {number} */ value, /** @type {boolean} */ changed) => {
    if (document.activeElement !== slider || scale.from(Number(slider.value)) !== value)
      slider.value = String(scale.to(value));
    if (document.activeElement !== number || Number(number.value) !== value)
      number.value = String(Number(value.toPrecision(4)));
    slider.setAttribute("aria-valuetext", withUnit(value, of.unit));
    root.classList.toggle("changed", changed);
  };
  const shade = (/** @type {number} */ low, /** @type {number} */ high) => {
    const share = (/** @type {number} */ x) =>
      (100 * (scale.to(clipped(x, of.low, of.high)) - scale.min)) / (scale.max - scale.min);
    band.hidden = !(high > low);
    band.style.left = `${share(low)}%`;
    band.style.width = `${share(high) - share(low)}%`;
  };
  return { root, set, told, outside, shade };
}

/** @param {string} id @param {string} title @param {(on: boolean) => void} moved */
function switchBox(id, title, moved) {
  const box = element("input", { type: "checkbox", id, onchange: () => moved(box.checked) });
  const told = element("p", { className: "told" });
  const root = element("div", { className: "control" }, [element("label", { for: id }, [box, ` ${title}`]), told]);
  const set = (/** @type {number} */ value, /** @type {boolean} */ changed) => {
    box.checked = value > 0;
    root.classList.toggle("changed", changed);
  };
  return { root, set, told };
}

/**
 * @param {string} id
 * @param {string} title
 * @param {[string, string][]} options value and words
 * @param {(value: string) => void} moved
 */
function choiceBox(id, title, options, moved) {
  const box = element(
    "select",
    { id, onchange: () => moved(box.value) },
    options.map(([value, words]) => element("option", { value }, [words])),
  );
  const told = element("p", { className: "told" });
  const root = element("div", { className: "control" }, [element("label", { for: id }, [title]), box, told]);
  return {
    root,
    set: (/** @type {string} */ value) => {
      box.value = value;
    },
    box,
    told,
  };
}
