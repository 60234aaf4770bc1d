// Looks at pages of the site in a headless browser: what they ask for, how wide they are, and what axe finds.
"use strict";
const fs = require("fs");
const path = require("path");
const { createRequire } = require("module");
const { pathToFileURL } = require("url");

const [modules, chromium, profile, folder, names, tags] = process.argv.slice(2);
const load = createRequire(path.join(modules, "package.json"));
const puppeteer = load("puppeteer-core");
const LOOKS = { wide: { width: 1280 }, phone: { width: 390 }, dark: { width: 1280, dark: true } };

(async () => {
  const args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--allow-file-access-from-files"];
  const browser = await puppeteer.launch({ executablePath: chromium, headless: true, userDataDir: profile, args });
  const axe = fs.readFileSync(load.resolve("axe-core/axe.min.js"), "utf8");
  const told = {};
  try {
    for (const name of JSON.parse(names)) {
      for (const [look, { width, dark }] of Object.entries(LOOKS)) {
        const page = await browser.newPage();
        const heard = [];
        page.on("request", (one) => { if (!/^(data|blob|file):/.test(one.url())) heard.push(one.url()); });
        await page.setViewport({ width, height: 900 });
        await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }]);
        await page.goto(pathToFileURL(path.join(folder, name)).href);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        const session = await page.createCDPSession();
        await session.send("Runtime.evaluate", { expression: axe });
        const found = await page.evaluate(async (only) => {
          const result = await window.axe.run(document, { runOnly: only, resultTypes: ["violations"] });
          return result.violations.map((one) => [one.id, one.help, one.nodes.slice(0, 3).map((node) => `${node.html.slice(0, 160)} ${node.any.map((any) => any.message).join(" ")}`)]);
        }, JSON.parse(tags));
        told[`${name} ${look}`] = { requests: heard, wider: wide, found };
        await page.close();
      }
    }
    process.stdout.write(JSON.stringify({ version: load("axe-core/package.json").version, told }));
  } finally {
    await browser.close();
  }
})().catch((fault) => {
  console.error(fault);
  process.exitCode = 1;
});
