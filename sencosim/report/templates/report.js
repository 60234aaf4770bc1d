// Search and sorting of the folded part of a report. The page is whole without it: its controls are shown by it alone.
"use strict";
(function () {
  const parts = Array.from(document.querySelectorAll("details.part"));
  const box = document.getElementById("search");
  const said = document.getElementById("found");

  /** The words of an element, in small letters. @param {Element} one */
  function words(one) {
    return (one.textContent || "").toLowerCase();
  }

  /** Show the rows of a table that have the words; all of them if none has. @param {Element} table @param {string} wanted */
  function sift(table, wanted) {
    const rows = Array.from(table.querySelectorAll("tbody tr"));
    const kept = rows.filter((row) => words(row).includes(wanted));
    rows.forEach((row) => row.toggleAttribute("hidden", kept.length > 0 && !kept.includes(row)));
    return kept.length;
  }

  /** Show the parts that have the words, opened, with their rows. @param {string} wanted */
  function search(wanted) {
    let shown = 0;
    let rows = 0;
    for (const part of parts) {
      const has = words(part).includes(wanted);
      part.toggleAttribute("hidden", !has);
      part.toggleAttribute("open", has && wanted !== "");
      shown += Number(has);
      part.querySelectorAll("table").forEach((table) => { rows += sift(table, wanted); });
    }
    if (said) said.textContent = wanted === "" ? "" : `${shown} of ${parts.length} sections and ${rows} rows have these words.`;
  }

  /** What a cell is sorted by: its number if it begins with one. @param {Element | undefined} cell */
  function key(cell) {
    const text = cell ? (cell.textContent || "").trim() : "";
    const found = /^[^\d\u2212+-]*?([\u2212+-]?)£?([\d,]+(?:\.\d+)?)( billion| million)?/.exec(text);
    if (!found || !/^[\u2212+£\d-]/.test(text.replace(/^(Costs|Saves|A cost of|A saving of) /, ""))) return text.toLowerCase();
    const scale = found[3] === " billion" ? 1e9 : found[3] === " million" ? 1e6 : 1;
    const below = found[1] === "\u2212" || found[1] === "-" || /^(Saves|A saving of) /.test(text);
    return Number(found[2].replace(/,/g, "")) * scale * (below ? -1 : 1);
  }

  /** Compare two keys: numbers before words. @param {string | number} one @param {string | number} other */
  function order(one, other) {
    if (typeof one === "number" && typeof other === "number") return one - other;
    if (typeof one === "number") return -1;
    return typeof other === "number" ? 1 : one.localeCompare(other);
  }

  /** Let the headers of a table sort it: up, down, as it was. @param {HTMLTableElement} table */
  function sortable(table) {
    const body = table.tBodies[0];
    const first = Array.from(body ? body.rows : []);
    if (first.length < 3) return;
    Array.from(table.querySelectorAll("thead th")).forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      button.textContent = head.textContent;
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const before = head.getAttribute("aria-sort");
        const now = before === "ascending" ? "descending" : before === "descending" ? "none" : "ascending";
        table.querySelectorAll("thead th").forEach((other) => other.removeAttribute("aria-sort"));
        if (now !== "none") head.setAttribute("aria-sort", now);
        const turn = now === "descending" ? -1 : 1;
        const rows = first.slice();
        if (now !== "none") rows.sort((a, b) => turn * order(key(a.cells[column]), key(b.cells[column])));
        const totals = rows.filter((row) => row.classList.contains("strong"));
        rows.filter((row) => !totals.includes(row)).concat(totals).forEach((row) => body.append(row));
      });
    });
  }

  /** Open the section that the address names. */
  function reveal() {
    const id = decodeURIComponent(location.hash.slice(1));
    const target = id ? document.getElementById(id) : null;
    for (let one = target && target.closest("details"); one; one = one.parentElement && one.parentElement.closest("details")) one.open = true;
    if (target && target.closest("details")) target.scrollIntoView();
  }

  parts.forEach((part) => part.querySelectorAll("table").forEach((table) => sortable(table)));
  document.querySelectorAll(".with-script").forEach((one) => one.removeAttribute("hidden"));
  if (box instanceof HTMLInputElement) box.addEventListener("input", () => search(box.value.trim().toLowerCase()));
  const all = document.getElementById("open-all");
  if (all) {
    all.addEventListener("click", () => {
      const open = !parts.every((part) => part.hasAttribute("open"));
      parts.forEach((part) => part.toggleAttribute("open", open));
      all.textContent = open ? "Close all sections" : "Open all sections";
    });
  }
  window.addEventListener("hashchange", reveal);
  reveal();
})();
