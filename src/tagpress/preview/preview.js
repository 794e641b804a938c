"use strict";

// A sentence is [group, place, id, tokens, spans, codes, lines, problems]; spans are begin, end, type, begin, end, type ...
// and problems how many there are, and then the numbers of the first. A change is [kinds, split before, split after, document
// before, document after, id, tokens, spans before, spans after]. Where there are layers, a sentence ends with what each says:
// spans, of which some may lie in others, or a text a token.
const data = JSON.parse(document.getElementById("data").textContent);
const GROUP = 0, PLACE = 1, ID = 2, TOKENS = 3, SPANS = 4, CODES = 5, LINES = 6, PROBLEMS = 7, LAYERS = 8;
const KINDS = 0, SPLITS = 1, DOCUMENTS = 3, CHANGED = 5, WORDS = 6, SIDES = 7;
const errors = new Set(data.errors);
const BATCH = 40; // items drawn at a time: more than a screen, less than anyone notices
const LONGEST = 300; // tokens of a sentence that are drawn before somebody asks for the rest

const find = (id) => document.getElementById(id);
const plain = (text) => text.normalize("NFKC").toLowerCase();
const counted = (count, thing) => `${count.toLocaleString("en")} ${thing}${count === 1 ? "" : "s"}`;

function make(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

// Text in which every character can be seen. Joiners stay between letters and in emoji, where they are spelling.
const UNSEEN = /\p{RGI_Emoji}|(?<=[\p{L}\p{M}])[\u200c\u200d](?=\p{L})|([\p{C}\p{Z}])/gv;

const ALL_UNSEEN = /([\p{C}\p{Z}])/gu;

function reveal(text, spaces, unseen = UNSEEN) {
  const parts = [];
  let last = 0;
  for (const match of text.matchAll(unseen)) {
    if (match[1] === undefined || (match[1] === " " && !spaces)) continue;
    parts.push(text.slice(last, match.index), sign(match[1]));
    last = match.index + match[0].length;
  }
  return [...parts, text.slice(last)].filter((part) => part !== "");
}

const PICTURED = { " ": ["␣", "a space"], "\t": ["⇥", "a tab"] };

function sign(character) {
  const [picture, title] = PICTURED[character] ?? [];
  if (picture) return make("span", { class: "sign pictured", title }, picture);
  return make("span", { class: "sign", dir: "ltr" }, `U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`);
}

function token(text, unseen) {
  const parts = reveal(text, true, unseen);
  // A combining character that begins a token would sit on the space before it.
  if (/^\p{M}/u.test(text)) parts.unshift(make("span", { class: "sign" }, "◌"));
  return parts.length ? parts : [make("span", { class: "sign" }, "empty")];
}

const spaced = (tokens) => tokens.flatMap((text, place) => (place ? [" ", ...token(text)] : token(text)));

function entity(tokens, type) {
  const known = typeof type === "number";
  const name = make("span", { class: "type", dir: "ltr" }, known ? data.types[type] : `unknown tag ${type}`);
  return make("mark", { class: known ? `t${type}` : "unknown" }, make("span", { class: "words" }, ...spaced(tokens)), " ", name);
}

function marked(tokens, spans, end) {
  const parts = [];
  const outside = (from, to) => { if (from < to) parts.push(...spaced(tokens.slice(from, to)), " "); };
  let last = 0;
  for (let place = 0; place < spans.length && spans[place] < end; place += 3) {
    outside(last, spans[place]);
    parts.push(entity(tokens.slice(spans[place], spans[place + 1]), spans[place + 2]), " ");
    last = spans[place + 1];
  }
  outside(last, Math.min(end, tokens.length));
  return parts;
}

// Spans as lines in which none crosses another: each stands in the first line where it can.
function uncrossed(spans) {
  const lines = [];
  for (let place = 0; place < spans.length; place += 3) {
    const [begin, end, type] = spans.slice(place, place + 3);
    const crosses = (other) => (begin < other.begin && other.begin < end && end < other.end) || (other.begin < begin && begin < other.end && other.end < end);
    const line = lines.find((some) => !some.some(crosses)) ?? lines[lines.push([]) - 1];
    line.push({ begin, end, type });
  }
  return lines;
}

// The tokens of a stretch with the spans in it, which are sorted: outer ones first, and what is in them is drawn in them.
function nested(tokens, spans, begin, end) {
  const parts = [];
  let at = begin;
  const outside = (to) => { if (at < to) parts.push(...spaced(tokens.slice(at, to)), " "); };
  for (let number = 0; number < spans.length;) {
    const span = spans[number];
    const inner = spans.slice(number + 1).filter((other) => other.begin < span.end);
    outside(span.begin);
    const name = make("span", { class: "type", dir: "ltr" }, data.types[span.type]);
    const words = make("span", { class: "words" }, ...nested(tokens, inner, span.begin, span.end));
    parts.push(make("mark", { class: `t${span.type}` }, words, " ", name), " ");
    at = span.end;
    number += 1 + inner.length;
  }
  outside(end);
  return parts.length && parts.at(-1) === " " ? parts.slice(0, -1) : parts;
}

// The layers of spans, each as lines below the sentence.
function layers(sentence) {
  const shown = data.layers.map(([name, hasSpans], place) => [name, hasSpans, sentence[LAYERS]?.[place]]);
  const tokens = sentence[TOKENS].slice(0, LONGEST);
  return shown.filter(([, hasSpans, said]) => hasSpans && said?.length).flatMap(([name, , said]) =>
    uncrossed(said).map((spans) => {
      const seen = spans.filter((span) => span.end <= tokens.length);
      return make("p", { class: "text layer", dir: "auto", lang: "" }, make("span", { class: "when", lang: "en" }, name), " ", ...nested(tokens, seen, 0, tokens.length));
    }));
}

function labels(sentence) {
  const found = sentence[TOKENS].map(() => "O"), spans = sentence[SPANS];
  for (let place = 0; place < spans.length; place += 3) {
    const type = spans[place + 2];
    for (let at = spans[place]; at < spans[place + 1]; at += 1) {
      found[at] = typeof type === "number" ? `${at === spans[place] ? "B" : "I"}-${data.types[type]}` : type;
    }
  }
  return found;
}

// Token by token, with the joiners too: this is where one looks why a token was reported.
function table(sentence) {
  const names = labels(sentence);
  const further = data.layers.flatMap(([name, hasSpans], place) => (hasSpans || !sentence[LAYERS]?.[place] ? [] : [[name, sentence[LAYERS][place]]]));
  const cells = (place) => further.map(([, texts]) => make("td", { lang: "" }, make("bdi", {}, ...token(texts[place], ALL_UNSEEN))));
  const rows = sentence[TOKENS].map((text, place) =>
    make("tr", {}, make("td", { class: "number" }, String(place)), make("td", { lang: "" }, make("bdi", {}, ...token(text, ALL_UNSEEN))), make("td", {}, names[place]), ...cells(place)));
  const head = make("tr", {}, ...["Place", "Token", "Label", ...further.map(([name]) => name)].map((name) => make("th", { scope: "col" }, name)));
  return make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows));
}

