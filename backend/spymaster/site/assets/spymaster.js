// Search over INDEX (index.js): entries of [kind, name, what is said of it, place].
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

// Entries in which every word of a query is found, the best first; a name counts ten times as much
// as what is said of it, and a relation more than its columns.
function search(index, query, limit = 30) {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return [];
  const found = [];
  for (const [order, entry] of index.entries()) {
    const [kind, name, said] = entry;
    const [called, told] = [name.toLowerCase(), said.toLowerCase()];
    const own = called.slice(called.lastIndexOf(".") + 1);
    let score = kind === "relation" ? 5 : 0;
    for (const word of words) {
      const points = 10 * Math.max(fit(word, called), fit(word, own)) + fit(word, told);
      if (!points) {
        score = 0;
        break;
      }
      score += points;
    }
    if (score) found.push([score, -name.length, -order, entry]);
  }
  found.sort((a, b) => b[0] - a[0] || b[1] - a[1] || b[2] - a[2]);
  return found.slice(0, limit).map((each) => each[3]);
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

  function item([kind, name, said, place]) {
    const line = document.createElement("a");
    line.href = root + place;
    line.role = "option";
    for (const [style, text] of [["kind", kind], ["name", name], ["said", said]]) {
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
    line.textContent = "Nothing is called that, and nothing is said of it.";
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
