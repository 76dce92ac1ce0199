/* SPDX-License-Identifier: BSD-2-Clause */
/* Fetches, draws, and stays up to date by the hub's events. */
import {t, currentLanguage, setLanguage, clock} from "./text.js";
import {readPlaces, placeName, drawMap} from "./map.js";
import {drawChart} from "./chart.js";
import {drawTiles, drawCampaigns, drawNotices, drawNewest, drawCoverage} from "./panels.js";

const SOURCES = {
	coverage: "/v1/coverage",
	byHour: "/v1/sightings?by=hour",
	byOrg: "/v1/sightings?by=org",
	campaigns: "/v1/campaigns?state=open&limit=20",
	newest: "/v1/indicators?order=newest&limit=25",
	notices: "/v1/notices",
};
/* Which of them an event makes old. */
const STALE = {
	receipt: ["coverage"],
	log: ["coverage", "newest", "notices"],
	sighting: ["byHour", "byOrg", "newest"],
	queue: ["newest"],
	campaign: ["campaigns"],
	notice: ["notices"],
};
const GATHER_MS = 400; // events of one cause come together
const EVERY_MS = 60000; // members get few events, and times go by

const data = {page: null};
let mode = "state";
let stale = new Set();
let timer = null;
let link = "connecting";

class SignedOut extends Error {}

async function read(path) {
	const answer = await fetch(path, {credentials: "same-origin"});
	if (answer.status === 401)
		throw new SignedOut();
	return answer.ok ? answer.json() : null;
}

function draw() {
	drawTiles(data);
	drawMap(data, mode);
	drawChart(data);
	drawCampaigns(data);
	drawNotices(data);
	drawNewest(data);
	drawCoverage(data);
}

async function refresh(names) {
	try {
		await Promise.all(names.map(async (name) => {
			const got = await read(SOURCES[name]);
			if (got)
				data[name] = got;
		}));
		draw();
		document.body.dataset.drawn = Number(document.body.dataset.drawn || 0) + 1;
	} catch (e) {
		if (e instanceof SignedOut)
			signedOut();
		else
			showLink("lost");
	}
}

function later(names) {
	for (const name of names)
		stale.add(name);
	if (timer === null)
		timer = setTimeout(() => {
			const now = [...stale];
			timer = null;
			stale = new Set();
			refresh(now);
		}, GATHER_MS);
}

function showLink(state) {
	link = state;
	const live = document.getElementById("live");
	live.className = "live " + state;
	live.textContent = t(state);
}

function follow() {
	const events = new EventSource("/v1/events");
	events.onopen = () => {
		showLink("live");
		later(Object.keys(SOURCES)); // whatever was missed
	};
	events.onerror = () => {
		showLink("lost");
		if (events.readyState === EventSource.CLOSED)
			setTimeout(follow, EVERY_MS / 4);
	};
	for (const [kind, names] of Object.entries(STALE))
		events.addEventListener(kind, () => later(names));
}

function signedOut() {
	data.page = null;
	document.getElementById("board").hidden = true;
	document.getElementById("signin").hidden = false;
	document.getElementById("who").textContent = "";
	document.getElementById("live").textContent = "";
	document.body.dataset.ready = "signin";
}

function showWho() {
	if (!data.page)
		return;
	const who = data.page.org ? placeName(data.page.org) : t("coordinator");
	document.getElementById("who").textContent =
		[data.page.hub, who, t("until", clock(data.page.expires))].join(" · ");
}

/* Everything that is not data. */
function words() {
	document.documentElement.lang = currentLanguage();
	document.title = "Varsel – " + t("title");
	for (const e of document.querySelectorAll("[data-text]"))
		e.textContent = t(e.dataset.text);
	for (const e of document.querySelectorAll("[data-label]"))
		e.setAttribute("aria-label", t(e.dataset.label));
	for (const b of document.querySelectorAll("[data-language]"))
		b.setAttribute("aria-pressed", b.dataset.language === currentLanguage());
	showWho();
	if (data.page)
		showLink(link);
}

function theme(to) {
	if (to === "auto")
		delete document.documentElement.dataset.theme;
	else
		document.documentElement.dataset.theme = to;
	try {
		localStorage.setItem("varsel-theme", to);
	} catch (e) {
		// it holds until the page is left
	}
	pressedTheme();
}

function pressedTheme() {
	const now = document.documentElement.dataset.theme || "auto";
	for (const b of document.querySelectorAll("#themes button"))
		b.setAttribute("aria-pressed", b.dataset.theme === now);
}

function setMode(to) {
	mode = to;
	for (const b of document.querySelectorAll("#modes button"))
		b.setAttribute("aria-pressed", b.dataset.mode === mode);
	if (data.page)
		drawMap(data, mode);
}

function buttons() {
	for (const b of document.querySelectorAll("[data-language]"))
		b.addEventListener("click", () => {
			setLanguage(b.dataset.language);
			words();
			if (data.page)
				draw();
		});
	for (const b of document.querySelectorAll("#themes button"))
		b.addEventListener("click", () => theme(b.dataset.theme));
	for (const b of document.querySelectorAll("#modes button"))
		b.addEventListener("click", () => setMode(b.dataset.mode));
}

async function start() {
	buttons();
	pressedTheme();
	setMode("state");
	words();
	try {
		data.page = await read("/v1/page");
	} catch (e) {
		signedOut();
		return;
	}
	const places = await fetch(new URL("kommuner.csv", import.meta.url));
	readPlaces(await places.text());
	document.getElementById("board").hidden = false;
	showWho();
	showLink("connecting");
	await refresh(Object.keys(SOURCES));
	if (!data.page)
		return;
	document.body.dataset.ready = "board";
	follow();
	setInterval(() => data.page && refresh(Object.keys(SOURCES)), EVERY_MS);
}

start();
