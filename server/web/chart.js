/* SPDX-License-Identifier: BSD-2-Clause */
/* Sightings over a week, stacked by kind; three hours to a bar. */
import {el, fill, table, empty} from "./dom.js";
import {t, number, day, clock} from "./text.js";

const WIDTH = 720, HEIGHT = 330, LEFT = 52, RIGHT = 8, TOP = 12, BOTTOM = 28;
const KINDS = ["domain", "ip", "url", "email", "hash"];
const SLOT = 3 * 3600 * 1000, SLOTS = 56;

function kindOf(kind) {
	return KINDS.includes(kind) ? kind : "hash";
}

/* The last 56 slots, the one that is running included. */
function slots(hours, now) {
	const end = Math.floor(now / SLOT) * SLOT;
	const all = d3.range(SLOTS).map((i) => ({at: end - (SLOTS - 1 - i) * SLOT, count: {}, total: 0}));
	for (const h of hours) {
		const i = Math.floor(Date.parse(h.hour) / SLOT) - all[0].at / SLOT;
		if (i < 0 || i >= SLOTS)
			continue;
		const kind = kindOf(h.kind);
		all[i].count[kind] = (all[i].count[kind] || 0) + h.count;
		all[i].total += h.count;
	}
	return all;
}

function drawAxes(svg, x, y, all) {
	const ticks = y.ticks(4).filter(Number.isInteger);
	const grid = svg.append("g").attr("class", "axis");
	for (const v of ticks) {
		grid.append("line").attr("x1", LEFT).attr("x2", WIDTH - RIGHT).attr("y1", y(v)).attr("y2", y(v));
		grid.append("text").attr("x", LEFT - 8).attr("y", y(v)).attr("dy", "0.35em").attr("text-anchor", "end").text(number(v));
	}
	for (const s of all) {
		const at = new Date(s.at);
		if (at.getHours() >= 3)
			continue;
		grid.append("line").attr("class", "midnight").attr("x1", x(s.at)).attr("x2", x(s.at)).attr("y1", TOP).attr("y2", HEIGHT - BOTTOM);
		if (x(s.at) < WIDTH - 60)
			grid.append("text").attr("x", x(s.at) + 4).attr("y", HEIGHT - 8).text(day(s.at));
	}
}

function drawBars(svg, x, y, all) {
	const wide = (WIDTH - LEFT - RIGHT) / SLOTS - 2;
	for (const s of all) {
		const bar = svg.append("g").attr("class", "bar");
		let base = 0;
		for (const kind of KINDS) {
			const n = s.count[kind] || 0;
			if (n === 0)
				continue;
			bar.append("rect").attr("class", "kind-" + kind).attr("x", x(s.at) + 1).attr("width", wide)
				.attr("y", y(base + n)).attr("height", Math.max(1, y(base) - y(base + n)));
			base += n;
		}
		bar.append("title").text(day(s.at) + " " + clock(s.at) + "–" + clock(s.at + SLOT) + ": " +
			(KINDS.filter((k) => s.count[k]).map((k) => number(s.count[k]) + " " + t("kinds." + k)).join(", ") || t("nothing")));
	}
}

function dayTable(all) {
	const days = new Map();
	for (const s of all) {
		const key = new Date(s.at).toDateString();
		const row = days.get(key) || {at: s.at, count: {}, total: 0};
		for (const kind of KINDS)
			row.count[kind] = (row.count[kind] || 0) + (s.count[kind] || 0);
		row.total += s.total;
		days.set(key, row);
	}
	return table(t("chart"), [t("day"), ...KINDS.map((k) => t("kinds." + k)), t("total")],
		[...days.values()].map((r) => [day(r.at), ...KINDS.map((k) => number(r.count[k])), number(r.total)]),
		[1, 2, 3, 4, 5, 6]);
}

export function drawChart(data) {
	const all = slots(data.byHour ? data.byHour.hours : [], Date.now());
	const total = d3.sum(all, (s) => s.total);
	const used = KINDS.filter((k) => all.some((s) => s.count[k]));
	fill("chart-table", dayTable(all));
	fill("chart-legend", used.map((k) => el("li", {}, el("span", {class: "key kind-" + k}), t("kinds." + k))));
	if (total === 0) {
		fill("chart", empty(t("noSightings")));
		return;
	}
	const x = d3.scale.linear().domain([all[0].at, all[0].at + SLOTS * SLOT]).range([LEFT, WIDTH - RIGHT]);
	const y = d3.scale.linear().domain([0, d3.max(all, (s) => s.total)]).nice(4).range([HEIGHT - BOTTOM, TOP]);
	fill("chart");
	const svg = d3.select("#chart").append("svg").attr("viewBox", "0 0 " + WIDTH + " " + HEIGHT)
		.attr("role", "img").attr("aria-label", t("chartLabel", number(total)));
	drawAxes(svg, x, y, all);
	drawBars(svg, x, y, all);
}

/* How much was seen in the last 24 hours. */
export function lastDay(data) {
	const from = Date.now() - 86400 * 1000;
	return (data.byHour ? data.byHour.hours : []).filter((h) => Date.parse(h.hour) + 3600 * 1000 > from)
		.reduce((sum, h) => sum + h.count, 0);
}
