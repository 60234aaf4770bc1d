// One question to the page in a headless browser; the answer is printed as JSON. Tests ask and judge.
"use strict";
const fs = require("fs");
const http = require("http");
const path = require("path");
const { pathToFileURL } = require("url");
const { toolsIn, used, pageOf, faults, pagesOf } = require("../pages/browser.js");

const [modules, chromium, profile, plan, file, more = "{}"] = process.argv.slice(2);
const { puppeteer, axe, version } = toolsIn(modules);
const asked = JSON.parse(more);
const address = pathToFileURL(file).href;
const rest = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/** A page of a size, with all that it says and asks for. */
async function opened(browser, url, look = {}) {
  const page = await pageOf(browser, look);
  const heard = { requests: [], said: [] };
  page.on("request", (one) => { if (!/^(data|blob):/.test(one.url())) heard.requests.push(one.url()); });
  page.on("console", (one) => heard.said.push(one.text()));
  page.on("pageerror", (one) => heard.said.push(String(one)));
  await page.goto(url);
  if (look.script !== false) {
    await page.waitForFunction(() => document.body.dataset.ready === "1", { timeout: 60000 });
    await settled(page);
  }
  return { page, heard };
}

/** Wait until the slower questions are answered. */
async function settled(page) {
  await page.waitForFunction(() => document.body.dataset.done === document.body.dataset.round, { timeout: 60000 });
}

const served = (use) => new Promise((done, fail) => {
  const server = http.createServer((request, response) => {
    if (request.url !== "/page.html") response.writeHead(404).end();
    else response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(fs.readFileSync(file));
  });
  server.listen(0, "127.0.0.1", () => use(`http://127.0.0.1:${server.address().port}/page.html`).then(done, fail).finally(() => server.close()));
});

const text = (page, id) => page.$eval(`#${id}`, (one) => one.value ?? one.textContent);