function source(sentence) {
  const lines = sentence[LINES].split(/\r?\n/).map((line) => make("div", { dir: "auto" }, ...reveal(line, false)));
  return make("div", { class: "source", lang: "" }, ...lines);
}

// Something that is made when it is first asked for.
function folded(title, sentence, content) {
  const made = make("details", {}, make("summary", {}, title));
  made.addEventListener("toggle", () => { if (made.childElementCount === 1) made.append(content(sentence)); });
  return made;
}

function drawSentence(sentence) {
  const group = data.groups[sentence[GROUP]], codes = sentence[CODES].map(badge);
  const where = [sentence[GROUP] < data.published && !data.placed ? "from document " : "from ", make("bdi", {}, ...reveal(sentence[PLACE], false))];
  const name = sentence[ID] ? [", id ", make("code", {}, sentence[ID])] : [];
  const head = make("p", { class: "head" }, make("span", { class: "badge" }, group), " ", ...where, ...name, ...codes.flatMap((code) => [" ", code]));
  const text = make("p", { class: "text", dir: "auto", lang: "" }, ...marked(sentence[TOKENS], sentence[SPANS], LONGEST));
  const item = make("li", { tabindex: "-1" }, head, text, ...layers(sentence));
  if (sentence[PROBLEMS].length) item.append(faults(sentence[PROBLEMS]));
  if (sentence[TOKENS].length) item.append(folded("Tokens and labels", sentence, table));
  if (canCorrect(sentence)) item.append(folded("Correct its entities", sentence, editor));
  if (sentence[LINES]) item.append(folded("Lines as they were read", sentence, source));
  const rest = sentence[TOKENS].length - LONGEST;
  if (rest > 0) {
    const button = make("button", { type: "button" }, `Show the last ${counted(rest, "token")}`);
    button.addEventListener("click", () => { text.replaceChildren(...marked(sentence[TOKENS], sentence[SPANS], Infinity)); item.focus(); button.remove(); });
    text.after(button);
  }
  return item;
}

