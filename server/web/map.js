/* SPDX-License-Identifier: BSD-2-Clause */
/* The 98 municipalities as dots. Those of the Copenhagen area lie closer than dots can, so
 * they push each other aside; where they were stays drawn behind them, as land. */
import {el, fill, table, badge, time} from "./dom.js";
import {t, number, ago} from "./text.js";

const WIDTH = 560, HEIGHT = 560, RADIUS = 11, MARGIN = 26;
const MARKS = {current: "", late: "!", differs: "≠", hold: "‖", never: "?", suspended: "×", none: "", hidden: ""};
const STEPS = 5;

/* What is an island of its own, or with others; the rest is told by its number. */
const ISLANDS = {"0400": "Bornholm", "0482": "Langeland", "0492": "Ærø", "0563": "Fanø", "0741": "Samsø", "0825": "Læsø", "0360": "Lolland", "0376": "Lolland"};

let places = [];
let selected = null;

/* Longitudes are shorter than latitudes up here; Bornholm is drawn where there is room. */
function project(p) {
	const scale = 96, lon = p.code === "0400" ? p.lon - 2.55 : p.lon;
	const lat = p.code === "0400" ? p.lat + 2.02 : p.lat;
	return [(lon - 8.08) * scale * 1.06, (57.72 - lat) * scale * 1.78];
}

function landmass(code) {
	return ISLANDS[code] || (code < "0400" ? "Sjælland" : code < "0500" ? "Fyn" : "Jylland");
}

function settle(all) {
	for (let round = 0; round < 400; round++) {
		for (const p of all) {
			p.x += (p.home[0] - p.x) * 0.02;
			p.y += (p.home[1] - p.y) * 0.02;
		}
		for (let i = 0; i < all.length; i++)
			for (let k = i + 1; k < all.length; k++) {
				const a = all[i], b = all[k];
				const dx = b.x - a.x || 0.01, dy = b.y - a.y || 0.01;
				const far = Math.hypot(dx, dy), want = 2 * RADIUS + 1.5;
				if (far >= want)
					continue;
				const push = (want - far) / far / 2;
				a.x -= dx * push;
				a.y -= dy * push;
				b.x += dx * push;
				b.y += dy * push;
			}
	}
}

/* code,name,region,lat,lon */
export function readPlaces(csv) {
	places = csv.trim().split("\n").slice(1).map((line) => {
		const [code, name, region, lat, lon] = line.split(",");
		return {code, name, region, lat: Number(lat), lon: Number(lon)};
	});
	for (const p of places) {
		p.home = project(p);
		[p.x, p.y] = p.home;
	}
	const xs = places.map((p) => p.x), ys = places.map((p) => p.y);
	const left = Math.min(...xs), top = Math.min(...ys);
	const scale = Math.min((WIDTH - 2 * MARGIN) / (Math.max(...xs) - left),
		(HEIGHT - 2 * MARGIN) / (Math.max(...ys) - top));
	for (const p of places) {
		p.home = [MARGIN + (p.x - left) * scale, MARGIN + (p.y - top) * scale];
		[p.x, p.y] = p.home;
	}
	settle(places);
}

export function placeName(code) {
	const p = places.find((x) => x.code === code);
	return p ? p.name : code;
}

/* What is known of each place: its state, and how much it saw. */
function join(data) {
	const coverage = new Map((data.coverage ? data.coverage.orgs : []).map((o) => [o.code, o]));
	const seen = new Map((data.byOrg ? data.byOrg.orgs : []).map((o) => [o.code, o.count]));
	const own = data.page.org;
	return places.map((p) => {
		const org = coverage.get(p.code);
		const hidden = own && p.code !== own;
		return {
			...p, org, own: own === p.code,
			state: hidden ? "hidden" : org ? org.state : "none",
			count: hidden ? null : seen.get(p.code) || 0,
		};
	});
}

function step(count, most) {
	if (!count)
		return 0;
	return Math.min(STEPS, 1 + Math.floor(STEPS * Math.sqrt(count / most) * 0.999));
}

function label(p) {
	const parts = [p.name, t("states." + p.state)];
	if (p.count)
		parts.push(t("seenHere", number(p.count)));
	if (p.org && p.org.hold)
		parts.push(p.org.hold);
	return parts.join(", ");
}

function showDetail(p) {
	document.getElementById("map-detail").textContent = p ? label(p) : "";
}

/* The next dot in a direction: near, and rather straight ahead than aside. */
function neighbour(all, from, key) {
	const [dx, dy] = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]}[key];
	let best = null, least = Infinity;
	for (const p of all) {
		const ahead = (p.x - from.x) * dx + (p.y - from.y) * dy;
		const aside = Math.abs((p.x - from.x) * dy) + Math.abs((p.y - from.y) * dx);
		if (p === from || ahead <= 1 || ahead + 2 * aside >= least)
			continue;
		best = p;
		least = ahead + 2 * aside;
	}
	return best || from;
}