const plans = {
  async open(browser) {
    const look = async (url) => {
      const { page, heard } = await opened(browser, url);
      return { ...heard, sentence: await text(page, "sentence"), whole: await page.$eval("body", (one) => { const copy = one.cloneNode(true); for (const gone of copy.querySelectorAll("script")) gone.remove(); return copy.textContent; }) };
    };
    return { file: await look(address), http: await served(look) };
  },

  async same(browser) {
    const look = async (script) => {
      const { page } = await opened(browser, address, { script });
      const told = await page.evaluate((ids) => ids.map((id) => [id, document.getElementById(id).textContent.replace(/\s+/g, "")]), asked.ids);
      return Object.fromEntries(told);
    };
    return { report: await look(false), page: await look(true) };
  },

  async sizes(browser) {
    const found = {};
    for (const [name, width] of [["wide", 1280], ["zoomed", 640], ["phone", 390], ["small", 320]]) {
      const { page } = await opened(browser, address, { width });
      found[name] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
      await page.close();
    }
    return found;
  },

  async axe(browser) {
    const found = {};
    const looks = { wide: {}, phone: { width: 390 }, dark: { dark: true }, phone_dark: { width: 320, dark: true }, report: { script: false } };
    for (const [name, look] of Object.entries(looks)) {
      for (const state of name === "wide" ? ["", ...asked.states] : [asked.states[0]]) {
        const { page } = await opened(browser, address + state, look);
        if (!look.script && look.script !== undefined) await page.setJavaScriptEnabled(true);
        found[`${name} ${state}`] = await faults(page, axe, asked.tags);
        await page.close();
      }
    }
    return { version, found };
  },

  async keyboard(browser) {
    const { page } = await opened(browser, address);
    await page.evaluate(() => {
      for (const one of document.querySelectorAll("details")) one.open = true;
      window.print = () => { document.body.dataset.printed = "1"; };
      document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']").forEach((one, i) => { one.dataset.at = String(i); });
    });
    const wanted = await page.$$eval("[data-at]", (all) => all.filter((one) => one.checkVisibility() && !one.disabled).map((one) => one.dataset.at));
    const reached = [];
    const dim = [];
    for (let i = 0; i < wanted.length + 5; i++) {
      await page.keyboard.press("Tab");
      const now = await page.evaluate(() => {
        const own = document.activeElement;
        const style = own && getComputedStyle(own);
        return own && own.dataset.at !== undefined ? [own.dataset.at, style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2] : null;
      });
      if (!now) continue;
      if (!reached.includes(now[0])) reached.push(now[0]);
      if (!now[1]) dim.push(now[0]);
    }
    const named = (places) => page.$$eval("[data-at]", (all, kept) => all.filter((one) => kept.includes(one.dataset.at)).map((one) => one.outerHTML.slice(0, 120)), places);
    return { missed: await named(wanted.filter((one) => !reached.includes(one))), dim: await named([...new Set(dim)]), controls: await moved(page) };
  },

  async moves(browser) {
    const { page } = await opened(browser, address);
    const found = {};
    for (const id of asked.ids) {
      found[id] = await page.evaluate(async (own) => {
        const slider = document.getElementById(own);
        const times = [];
        for (let i = 0; i < 20; i++) {
          slider.value = String(Number(slider.min) + (Number(slider.max) - Number(slider.min)) * (0.3 + 0.02 * i));
          const began = performance.now();
          slider.dispatchEvent(new Event("input", { bubbles: true }));
          await new Promise((done) => requestAnimationFrame(() => { const port = new MessageChannel(); port.port1.onmessage = done; port.port2.postMessage(0); }));
          times.push([performance.now() - began, Number(document.body.dataset.ms)]);
          await new Promise((done) => setTimeout(done, 40));
        }
        const middle = (place) => times.map((one) => one[place]).sort((a, b) => a - b)[times.length >> 1];
        return { painted: middle(0), worked: middle(1) };
      }, id);
    }
    return found;
  },

  async link(browser) {
    const { page } = await opened(browser, address + asked.state);
    const link = await text(page, "link");
    const first = await text(page, "sentence");
    const again = (await opened(browser, link)).page;
    const same = { sentence: await text(again, "sentence"), link: await text(again, "link"), origin: await again.$eval("#origin", (one) => one.hidden) };
    const other = (await opened(browser, link.replace(/data=[0-9a-z]+/, "data=ffffffffffff"))).page;
    const unknown = (await opened(browser, link.replace(/data=[0-9a-z]+/, "data=ffffffffffff").replace(/&net=[^&]*/, ""))).page;
    const wrong = (await opened(browser, `${address}#v=1&scenario=nothing&b.nothing=3&horizon=40&view=mine`)).page;
    return { first, link, same, other: await text(other, "origin"), unknown: await text(unknown, "origin"), wrong: await text(wrong, "origin") };
  },

  async take(browser) {
    const found = {};
    for (const state of asked.states) {
      const { page } = await opened(browser, address + state);
      const session = await page.createCDPSession();
      const folder = fs.mkdtempSync(path.join(profile, "saved-"));
      await session.send("Browser.setDownloadBehavior", { behavior: "allow", downloadPath: folder });
      for (const id of ["save-svg", "save-png", "save-csv", "save-card", "save-yaml"]) {
        await page.$eval(`#${id}`, (one) => one.click());
        await rest(700);
      }
      const files = Object.fromEntries(fs.readdirSync(folder).map((name) => [name, name.endsWith(".png") ? fs.readFileSync(path.join(folder, name)).length : fs.readFileSync(path.join(folder, name), "utf8")]));
      found[state] = {
        files, quote: await text(page, "quote"), why: await text(page, "may-not"), embed: await text(page, "embed"), yaml: await text(page, "yaml"), python: await text(page, "python"), command: await text(page, "command"),
        disabled: await page.$$eval("button[disabled]", (all) => all.map((one) => one.id)),
      };
      await page.close();
    }
    return found;
  },

  async spoken(browser) {
    const { page } = await opened(browser, address);
    const before = await text(page, "said");
    await page.evaluate(async (id) => {
      const slider = document.getElementById(id);
      for (let i = 0; i < 10; i++) {
        slider.value = String(Number(slider.min) + (Number(slider.max) - Number(slider.min)) * (0.2 + 0.05 * i));
        slider.dispatchEvent(new Event("input", { bubbles: true }));
        await new Promise((done) => setTimeout(done, 30));
      }
    }, asked.id);
    const during = await text(page, "said");
    await rest(1500);
    return { before, during, after: await text(page, "said"), live: await page.$eval("#said", (one) => one.getAttribute("aria-live")) };
  },

  async embed(browser) {
    const { page, heard } = await opened(browser, `${address}#embed&v=1`);
    return { ...heard, hidden: await page.$$eval(".not-embedded", (all) => all.every((one) => getComputedStyle(one).display === "none")), sentence: await text(page, "sentence") };
  },

  async report(browser) {
    const { page, heard } = await opened(browser, address, { script: false });
    const printed = await page.pdf({ preferCSSPageSize: true });
    return { ...heard, text: await page.$eval("main", (one) => one.innerText), pages: pagesOf(printed), shown: await page.$eval("#controls", (one) => getComputedStyle(one).display) };
  },

  async print(browser) {
    const found = {};
    for (const state of ["", ...asked.states]) {
      const { page } = await opened(browser, address + state);
      found[state] = pagesOf(await page.pdf({ preferCSSPageSize: true }));
      await page.close();
    }
    return found;
  },

  async arithmetic(browser) {
    const page = await browser.newPage();
    const source = asked.scripts.map((one) => fs.readFileSync(one, "utf8")).join("\n");
    const { data, cases } = JSON.parse(fs.readFileSync(0, "utf8"));
    const session = await page.createCDPSession();
    const told = fs.readFileSync(path.join(__dirname, "answers.js"), "utf8").split(/^\/\/ -- told.*$/m)[1];
    const code = `(() => { ${source}\nconst data = ${JSON.stringify(data)}, cases = ${JSON.stringify(cases)};\n${told}\nreturn JSON.stringify(answersOf(data, cases)); })()`;
    const { result, exceptionDetails } = await session.send("Runtime.evaluate", { expression: code, returnByValue: true });
    if (exceptionDetails) throw new Error(JSON.stringify(exceptionDetails).slice(0, 500));
    return JSON.parse(result.value);
  },
};

