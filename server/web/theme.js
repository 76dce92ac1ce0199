/* SPDX-License-Identifier: BSD-2-Clause */
/* Before the first paint: the theme that was chosen here, else the system's. */
(function () {
	"use strict";
	let chosen = null;
	try {
		chosen = localStorage.getItem("varsel-theme");
	} catch (e) {
		// no storage: the system's
	}
	if (chosen === "light" || chosen === "dark")
		document.documentElement.dataset.theme = chosen;
})();