function select(svg, all, code) {
	selected = code;
	svg.attr("aria-activedescendant", code ? "place-" + code : null);
	svg.selectAll("g.place").classed("selected", (p) => p.code === code)
		.attr("aria-selected", (p) => p.code === code ? "true" : "false");
	showDetail(all.find((p) => p.code === code));
}

function onKey(svg, all) {
	const event = d3.event;
	if (event.key === "Escape") {
		select(svg, all, null);
	} else if (event.key === "Home" || event.key === "End") {
		select(svg, all, all[event.key === "Home" ? 0 : all.length - 1].code);
	} else if (event.key.startsWith("Arrow")) {
		const from = all.find((p) => p.code === selected);
		select(svg, all, from ? neighbour(all, from, event.key).code : all[0].code);
	} else {
		return;
	}
	event.preventDefault();
}

function drawDots(svg, all, mode, most) {
	const dots = svg.selectAll("g.place").data(all, (p) => p.code);
	const fresh = dots.enter().append("g").attr("role", "option").attr("id", (p) => "place-" + p.code);
	fresh.append("circle").attr("r", RADIUS);
	fresh.append("text").attr("dy", "0.35em");
	fresh.append("title");
	dots.attr("transform", (p) => "translate(" + p.x.toFixed(1) + "," + p.y.toFixed(1) + ")")
		.attr("class", (p) => "place " + (mode === "state" || p.count === null ? "state-" + p.state : "seen-" + step(p.count, most)) + (p.own ? " own" : ""))
		.attr("aria-label", label)
		.attr("aria-selected", (p) => p.code === selected ? "true" : "false")
		.on("mouseenter", showDetail)
		.on("mouseleave", () => showDetail(all.find((p) => p.code === selected)))
		.on("click", (p) => select(svg, all, p.code));
	dots.select("text").text((p) => mode === "state" ? MARKS[p.state] : "");
	dots.select("title").text(label);
}

/* No map data: land is where municipalities are, and between those of one landmass. */
function drawLand(land, all) {
	const lines = [];
	for (const a of all)
		for (const b of all)
			if (a.code <= b.code && landmass(a.code) === landmass(b.code) && Math.hypot(a.x - b.x, a.y - b.y) < 92)
				lines.push("M" + a.x.toFixed(1) + " " + a.y.toFixed(1) + "L" + b.x.toFixed(1) + " " + (b.y + 0.1).toFixed(1));
	for (const cls of ["shore", "ground"])
		land.append("path").attr("class", cls).attr("d", lines.join(""));
}

function drawLegend(all, mode) {
	if (mode === "seen") {
		fill("map-legend", [0, 1, 3, 5].map((s) => el("li", {},
			el("span", {class: "key seen-" + s}), [t("nothing"), t("few"), "", t("many")][[0, 1, 3, 5].indexOf(s)])));
		return;
	}
	const states = ["current", "late", "differs", "hold", "never", "suspended", "none", "hidden"];
	fill("map-legend", states.map((s) => {
		const n = all.filter((p) => p.state === s).length;
		return n ? el("li", {}, el("span", {class: "key state-" + s}, MARKS[s]), t("states." + s) + " ", el("b", {}, number(n))) : null;
	}).filter(Boolean));
}

function summary(all) {
	const states = new Map();
	for (const p of all)
		states.set(p.state, (states.get(p.state) || 0) + 1);
	return [...states].map(([s, n]) => t("states." + s) + ": " + n).join(", ");
}

export function drawMap(data, mode) {
	const all = join(data);
	const most = Math.max(1, ...all.map((p) => p.count || 0));
	let svg = d3.select("#map svg");
	if (svg.empty()) {
		svg = d3.select("#map").append("svg").attr("viewBox", "0 0 " + WIDTH + " " + HEIGHT)
			.attr("role", "listbox").attr("tabindex", 0);
		drawLand(svg.append("g").attr("class", "land").attr("aria-hidden", "true"), all);
	}
	svg.attr("aria-label", t("mapLabel", summary(all)));
	svg.on("keydown", () => onKey(svg, all));
	drawDots(svg, all, mode, most);
	drawLegend(all, mode);
	showDetail(all.find((p) => p.code === selected));
	document.getElementById("map-hint").textContent = t(data.page.org ? "mapHintMember" : "mapHint");
	fill("map-table", table(t("map"), [t("code"), t("name"), t("state"), t("seen"), t("count")],
		all.filter((p) => p.state !== "hidden").map((p) => [p.code, p.name, badge(p.state, t("states." + p.state)),
			p.org ? time(p.org.last_seen, ago(p.org.last_seen)) : "", p.count ? number(p.count) : ""]), [4]));
}
