/* SPDX-License-Identifier: BSD-2-Clause */
/* Every word on the screen, in both languages. */

export const texts = {
	da: {
		skip: "Gå til indholdet",
		title: "situationsbillede",
		language: "Sprog", theme: "Farver", light: "Lys", dark: "Mørk", auto: "Som systemet",
		summary: "Overblik",
		signinTitle: "Log ind",
		signinText: "Siden viser intet, før du er logget ind. Hent et link, der virker én gang, på en maskine med Varsel:",
		signinMember: "i en kommune", signinCoordinator: "hos en koordinator",
		coordinator: "koordinator",
		live: "Direkte", connecting: "Forbinder …", lost: "Forbindelsen er afbrudt; tallene kan være gamle",
		until: "logget ind til {0}",
		readOnly: "Siden kan kun læse.",
		positions: "Kommunernes placering: GeoNames, CC BY 4.0.",
		map: "Kommunerne", mapShows: "Kortet viser",
		mapHint: "Piletaster flytter mellem kommunerne.",
		mapHintMember: "I kan se jeres egen kommune; de andres tilstand ses kun af koordinatorerne.",
		mapLabel: "Danmarkskort med kommuner. {0}",
		asTable: "Som tabel",
		chart: "Observationer de seneste 7 dage", chartHint: "Hvor tit kommunerne har set noget godkendt i deres logfiler, pr. tre timer.",
		chartLabel: "Søjlediagram over observationer: {0} i alt på 7 dage.",
		campaigns: "Åbne kampagner", notices: "Varsler", newest: "Nyeste indikatorer", coverage: "Dækning",
		noCampaigns: "Ingen åbne kampagner.", noNotices: "Ingen varsler.", noIndicators: "Ingen indikatorer endnu.",
		noSightings: "Intet er set de seneste 7 dage.", noOrgs: "Ingen kommuner endnu.",
		states: {current: "følger med", late: "bagud", differs: "afviger", hold: "venter", never: "ingen kvittering", suspended: "lukket", none: "ikke med", hidden: "vises ikke"},
		kinds: {ip: "IP-adresser", domain: "domæner", url: "URL'er", email: "e-mail", hash: "filer"},
		kind: {ip: "IP", domain: "domæne", url: "URL", email: "e-mail", md5: "MD5", sha1: "SHA-1", sha256: "SHA-256"},
		istates: {pending: "afventer", approved: "godkendt", rejected: "afvist", revoked: "trukket tilbage", expired: "udløbet"},
		severities: {info: "til orientering", warning: "advarsel", critical: "kritisk"},
		joined: {indicator: "samme indikator", report: "samme indberetning", domain: "samme domæne", net: "samme net", tag: "samme mærke"},
		tileCurrent: "følger med", tileTrouble: "skal ses på", tileSeen: "observationer i døgnet", tileCampaigns: "åbne kampagner", tileCampaign: "åben kampagne",
		tileTime: "fra godkendt til håndhævet", tileOwn: "jeres tilstand", of: "af {0}", within: "95 % inden {0}",
		code: "Kode", name: "Kommune", state: "Tilstand", seen: "Set sidst", size: "Log", outputs: "Udgange",
		count: "Observationer", value: "Værdi", kindHead: "Type", orgs: "Kommuner", day: "Dag", total: "I alt",
		never: "aldrig", behind: "{0} bagud", orgsN: "{0} kommuner", orgs1: "1 kommune", since: "siden {0}", last: "senest {0}",
		seenHere: "{0} observationer på 7 dage", more: "og {0} til", seconds: "s", minutes: "min", hours: "t", days: "d",
		few: "få", many: "mange", nothing: "ingen",
	},
	en: {
		skip: "Skip to the content",
		title: "situation",
		language: "Language", theme: "Colours", light: "Light", dark: "Dark", auto: "As the system",
		summary: "Overview",
		signinTitle: "Sign in",
		signinText: "The page shows nothing before you are signed in. Get a link that works once, on a machine with Varsel:",
		signinMember: "in a municipality", signinCoordinator: "as a coordinator",
		coordinator: "coordinator",
		live: "Live", connecting: "Connecting …", lost: "The connection is lost; these numbers may be old",
		until: "signed in until {0}",
		readOnly: "This page can only read.",
		positions: "Positions of the municipalities: GeoNames, CC BY 4.0.",
		map: "Municipalities", mapShows: "The map shows",
		mapHint: "Arrow keys move between municipalities.",
		mapHintMember: "You see your own municipality; the others' state is for the coordinators.",
		mapLabel: "Map of Denmark with its municipalities. {0}",
		asTable: "As a table",
		chart: "Sightings in the last 7 days", chartHint: "How often municipalities saw something approved in their logs, for each three hours.",
		chartLabel: "Bar chart of sightings: {0} in all in 7 days.",
		campaigns: "Open campaigns", notices: "Notices", newest: "Newest indicators", coverage: "Coverage",
		noCampaigns: "No open campaigns.", noNotices: "No notices.", noIndicators: "No indicators yet.",
		noSightings: "Nothing was seen in the last 7 days.", noOrgs: "No municipalities yet.",
		states: {current: "current", late: "late", differs: "differs", hold: "on hold", never: "no receipt yet", suspended: "suspended", none: "not a member", hidden: "not shown"},
		kinds: {ip: "IP addresses", domain: "domains", url: "URLs", email: "e-mail", hash: "files"},
		kind: {ip: "IP", domain: "domain", url: "URL", email: "e-mail", md5: "MD5", sha1: "SHA-1", sha256: "SHA-256"},
		istates: {pending: "pending", approved: "approved", rejected: "rejected", revoked: "revoked", expired: "expired"},
		severities: {info: "for information", warning: "warning", critical: "critical"},
		joined: {indicator: "same indicator", report: "same report", domain: "same domain", net: "same network", tag: "same tag"},
		tileCurrent: "are current", tileTrouble: "need a look", tileSeen: "sightings in 24 hours", tileCampaigns: "open campaigns", tileCampaign: "open campaign",
		tileTime: "from approval to enforcement", tileOwn: "your state", of: "of {0}", within: "95 % within {0}",
		code: "Code", name: "Municipality", state: "State", seen: "Last seen", size: "Log", outputs: "Outputs",
		count: "Sightings", value: "Value", kindHead: "Kind", orgs: "Municipalities", day: "Day", total: "Total",
		never: "never", behind: "{0} behind", orgsN: "{0} municipalities", orgs1: "1 municipality", since: "since {0}", last: "last {0}",
		seenHere: "{0} sightings in 7 days", more: "and {0} more", seconds: "s", minutes: "min", hours: "h", days: "d",
		few: "few", many: "many", nothing: "none",
	},
};

