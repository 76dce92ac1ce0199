// SPDX-License-Identifier: BSD-2-Clause
// words.mjs FOLDER: says which words of the situation page stand in one language only or in
// two places, differ in what is put into them, are not there, or are used nowhere.
import {readFileSync, readdirSync} from "node:fs";

const [folder] = process.argv.slice(2);
const source = (name) => readFileSync(folder + "/" + name, "utf8");

globalThis.navigator = {language: "da"};
const {texts} = await import("data:text/javascript," + encodeURIComponent(source("text.js")));

// Every text by its name, as t() takes it.
function flat(words, before = "") {
	return Object.entries(words).flatMap(([name, text]) =>
		typeof text === "string" ? [[before + name, text]] : flat(text, before + name + "."));
}

const da = new Map(flat(texts.da)), en = new Map(flat(texts.en));
const code = readdirSync(folder).filter((name) => /\.(js|html)$/.test(name)).map(source).join("\n");
const holes = (text) => (text.match(/\{\d\}/g) || []).sort().join();
const first = new Map();

for (const name of new Set([...da.keys(), ...en.keys()])) {
	const group = name.split(".").slice(0, -1).join(".");
	if (!da.has(name) || !en.has(name)) {
		console.log(name + ": not in " + (da.has(name) ? "English" : "Danish"));
		continue;
	}
	if (holes(da.get(name)) !== holes(en.get(name)))
		console.log(name + ": not the same to put in");
	if (!code.includes(group ? '"' + group + '." + ' : '"' + name + '"'))
		console.log(name + ": used nowhere");
	const both = group + ": " + da.get(name) + ", " + en.get(name);
	if (first.has(both))
		console.log(name + ": the same as " + first.get(both));
	first.set(both, name);
}
for (const [, called, marked] of code.matchAll(/\bt\("([\w.]+)"[,)]|data-(?:text|label)="(\w+)"/g))
	if (!da.has(called || marked))
		console.log((called || marked) + ": no such word");
console.log(da.size + " words");