/** Use every control by its keys; which of them did not answer. */
async function moved(page) {
  const still = [];
  const controls = await page.$$eval("#controls input, #controls select, #front select, #council-choice select, #aim-choice select", (all) => all.map((one) => ({ id: one.id, kind: one.tagName === "SELECT" ? "select" : one.type })));
  for (const { kind, id } of controls) {
    const handle = await page.$(`[id="${id}"]`);
    const before = await page.evaluate((one) => [one.type === "checkbox" ? String(one.checked) : one.value, document.body.dataset.round], handle);
    await handle.focus();
    if (kind === "range") await page.keyboard.press(await handle.evaluate((one) => (Number(one.value) > (Number(one.min) + Number(one.max)) / 2 ? "ArrowLeft" : "ArrowRight")));
    else if (kind === "checkbox") await page.keyboard.press("Space");
    else if (kind === "select") await page.keyboard.press(await handle.evaluate((one) => (one.selectedIndex === one.options.length - 1 ? "ArrowUp" : "ArrowDown")));
    else if (kind === "number") {
      await page.keyboard.down("Control");
      await page.keyboard.press("a");
      await page.keyboard.up("Control");
      const half = await handle.evaluate((one) => String(Math.round(100 * (0.4 * Number(one.min) + 0.6 * Number(one.max))) / 100));
      await page.keyboard.type(half);
      await page.keyboard.press("Enter");
    } else await page.keyboard.type("share");
    await page.waitForFunction((round) => document.body.dataset.round !== round, { timeout: 3000 }, before[1]).catch(() => still.push(`${id} ${kind}: nothing was asked`));
    const after = await page.evaluate((one) => (one.type === "checkbox" ? String(one.checked) : one.value), handle);
    if (after === before[0]) still.push(`${id} ${kind} stays at ${after}`);
    if (kind === "search") {
      await page.evaluate((one) => { one.value = ""; one.dispatchEvent(new Event("input", { bubbles: true })); }, handle);
      await rest(200);
    }
  }
  return { n: controls.length, still };
}

used(puppeteer, chromium, profile, (browser) => plans[plan](browser));