const badge = (code) => make("span", { class: errors.has(code) ? "badge problem error" : "badge problem" }, code);

// What is wrong with a sentence, at which place in its lines.
function faults([count, ...numbers]) {
  const items = numbers.map((number) => {
    const { code, line, col, found, expected, place } = data.problems[number];
    return make("li", {}, badge(code), place ? ` ${place}: found ` : ` line ${line}, column ${col}: found `, make("bdi", {}, ...reveal(found, false)), "; expected ", make("bdi", {}, ...reveal(expected, false)));
  });
  if (count > numbers.length) items.push(make("li", {}, `and ${counted(count - numbers.length, "more problem")}`));
  return make("ul", { class: "faults" }, ...items);
}

function sides(change) {
  const [before, after] = change.slice(SIDES), tokens = change[WORDS];
  const line = (name, spans) => make("p", { class: "text side", dir: "auto", lang: "" }, make("span", { class: "when", lang: "en" }, name), " ", ...marked(tokens, spans, LONGEST));
  const same = before && after && before.join() === after.join();
  if (same || !before || !after) return [line(before ? (after ? "" : "before") : "now", after ?? before)];
  return [line("before", before), line("now", after)];
}

const either = (was, is, name) => (was === null || is === null || was === is ? `${name}${was ?? is}` : `${name}${was} → ${is}`);

function drawChange(change) {
  const kinds = change[KINDS].flatMap((kind) => [make("span", { class: `badge ${kind}` }, kind), " "]);
  const split = make("bdi", {}, either(change[SPLITS], change[SPLITS + 1], ""));
  const place = make("bdi", {}, ...reveal(either(change[DOCUMENTS], change[DOCUMENTS + 1], ""), false));
  const head = make("p", { class: "head" }, ...kinds, split, ", document ", place, ", id ", make("code", {}, change[CHANGED]));
  const rest = change[WORDS].length - LONGEST;
  const more = rest > 0 ? [make("p", { class: "head" }, `and ${counted(rest, "more token")}`)] : [];
  return make("li", { tabindex: "-1" }, head, ...sides(change), ...more);
}

// A row of a table in memory has a place of its own.
const placeOf = ({ place, path, line, col }) => place ?? (line ? `${path}:${line}:${col}` : path);

function drawProblem(problem) {
  const place = placeOf(problem);
  const line = (name, text) => make("div", {}, make("dt", {}, name), make("dd", {}, make("bdi", {}, ...reveal(text, false))));
  return make("li", { tabindex: "-1" },
    make("p", { class: "head" }, badge(problem.code), " ", make("span", { class: "badge" }, problem.severity), " ", make("code", {}, make("bdi", {}, place))),
    make("dl", {}, line("found", problem.found), line("expected", problem.expected), line("do", problem.hint)));
}

// Draw a list a batch at a time: when its end comes near, or when somebody asks for more.
function lazily(list, more, draw) {
  let items = [], drawn = 0;
  const grow = () => {
    const first = drawn;
    drawn = Math.min(items.length, drawn + BATCH);
    list.append(...items.slice(first, drawn).map(draw));
    more.hidden = drawn === items.length;
    return list.children[first];
  };
  const near = new IntersectionObserver((seen) => {
    if (!seen.at(-1).isIntersecting || more.hidden) return;
    grow();
    near.unobserve(more); // look again: a short batch may leave the end in sight, and that is no change
    near.observe(more);
  }, { rootMargin: "800px" });
  near.observe(more);
  more.addEventListener("click", () => grow()?.focus());
  return (next) => { items = next; drawn = 0; list.replaceChildren(); grow(); };
}

// Filter a list by a form, now and whenever the form changes; while somebody types, when they pause.
function filtered(form, items, test, show, status, thing, whole = counted(items.length, thing)) {
  const apply = () => {
    const wanted = test();
    const found = items.filter(wanted);
    show(found);
    find(status).textContent = found.length === items.length ? whole : `${found.length.toLocaleString("en")} of ${counted(items.length, thing)}`;
  };
  let pause = 0;
  form.addEventListener("input", (event) => { clearTimeout(pause); pause = setTimeout(apply, event.target.type === "search" ? 150 : 0); });
  form.addEventListener("reset", () => setTimeout(apply)); // the fields are emptied after this event
  form.addEventListener("submit", (event) => event.preventDefault());
  apply();
}

