/* SPDX-License-Identifier: BSD-2-Clause */
/* What is written rather than drawn. */
import {el, fill, table, badge, time, empty} from "./dom.js";
import {t, number, ago, took, when} from "./text.js";
import {placeName} from "./map.js";
import {lastDay} from "./chart.js";

const ORDER = ["differs", "hold", "late", "never", "current", "suspended"];

function tile(value, label, extra, kind) {
	return el("div", {class: "tile " + (kind || "")},
		el("p", {class: "big"}, value), el("p", {class: "what"}, label), el("p", {class: "extra"}, extra || "\u00a0"));
}

export function drawTiles(data) {
	const orgs = data.coverage ? data.coverage.orgs.filter((o) => o.state !== "suspended") : [];
	const current = orgs.filter((o) => o.state === "current").length;
	const trouble = orgs.filter((o) => ["late", "differs", "hold"].includes(o.state)).length;
	const times = data.coverage ? data.coverage.enforcement : {n: 0};
	const own = data.coverage && data.page.org ? data.coverage.orgs[0] : null;
	const campaigns = data.campaigns ? data.campaigns.campaigns.filter((c) => c.state === "open").length : 0;
	const tiles = [];
	if (own) {
		tiles.push(tile(t("states." + own.state), t("tileOwn"), own.hold || t("last", ago(own.last_seen)), own.state === "current" ? "good" : "bad"));
	} else {
		tiles.push(tile(number(current), t("tileCurrent"), t("of", number(orgs.length)), orgs.length && current === orgs.length ? "good" : ""));
		tiles.push(tile(number(trouble), t("tileTrouble"), "", trouble ? "bad" : "good"));
	}
	tiles.push(tile(number(lastDay(data)), t("tileSeen")));
	tiles.push(tile(number(campaigns), t(campaigns === 1 ? "tileCampaign" : "tileCampaigns"), "", campaigns ? "bad" : ""));
	tiles.push(tile(times.n ? took(times.median) : "–", t("tileTime"), times.n ? t("within", took(times.p95)) : ""));
	fill("tiles", tiles);
}

function orgsText(n) {
	return n === 1 ? t("orgs1") : t("orgsN", number(n));
}

function campaign(c) {
	const shown = c.indicators.slice(0, 6);
	return el("li", {class: "card"},
		el("h3", {}, el("span", {class: "mono"}, c.key || "#" + c.id), " ", badge("campaign", orgsText(c.orgs))),
		el("p", {class: "meta"}, t("joined." + c.joined_by), " · ", time(c.opened, t("since", ago(c.opened))), " · ", time(c.last, t("last", ago(c.last)))),
		el("ul", {class: "chips"}, shown.map((i) => el("li", {class: "mono"}, i.value)),
			c.size > shown.length ? el("li", {}, t("more", number(c.size - shown.length))) : null),
		c.members ? el("p", {class: "meta"}, c.members.map((m) => m.name).join(", ")) : null);
}

export function drawCampaigns(data) {
	const open = data.campaigns ? data.campaigns.campaigns.filter((c) => c.state === "open") : [];
	fill("campaigns", open.length ? el("ul", {class: "cards"}, open.map(campaign)) : empty(t("noCampaigns")));
}

/* An advisory is Markdown by whoever wrote it: shown as text, its first line as heading. */
function notice(n) {
	const lines = n.text.trim().split("\n");
	const title = lines[0].replace(/^#+\s*/, "");
	return el("li", {class: "card notice-" + n.severity},
		el("h3", {}, title, " ", badge("severity-" + n.severity, t("severities." + n.severity))),
		el("p", {class: "meta"}, time(n.issued, when(n.issued))),
		el("p", {class: "body"}, lines.slice(1).join("\n").trim()));
}

export function drawNotices(data) {
	const all = data.notices ? data.notices.notices : [];
	fill("notices", all.length ? el("ul", {class: "cards"}, all.map(notice)) : empty(t("noNotices")));
}

export function drawNewest(data) {
	const all = data.newest ? data.newest.indicators : [];
	fill("newest", all.length ? table(t("newest"), [t("value"), t("kindHead"), t("state"), t("orgs"), t("count"), t("seen")],
		all.map((i) => [el("span", {class: "mono"}, i.value), t("kind." + i.kind), badge("i-" + i.state, t("istates." + i.state)),
			number(i.orgs), number(i.sightings), time(i.last_seen, ago(i.last_seen))]), [3, 4]) : empty(t("noIndicators")));
}

function coverageRow(o, size) {
	const works = o.outputs.filter((x) => !x.error).length;
	const why = o.hold || o.outputs.filter((x) => x.error).map((x) => x.name + ": " + x.error).join("; ");
	// Not every entry asks something of a municipality: who is current may have followed fewer.
	const behind = o.size !== null && o.state !== "current" && o.size < size;
	const log = o.size === null ? "" : number(o.size) + (behind ? " (" + t("behind", number(size - o.size)) + ")" : "");
	return [o.code, el("div", {}, o.name || placeName(o.code), why ? el("p", {class: "meta words"}, why) : null),
		badge(o.state, t("states." + o.state)), time(o.last_seen, ago(o.last_seen)), log,
		o.size === null ? "" : works + "/" + o.outputs.length];
}

export function drawCoverage(data) {
	const orgs = data.coverage ? [...data.coverage.orgs] : [];
	orgs.sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || (a.code < b.code ? -1 : 1));
	fill("coverage", orgs.length ? table(t("coverage"), [t("code"), t("name"), t("state"), t("seen"), t("size"), t("outputs")],
		orgs.map((o) => coverageRow(o, data.coverage.size)), [4, 5]) : empty(t("noOrgs")));
}
