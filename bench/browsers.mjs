// Books a call and writes to the clinic on a phone's screen in Firefox and in WebKit, which the tests don't drive, and photographs pages there.
//
//   apt-get install firefox-esr webkit2gtk-driver xvfb dbus
//   npm install --no-save --prefix bench puppeteer-core && node bench/browsers.mjs [FOLDER [http://localhost:5000]]
//
// FOLDER gets the pictures: each page at 360 and 1280 pixels, light and dark. Without an address it builds the site and serves the sample clinic.
// Exits with 1 if a booking or a message didn't arrive.
import puppeteer from "puppeteer-core";
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { serve } from "./serve.mjs";

const [folder, given] = process.argv.slice(2);
const pages = {
  home: "/", service: "/services/iv-ketamine", article: "/blog/how-ketamine-works-in-the-brain", blog: "/blog", faqs: "/faqs", reviews: "/reviews",
  team: "/team", person: "/team/medical-director", price: "/insurance-and-cost", booking: "/consultation", contact: "/contact", crisis: "/crisis-help",
  search: "/search?q=depression", missing: "/nothing-here", newsletter: "/newsletter",
};
const pause = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds));

/** Firefox, by WebDriver BiDi. */
const firefox = async (width, dark) => {
  const browser = await puppeteer.launch({
    browser: "firefox", timeout: 120_000, executablePath: process.env.FIREFOX_PATH ?? "/usr/bin/firefox-esr",
    extraPrefsFirefox: { "layout.css.prefers-color-scheme.content-override": dark ? 0 : 1, "ui.prefersReducedMotion": 1 },
  });
  const page = await browser.newPage();
  await page.setViewport({ width, height: 740 });
  return {
    open: address => page.goto(address, { waitUntil: "load" }),
    run: script => page.evaluate(script),
    click: selector => page.click(selector),
    type: (selector, text) => page.type(selector, text),
    picture: () => page.screenshot({ fullPage: true }),
    close: () => browser.close(),
  };
};

/** WebKitGTK's own small browser, by WebDriver. Its window can't be narrower than its buttons, but a screen can. */
const webkit = async (width, dark, tall) => {
  const port = 7700 + Math.floor(Math.random() * 200);
  const height = tall ? 16000 : 740;
  const driver = spawn("xvfb-run", ["-a", "-s", `-screen 0 ${width}x${height}x24`, "env", `GTK_THEME=Adwaita${dark ? ":dark" : ""}`,
    "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS=1", "dbus-run-session", "WebKitWebDriver", `--port=${port}`], { stdio: "ignore", detached: true });
  const call = async (method, path, body) => {
    const headers = { "content-type": "application/json" };
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method, headers, body: body && JSON.stringify(body) });
    const { value } = await answer.json();
    if (value?.error) throw new Error(`${path}: ${value.error}, ${value.message}`);
    return value;
  };
  for (let i = 0; ; i++) {
    try {
      await call("GET", "/status");
      break;
    } catch (error) {
      if (i === 40) throw error;
      await pause(250);
    }
  }
  const { sessionId } = await call("POST", "/session", { capabilities: { alwaysMatch: { "webkitgtk:browserOptions": {
    binary: process.env.WEBKIT_PATH ?? "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser", args: ["--automation", "--full-screen"] } } } });
  const session = `/session/${sessionId}`;
  await call("POST", `${session}/window/rect`, { width, height });
  const element = async selector => Object.values(await call("POST", `${session}/element`, { using: "css selector", value: selector }))[0];
  return {
    open: address => call("POST", `${session}/url`, { url: address }),
    run: script => call("POST", `${session}/execute/sync`, { script: `return ${script}`, args: [] }),
    // Its own scrolling leaves the element under the bar.
    click: async selector => {
      const script = "document.querySelector(arguments[0]).scrollIntoView({ block: 'center', behavior: 'instant' })";
      await call("POST", `${session}/execute/sync`, { script, args: [selector] });
      await call("POST", `${session}/element/${await element(selector)}/click`, {});
    },
    type: async (selector, text) => call("POST", `${session}/element/${await element(selector)}/value`, { text }),
    picture: async () => Buffer.from(await call("GET", `${session}/screenshot`), "base64"),
    close: async () => {
      await call("DELETE", session);
      process.kill(-driver.pid);
    },
  };
};

const arrive = async (browser, path) => {
  for (let i = 0; i < 60; i++) {
    if ((await browser.run("location.pathname")) === path) return browser.run("document.querySelector('h1').innerText");
    await pause(250);
  }
  throw new Error(`still at ${await browser.run("location.href")}, not at ${path}`);
};

const book = async (browser, address) => {
  await browser.open(`${address}/consultation`);
  await browser.click(".day:nth-child(2) .day__label, .day__input:nth-of-type(2) + .day__label");
  const slot = await browser.run("[...document.querySelectorAll('.slot__input')].find(slot => slot.offsetParent || slot.nextElementSibling?.offsetParent).id");
  await browser.click(`label[for='${slot}']`);
  await browser.type("#name", "Robin");
  await browser.type("#phone", "303 555 0155");
  await browser.click("#consent");
  await browser.click(".bar button");
  return arrive(browser, "/consultation/booked");
};

const write = async (browser, address) => {
  await browser.open(`${address}/contact`);
  await browser.type("#name", "Robin");
  await browser.type("#email", "robin@x.co");
  await browser.type("#message", "Do you see people on Fridays?");
  await browser.click("#consent");
  await browser.click("#send");
  return arrive(browser, "/contact/sent");
};

const site = given ? { address: given, stop: () => {} } : await serve(5079);
try {
  for (const [name, start] of Object.entries({ firefox, webkit })) {
    const browser = await start(360, false, false);
    try {
      for (const visit of [book, write]) {
        const begun = performance.now();
        const said = await visit(browser, site.address).catch(error => {
          process.exitCode = 1;
          return `FAILED, ${error.message}`;
        });
        console.log(`${name}, ${visit.name}: ${said} (${((performance.now() - begun) / 1000).toFixed(1)} s)`);
      }
    } finally {
      await browser.close();
    }
    if (!folder) continue;
    mkdirSync(folder, { recursive: true });
    for (const [width, dark] of [[360, false], [360, true], [1280, false], [1280, true]]) {
      const camera = await start(width, dark, true);
      try {
        for (const [page, path] of Object.entries(pages)) {
          await camera.open(site.address + path);
          await pause(500);
          writeFileSync(join(folder, `${page}-${width}-${dark ? "dark" : "light"}-${name}.png`), await camera.picture());
        }
      } finally {
        await camera.close();
      }
    }
  }
} finally {
  site.stop();
}
