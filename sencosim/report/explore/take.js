// What is handed over: sentence, pictures, link, numbers, frame, scenario. What may not be quoted is not offered.

/** @param {Page} page */
function fragment(page, embed = false) {
  const { data, model, opening } = page;
  const net = page.told?.cell.mean ? figureOf(model, page.told.cell, "net_public_cost") : null;
  return toFragment(page.shown, opening, data.hash, net ? [net.value, net.low, net.high] : null, embed);
}

/** @param {Page} page @param {boolean} [embed] */
function address(page, embed = false) {
  return `${location.href.split("#")[0]}#${fragment(page, embed)}`;
}

/** @param {Page} page @param {string} words @param {() => void} act @param {string} id */
function button(page, words, act, id) {
  return element("button", { type: "button", id, onclick: act }, [words]);
}

/** @param {Page} page */
function buildTake(page) {
  const { data, words, model } = page;
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
    element("div", { className: "buttons" }, [
      button(page, say["copy_sentence"], () => copy(page, "quote"), "copy-sentence"),
    ]),
    element("h3", {}, [say["picture"]]),
    charts.root,
    element("div", { className: "buttons" }, [
      button(page, "SVG", () => savePicture(page, "svg"), "save-svg"),
      button(page, "PNG", () => savePicture(page, "png"), "save-png"),
    ]),
    element("h3", {}, [say["link"]]),
    element("textarea", { id: "link", readOnly: true, "aria-label": say["link"] }),
    element("div", { className: "buttons" }, [button(page, say["copy_link"], () => copy(page, "link"), "copy-link")]),
    element("h3", {}, [say["data"]]),
    element("div", { className: "buttons" }, [
      button(
        page,
        "CSV",
        () => save(page, "answer.csv", "text/csv", page.told ? asCsv(words, model, page.shown, page.told) : ""),
        "save-csv",
      ),
      button(
        page,
        say["card"],
        () =>
          save(
            page,
            "answer.json",
            "application/json",
            page.told ? JSON.stringify(answerCard(words, model, page.shown, page.told, address(page)), null, 2) : "",
          ),
        "save-card",
      ),
      button(page, say["print"], () => window.print(), "print"),
    ]),
    element("h3", {}, [say["embed"]]),
    element("textarea", { id: "embed", readOnly: true, "aria-label": say["embed"] }),
    element("div", { className: "buttons" }, [
      button(page, say["copy_embed"], () => copy(page, "embed"), "copy-embed"),
    ]),
    element("p", { role: "status", id: "done" }),
  );
  part("run-more").append(
    element("p", {}, [say["with_yaml"]]),
    element("label", { for: "yaml" }, [say["yaml"]]),
    element("textarea", { id: "yaml", readOnly: true }),
    element("div", { className: "buttons" }, [
      button(page, say["copy_yaml"], () => copy(page, "yaml"), "copy-yaml"),
      button(page, say["save_yaml"], () => save(page, "my_policy.yaml", "text/yaml", part("yaml").value), "save-yaml"),
      button(page, say["copy_command"], () => copyText(page, commandOf(data, page.shown)), "copy-command"),
    ]),
    element("label", { for: "python" }, ["Python"]),
    element("textarea", { id: "python", readOnly: true }),
    element("div", { className: "buttons" }, [
      button(page, say["copy_python"], () => copy(page, "python"), "copy-python"),
    ]),
  );
}

/** Offer what may be quoted, or say why nothing is. @param {Page} page */
function showTake(page) {
  const { words, model, pictures, told } = page;
  const reasons = told ? mayNot(words, model, page.shown, told) : [page.refused];
  const may = told !== null && reasons.length === 0;
  const box = part("may-not");
  box.hidden = may;
  box.textContent = may ? "" : `${words["may_not"]["lead"]} ${reasons.join("; ")}.`;
  part("quote").value = may ? quotable(words, model, page.shown, told) : "";
  for (const id of ["copy-sentence", "save-svg", "save-png"]) part(id).disabled = !may;
  for (const id of ["save-csv", "save-card"]) part(id).disabled = !told;
  part("quote").hidden = !may;
  part("link").value = address(page);
  part("embed").value = may ? frameOf(address(page, true), words["question"]) : "";
  part("copy-embed").disabled = !may;
  part("embed").hidden = !may;
  for (const option of part("which-picture").options)
    option.disabled = !pictures.has(option.value) || (option.value === "changed" && part("section-changed").hidden);
}

/** @param {Page} page @param {string} id */
function copy(page, id) {
  part(id).select();
  copyText(page, part(id).value);
}

/** @param {Page} page @param {string} text */
async function copyText(page, text) {
  const { words } = page;
  try {
    await navigator.clipboard.writeText(text);
    part("done").textContent = words["take"]["copied"];
  } catch {
    part("done").textContent = words["take"]["not_copied"];
  }
}

/** @param {Page} page @param {string} name @param {string} type @param {string | Blob} content */
function save(page, name, type, content) {
  const { words } = page;
  const url = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  element("a", { href: url, download: name }).click();
  window.setTimeout(() => URL.revokeObjectURL(url), 10000);
  part("done").textContent = filled(words["take"]["saved"], { name });
}

/** A chart with its title, its range, where it holds and its source. @param {Page} page @param {string} name */
function framed(page, name) {
  const { words, model, setting, pictures } = page;
  const found = pictures.get(name);
  if (!found || !page.told) return "";
  const width = 900;
  const inner = found.svg(width - 48, setting.light);
  const height = Number(/height="([\d.]+)"/.exec(inner)?.[1] ?? 300);
  const sentence = quotable(words, model, page.shown, page.told);
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
  for (const key of found.keys) write(key, 12, false);
  write(sentence, 14, false);
  const placed = inner.replace("<svg ", `<svg x="24" y="${at}" `);
  return picture(
    width,
    y + 14,
    `${found.title} ${sentence}`,
    box(0, 0, width, y + 14, setting.light.ground) + head + placed,
  );
}

/** @param {Page} page @param {"svg" | "png"} kind */
async function savePicture(page, kind) {
  const name = part("which-picture").value;
  const svg = framed(page, name);
  if (kind === "svg") return save(page, `${name}.svg`, "image/svg+xml", svg);
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = element("canvas", { width: image.width * 2, height: image.height * 2 });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  canvas.toBlob((/** @type {Blob | null} */ blob) => {
    if (blob) save(page, `${name}.png`, "image/png", blob);
  });
  return undefined;
}

/** A frame for another page. @param {string} link @param {string} title @returns {string} */
function frameOf(link, title) {
  return `<iframe src="${escaped(link)}" title="${escaped(title)}" width="100%" height="900"></iframe>`;
}