function stored(name) {
	try {
		return localStorage.getItem(name);
	} catch (e) {
		return null;
	}
}

let language = stored("varsel-language");
if (!texts[language])
	language = (navigator.language || "da").toLowerCase().startsWith("en") ? "en" : "da";

export function currentLanguage() {
	return language;
}

export function setLanguage(to) {
	language = texts[to] ? to : "da";
	try {
		localStorage.setItem("varsel-language", language);
	} catch (e) {
		// it holds until the page is left
	}
}

/* t("of", 98); t("states.late") */
export function t(name, ...args) {
	let text = texts[language];
	for (const part of name.split("."))
		text = text === undefined ? undefined : text[part];
	if (text === undefined)
		return name.split(".").pop();
	return text.replace(/\{(\d)\}/g, (_, i) => args[i]);
}

function locale() {
	return language === "da" ? "da-DK" : "en-GB";
}

export function number(n) {
	return n.toLocaleString(locale());
}

/* Seconds, in the unit of which there are two at least. */
export function took(seconds) {
	for (const [size, unit] of [[86400, "days"], [3600, "hours"], [60, "minutes"]])
		if (seconds >= 2 * size)
			return Math.ceil(seconds / size) + " " + t(unit);
	return seconds + " " + t("seconds");
}

export function ago(time) {
	if (!time)
		return t("never");
	const seconds = Math.round((Date.parse(time) - Date.now()) / 1000);
	const format = new Intl.RelativeTimeFormat(language, {numeric: "auto", style: "short"});
	for (const [size, unit] of [[86400, "day"], [3600, "hour"], [60, "minute"]])
		if (Math.abs(seconds) >= size)
			return format.format(Math.trunc(seconds / size), unit);
	return format.format(Math.trunc(seconds), "second");
}

export function clock(time) {
	return new Date(time).toLocaleTimeString(locale(), {hour: "2-digit", minute: "2-digit"});
}

export function day(time) {
	return new Date(time).toLocaleDateString(locale(), {weekday: "short", day: "numeric", month: "short"});
}

export function when(time) {
	return new Date(time).toLocaleString(locale(), {dateStyle: "medium", timeStyle: "short"});
}
