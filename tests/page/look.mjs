// SPDX-License-Identifier: BSD-2-Clause
// Looks at the situation page in a real browser, and prints one JSON object of what it saw:
// look.mjs LINK ACTION..., where an action is one of
//   language=da|en   theme=light|dark|auto   mode=state|seen   presses the button
//   axe              looks for violations of accessibility
//   shot=FILE        a picture of the whole page
//   text=SELECTOR    the text there, into `texts`
//   colour=SELECTOR  the background there, into `texts`
//   click=SELECTOR
//   keys=A,B,C       presses keys, the map having the focus
//   await=SELECTOR   until it is there; says "waiting" on stderr first
// All that the browser asked for and complained of is in `requests`, `complaints`.
// The folder of the npm modules is in $MODULES, the browser is $CHROMIUM.
import {createRequire} from "node:module";

const require = createRequire(process.env.MODULES + "/");
const {chromium} = require("playwright-core");
const axe = require("axe-core").source;

const [link, ...actions] = process.argv.slice(2);
const saw = {requests: [], complaints: [], violations: [], texts: [], lang: null, title: null};
const WAIT = {timeout: 20000};

const browser = await chromium.launch({
	executablePath: process.env.CHROMIUM,
	args: ["--no-sandbox", "--disable-dev-shm-usage"],
});

function note(text) {
	saw.complaints.push(text);
}

// Axe's code comes in by the debugger, which the page's policy does not bind.
async function accessibility(page) {
	await page.evaluate(axe);
	const found = await page.evaluate(() => window.axe.run());
	for (const v of found.violations)
		for (const n of v.nodes)
			saw.violations.push(v.id + ": " + n.target.join(" ") + ": " + n.failureSummary.replace(/\s+/g, " "));
	saw.passes = (saw.passes || 0) + found.passes.length;
}

async function act(page, action) {
	const [name, ...rest] = action.split("=");
	const value = rest.join("=");
	if (["language", "theme", "mode"].includes(name)) {
		await page.click("button[data-" + name + "=" + value + "]");
	} else if (name === "axe") {
		await accessibility(page);
	} else if (name === "shot") {
		await page.screenshot({path: value, fullPage: true});
	} else if (name === "text") {
		saw.texts.push(await page.innerText(value));
	} else if (name === "colour") {
		saw.texts.push(await page.evaluate((s) => getComputedStyle(document.querySelector(s)).backgroundColor, value));
	} else if (name === "click") {
		await page.click(value);
	} else if (name === "keys") {
		await page.focus("#map svg");
		for (const key of value.split(","))
			await page.keyboard.press(key);
	} else if (name === "await") {
		process.stderr.write("waiting\n");
		await page.waitForSelector(value, {...WAIT, state: "attached"});
	} else {
		throw new Error(action + ": no such action");
	}
}

try {
	const context = await browser.newContext({locale: "en-GB", colorScheme: "light", viewport: {width: 1440, height: 900}, timezoneId: "Europe/Copenhagen"});
	const page = await context.newPage();
	page.on("request", (r) => saw.requests.push(r.method() + " " + r.url()));
	page.on("pageerror", (e) => note(String(e)));
	page.on("console", (m) => ["error", "warning"].includes(m.type()) && note(m.text() + " " + m.location().url));
	await page.goto(link);
	await page.waitForSelector("body[data-ready]", {...WAIT, state: "attached"});
	saw.ready = await page.getAttribute("body", "data-ready");
	// The stream is open, and what came meanwhile is drawn.
	if (saw.ready === "board")
		await page.waitForFunction(() => document.body.dataset.drawn >= 2, null, WAIT);
	for (const action of actions)
		await act(page, action);
	saw.lang = await page.getAttribute("html", "lang");
	saw.title = await page.title();
	saw.script = await page.evaluate(() => document.cookie);
} catch (e) {
	note(String(e));
} finally {
	await browser.close();
}
console.log(JSON.stringify(saw));