const texts = new Map(); // what a text filter looks at, made when first asked for
function textOf(item, words) {
  if (!texts.has(item)) texts.set(item, plain(words(item)));
  return texts.get(item);
}

function hasLabel(sentence, label) {
  const spans = sentence[SPANS], type = (label - 1) >> 1, inside = label % 2 === 0;
  let covered = 0;
  for (let place = 0; place < spans.length; place += 3) {
    const length = spans[place + 1] - spans[place];
    covered += length;
    if (label && spans[place + 2] === type && (!inside || length > 1)) return true;
  }
  return label === 0 && covered < sentence[TOKENS].length;
}

function wantedSentence() {
  const text = plain(find("text").value), group = find("group").value, label = find("label").value, code = find("code").value;
  const types = new Set([...document.querySelectorAll("input[name=type]:checked")].map((box) => Number(box.value)));
  return (sentence) =>
    (group === "" || sentence[GROUP] === Number(group)) &&
    (code === "" || (code === "*" ? sentence[CODES].length > 0 : sentence[CODES].includes(code))) &&
    (types.size === 0 || sentence[SPANS].some((type, place) => place % 3 === 2 && types.has(type))) &&
    (label === "" || hasLabel(sentence, Number(label))) &&
    (text === "" || textOf(sentence, (one) => `${one[TOKENS].join(" ")}\n${one[PLACE]}\n${one[ID]}\n${one[LINES]}`).includes(text));
}

function wantedProblem() {
  const text = plain(find("problem-text").value), code = find("problem-code").value;
  return (problem) =>
    (code === "" || problem.code === code) &&
    (text === "" || textOf(problem, (one) => `${placeOf(one)}\n${one.found}\n${one.expected}`).includes(text));
}

function wantedChange() {
  const text = plain(find("change-text").value), kind = find("change-kind").value;
  return (change) =>
    (kind === "" || change[KINDS].includes(kind)) &&
    (text === "" || textOf(change, (one) => [one[WORDS].join(" "), ...one.slice(DOCUMENTS, CHANGED + 1)].join("\n")).includes(text));
}

// Tabs after the pattern of the ARIA practices guide: arrows, Home and End move, and what is reached is shown.
function tabs() {
  const all = [...document.querySelectorAll("[role=tab]")];
  const panel = (tab) => find(tab.getAttribute("aria-controls"));
  const choose = (chosen) => {
    for (const tab of all) {
      tab.setAttribute("aria-selected", String(tab === chosen));
      tab.tabIndex = tab === chosen ? 0 : -1;
      panel(tab).hidden = tab !== chosen;
    }
  };
  const moves = { ArrowRight: (at) => at + 1, ArrowLeft: (at) => at - 1 + all.length, Home: () => 0, End: () => all.length - 1 };
  for (const tab of all) {
    tab.addEventListener("click", () => choose(tab));
    tab.addEventListener("keydown", (event) => {
      const move = moves[event.key];
      if (!move) return;
      event.preventDefault();
      const next = all[move(all.indexOf(tab)) % all.length];
      next.focus();
      choose(next);
    });
  }
  choose(all[0]);
}

tabs();
if (matchMedia("(max-width: 40rem)").matches) document.querySelector(".folded").open = false; // else they fill a phone's screen
const [published, leftOut] = data.shown;
const split = leftOut ? `: ${published.toLocaleString("en")} ${data.placed ? "that could be published" : "published"}, ${leftOut.toLocaleString("en")} left out` : "";
const whole = `${counted(data.sentences.length, "sentence")}${data.sample ? " of this sample" : ""}${split}`;
filtered(find("filters"), data.sentences, wantedSentence, lazily(find("list"), find("more"), drawSentence), "count", "sentence", whole);
if (find("problem-filters")) {
  filtered(find("problem-filters"), data.problems.slice(0, data.listed), wantedProblem, lazily(find("problem-list"), find("problem-more"), drawProblem), "problem-count", "problem");
}
if (find("change-filters")) {
  filtered(find("change-filters"), data.changes, wantedChange, lazily(find("change-list"), find("change-more"), drawChange), "change-count", "change");
}
find("undrawn").remove();
