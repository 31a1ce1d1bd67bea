// Search over INDEX (index.js): entries of [kind, name, what is said of it, place, other names].
"use strict";

const PARTS = /[\s,._()[\]{}:;/\\|"'<>=+*-]+/;

// How well a word fits a text: 0 not at all, 4 the whole text, 3 a whole part of it, 2 the start of
// a part, 1 anywhere inside.
function fit(word, text) {
  if (text === word) return 4;
  if (!text.includes(word)) return 0;
  const parts = text.split(PARTS);
  if (parts.includes(word)) return 3;
  return parts.some((part) => part.startsWith(word)) ? 2 : 1;
}

// What a query may be after, the likeliest first; the last two come after all others.
const KINDS = "relation column term question guide macro setting audit inner derived".split(" ");
const LAST = KINDS.slice(-2);

// Entries in which every word of a query is found, the best first. What has the query for its name
// comes before all, what lives inside a build or is derived from another column after all. A name,
// its own part or what else it is called counts ten times as much as what is said of it, and a
// relation more than all that is called alike.
function search(index, query, limit = 30) {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return [];
  const whole = words.join(" ");
  const found = [];
  for (const [order, entry] of index.entries()) {
    const [kind, name, said, , also] = entry;
    const own = name.slice(name.lastIndexOf(".") + 1);
    const called = [name, own, ...also].map((each) => each.toLowerCase());
    const told = said.toLowerCase();
    let score = kind === "relation" ? 20 : 0;
    for (const word of words) {
      const points = 10 * Math.max(...called.map((each) => fit(word, each))) + fit(word, told);
      if (!points) {
        score = 0;
        break;
      }
      score += points;
    }
    if (!score) continue;
    const at = called.indexOf(whole);
    if (at > 1 && words.length > 1) score += 10 * words.length;
    const isNamed = at === 0 || (at === 1 && kind !== "inner");
    const place = isNamed ? [0, 0] : [LAST.includes(kind) ? 2 : 1, -score];
    found.push([...place, KINDS.indexOf(kind), name.length, order, entry]);
  }
  found.sort(compare);
  const hits = found.map((each) => each.at(-1));
  // many relations have a column of that name: what the word means comes after the first of them
  const meant = hits.findIndex(([kind, name, , , also]) =>
    kind === "term" && [name, ...also].some((each) => each.toLowerCase() === whole));
  if (meant > 1) hits.splice(1, 0, ...hits.splice(meant, 1));
  return hits.slice(0, limit);
}

function compare(one, other) {
  const at = one.findIndex((value, at) => value !== other[at]);
  return one[at] - other[at];
}

function attach(box, list, root) {
  let chosen = -1;

  function show() {
    const hits = search(INDEX, box.value);
    chosen = hits.length ? 0 : -1;
    list.replaceChildren(...hits.map(item));
    if (box.value.trim() && !hits.length) list.append(nothing());
    list.hidden = !box.value.trim();
    mark();
  }

  function item([kind, name, said, place, also]) {
    const asked = box.value.trim().toLowerCase();
    const other = kind === "term" && also.find((each) => each.toLowerCase() === asked);
    const line = document.createElement("a");
    line.href = root + place;
    line.role = "option";
    const shown = other ? `${name} (${other})` : name;
    for (const [style, text] of [["kind", kind], ["name", shown], ["said", said]]) {
      const part = document.createElement("span");
      part.className = style;
      part.textContent = text;
      line.append(part);
    }
    line.addEventListener("click", close);
    return line;
  }

  function nothing() {
    const line = document.createElement("p");
    line.textContent = "Nothing is called that, and no text says it.";
    return line;
  }

  function mark() {
    [...list.children].forEach((line, at) => line.classList.toggle("chosen", at === chosen));
    list.children[chosen]?.scrollIntoView({ block: "nearest" });
  }

  function close() {
    list.hidden = true;
    box.blur();
  }

  box.addEventListener("input", show);
  box.addEventListener("focus", () => (list.hidden = !box.value.trim()));
  box.addEventListener("keydown", (event) => {
    const hits = list.querySelectorAll("a");
    if (event.key === "Escape") close();
    else if (event.key === "Enter" && hits[chosen]) hits[chosen].click();
    else if (event.key === "ArrowDown" && hits.length) chosen = (chosen + 1) % hits.length;
    else if (event.key === "ArrowUp" && hits.length) chosen = (chosen || hits.length) - 1;
    else return;
    event.preventDefault();
    mark();
  });
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.closest("input, textarea");
    if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      box.select();
    }
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest(".search")) list.hidden = true;
  });
}

if (typeof document !== "undefined") {
  const box = document.querySelector("#search-box");
  attach(box, document.querySelector("#search-hits"), box.dataset.root);
}
