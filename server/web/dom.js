/* SPDX-License-Identifier: BSD-2-Clause */
/* Elements by hand. Text goes in as text, never as markup. */

export function el(name, attributes, ...children) {
	const e = document.createElement(name);
	for (const [key, value] of Object.entries(attributes || {}))
		if (value !== null && value !== undefined && value !== false)
			e.setAttribute(key, value === true ? "" : value);
	for (const child of children.flat())
		if (child !== null && child !== undefined)
			e.append(child);
	return e;
}

export function fill(id, ...children) {
	document.getElementById(id).replaceChildren(...children.flat().filter((c) => c !== null));
}

export function badge(kind, text) {
	return el("span", {class: "badge " + kind}, text);
}

export function time(iso, text) {
	return iso ? el("time", {datetime: iso, title: iso}, text) : text;
}

/* Rows of cells, each text or an element; `head` are the column headings. The caption is
 * for those who hear the page. */
export function table(caption, head, rows, numeric) {
	const number = (i) => (numeric || []).includes(i) ? "number" : null;
	return el("table", {},
		el("caption", {class: "hidden"}, caption),
		el("thead", {}, el("tr", {}, head.map((h, i) => el("th", {scope: "col", class: number(i)}, h)))),
		el("tbody", {}, rows.map((row) => el("tr", {},
			row.map((cell, i) => el(i === 0 ? "th" : "td", {scope: i === 0 ? "row" : null, class: number(i)}, cell))))));
}

export function empty(text) {
	return el("p", {class: "empty"}, text);
}
