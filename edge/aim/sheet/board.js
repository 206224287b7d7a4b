// The fitter's board: fetches picture and drawing, keeps what is changed, saves it, and shows the score.

import { Sheet, place as put, pointsOf, shifted } from "./sheet.js";

const KEY = location.hash.slice(1);
const PATIENCE_MS = 60000;
const ZONES = ["watch", "ignore", "queue", "keep-clear", "loiter"];
const WORDS = {
  one_way: { no: "both ways", in: "in only", out: "out only" },
  inward: { right: "inside right", left: "inside left" },
  allows: { none: "neither" },
};
const NUDGE = 0.002;
const NUMBERED = new Set(["line", "zone", "mask", "road"]);
const HINTS = {
  select: "Drag a line, a zone, a mask or its corners. Arrow keys nudge what is chosen, Delete takes it away.",
  lines: "Draw across a road, where wheels touch the ground. The arrow shows which side is inside.",
  zones: "Draw a box over the area; then drag its corners, and the pale dots for more of them.",
  masks: "Draw a box over what nobody may see, or over burnt-in text.",
  plate: "Draw along a plate that stands at a line, from its left to its right edge.",
};
const root = document.documentElement;
const byId = (id) => document.getElementById(id);
const canvas = byId("picture");

const board = {
  drawing: { lines: [], zones: [], masks: [], roads: [] },
  size: [16, 9],
  proposed: [],
  plates: [],
  tool: "select",
  chosen: null,
  revision: "",
  past: [],
  begin() {
    this.past.push(JSON.stringify(this.drawing));
  },
  changed() {
    root.dataset.changed = "";
    say("changed", "not saved");
    show();
  },
  choose(kind, index) {
    this.chosen = kind ? { kind, index } : null;
    show();
  },
  drawn(tool, points) {
    if (tool === "plate") {
      const width = Math.abs(points[1][0] - points[0][0]) * this.size[0];
      const line = nearest(points);
      this.plates = [...this.plates.filter((one) => one.line !== line), { points, width, line }];
    } else {
      this.begin();
      add(tool, points);
    }
    take("select");
  },
};
const sheet = new Sheet(byId("sheet"), board);

// The conversation

async function ask(path, body) {
  const given = body === undefined ? {} : { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
  const headers = { "X-Key": KEY, ...given.headers };
  const reply = await fetch(`keyed/${path}`, { ...given, headers, cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
  if (!reply.ok) throw new Error((await reply.text()).trim());
  return reply;
}

async function meet(answer) {
  const shown = await answer.json();
  board.size = shown.size;
  board.proposed = shown.proposed;
  byId("title").textContent = `Aim ${shown.camera}`;
  byId("about").textContent = `${shown.source} · ${shown.size.join(" × ")} · ${shown.file}`;
  document.title = `Aim ${shown.camera}`;
  root.style.setProperty("--ratio", shown.size[0] / shown.size[1]);
  if (!("changed" in root.dataset)) adopt(shown.revision, shown.drawing, "as in the file");
  const picture = await createImageBitmap(await (await ask("picture")).blob());
  [canvas.width, canvas.height] = [picture.width, picture.height];
  canvas.getContext("2d").drawImage(picture, 0, 0);
  canvas.dataset.drawn = "";
  show();
}

function adopt(revision, drawing, words) {
  Object.assign(board, { revision, drawing, past: [] });
  delete root.dataset.changed;
  say("saved", words);
}

async function save() {
  say("waiting", "saving");
  try {
    const saved = await (await ask("save", { revision: board.revision, drawing: board.drawing })).json();
    adopt(saved.revision, saved.drawing, "saved");
    board.proposed = board.proposed.filter(([, box]) => !board.drawing.masks.some((mask) => covers(mask.polygon, box)));
    answer("good", `Saved; ${saved.told}.`);
  } catch (error) {
    say("changed", "not saved");
    answer("bad", `Not saved, the file is as it was.\n${error.message}`);
  }
  show();
}

async function retake() {
  await during(byId("retake"), async () => meet(await ask("retake", {})));
}

async function measure() {
  await during(byId("measure"), async () => {
    const by_hand = Object.fromEntries(board.plates.map((one) => [one.line, one.width]));
    let told = await (await ask("measure", { by_hand })).json();
    byId("score-none").textContent = "Looking …";
    while (told.running) {
      await new Promise((resolve) => setTimeout(resolve, 1000));
      told = await (await ask("measured")).json();
    }
    if (told.trouble) throw new Error(told.trouble);
    if (told.score) listMarks(told.score);
  });
}

async function during(button, work) {
  button.disabled = true;
  try {
    await work();
  } catch (error) {
    answer("bad", error.message);
  }
  button.disabled = false;
}

// What the page says of itself

function say(link, words) {
  root.dataset.link = link;
  byId("state").textContent = words;
}

function answer(tone, words) {
  byId("answer").dataset.tone = tone;
  byId("answer").textContent = words;
  byId("answer").hidden = false;
}

function show() {
  sheet.draw();
  listAll();
  byId("undo").disabled = !board.past.length;
}

function listMarks(score) {
  byId("score-none").textContent = `${score.passed ? "Passed" : "Not passed"}: ${score.vehicles} vehicles in ${score.seconds} s, ${score.mode}.`;
  byId("score").dataset.passed = score.passed;
  const rows = score.marks.map((mark) => {
    const row = document.createElement("tr");
    row.dataset.state = mark.state;
    for (const words of [mark.name, mark.line, mark.state, mark.value ?? "–", mark.wanted, mark.words]) row.insertCell().textContent = words;
    return row;
  });
  byId("marks").replaceChildren(...rows);
  byId("marks").parentElement.hidden = false;
}

// Changes

function take(tool) {
  board.tool = tool;
  for (const button of document.querySelectorAll("[data-tool]:not(svg)")) button.setAttribute("aria-pressed", button.dataset.tool === tool);
  byId("hint").textContent = HINTS[tool];
  show();
}

function add(kind, points) {
  const { drawing } = board;
  if (kind === "lines") {
    if (!drawing.roads.length) drawing.roads.push({ id: "main", allows: "both", was: "" });
    drawing.lines.push({ id: fresh("lines", "line"), points, road: drawing.roads[0].id, inward: "right", one_way: "no", was: "" });
  } else if (kind === "zones") {
    drawing.zones.push({ id: fresh("zones", "zone"), polygon: points, kind: "watch", was: "" });
  } else {
    drawing.masks.push({ id: fresh("masks", "mask"), polygon: points, was: "" });
  }
  board.chosen = { kind, index: drawing[kind].length - 1 };
  board.changed();
}

function fresh(kind, word) {
  const taken = new Set(board.drawing[kind].map((one) => one.id));
  if (!NUMBERED.has(word) && !taken.has(word)) return word;
  for (let number = 1; ; number += 1) if (!taken.has(`${word}-${number}`)) return `${word}-${number}`;
}

function remove(kind, index) {
  board.begin();
  board.drawing[kind].splice(index, 1);
  board.chosen = null;
  board.changed();
}

function undo() {
  if (!board.past.length) return;
  board.drawing = JSON.parse(board.past.pop());
  board.chosen = null;
  board.changed();
}

function nearest(points) {
  const middle = [(points[0][0] + points[1][0]) / 2, (points[0][1] + points[1][1]) / 2];
  const away = ({ points: [[x1, y1], [x2, y2]] }) => Math.hypot((x1 + x2) / 2 - middle[0], (y1 + y2) / 2 - middle[1]);
  return [...board.drawing.lines].sort((one, other) => away(one) - away(other))[0]?.id ?? "";
}

function covers(polygon, [x1, y1, x2, y2]) {
  const [xs, ys] = [polygon.map((one) => one[0]), polygon.map((one) => one[1])];
  const slack = 0.01;
  return Math.min(...xs) <= x1 + slack && Math.max(...xs) >= x2 - slack && Math.min(...ys) <= y1 + slack && Math.max(...ys) >= y2 - slack;
}

// Lists

function listAll() {
  const { drawing, proposed } = board;
  const roads = drawing.roads.map((road) => road.id);
  list("lines", (line) => [
    chooser("Road", line, "road", [...new Set([...roads, line.road])]),
    chooser("Inside", line, "inward", ["right", "left"]),
    chooser("One way", line, "one_way", ["no", "in", "out"]),
  ]);
  list("roads", (road) => [chooser("Allows", road, "allows", ["both", "in", "out", "none"])]);
  list("zones", (zone) => [chooser("Kind", zone, "kind", ZONES)]);
  list("masks", () => []);
  byId("proposed").hidden = !proposed.length;
  byId("proposed").querySelector("ul").replaceChildren(...proposed.map(proposal));
}

function list(kind, controls) {
  const items = board.drawing[kind].map((item, index) => {
    const row = document.createElement("li");
    if (board.chosen?.kind === kind && board.chosen.index === index) row.dataset.chosen = "";
    row.append(naming(kind, item), ...controls(item), button("Delete", `Delete ${item.id}`, () => remove(kind, index)));
    row.addEventListener("focusin", () => {
      if (kind === "roads" || (board.chosen?.kind === kind && board.chosen.index === index)) return;
      board.chosen = { kind, index };
      for (const other of document.querySelectorAll("#lists li[data-chosen]")) delete other.dataset.chosen;
      row.dataset.chosen = "";
      sheet.draw();
    });
    return row;
  });
  byId(kind).replaceChildren(...items);
}

function naming(kind, item) {
  const input = document.createElement("input");
  input.value = item.id;
  input.setAttribute("aria-label", `Name of ${item.id}`);
  input.addEventListener("change", () => {
    board.begin();
    if (kind === "roads") for (const line of board.drawing.lines) if (line.road === item.id) line.road = input.value;
    item.id = input.value;
    board.changed();
  });
  return input;
}

function chooser(label, item, field, choices) {
  const select = document.createElement("select");
  select.setAttribute("aria-label", `${label}: ${item.id}`);
  select.title = label;
  for (const choice of choices) select.add(new Option(WORDS[field]?.[choice] ?? choice, choice));
  select.value = item[field];
  select.addEventListener("change", () => {
    board.begin();
    item[field] = select.value;
    board.changed();
  });
  return select;
}

function proposal([name, [x1, y1, x2, y2]]) {
  const row = document.createElement("li");
  const words = document.createElement("span");
  words.textContent = name === "clock" ? "a clock" : "a name or sign";
  row.append(words, button("Mask it", `Mask the ${name}`, () => {
    board.begin();
    board.drawing.masks.push({ id: fresh("masks", name), polygon: [[x1, y1], [x2, y1], [x2, y2], [x1, y2]], was: "" });
    board.proposed = board.proposed.filter(([, box]) => box[0] !== x1 || box[1] !== y1);
    board.chosen = { kind: "masks", index: board.drawing.masks.length - 1 };
    board.changed();
  }));
  return row;
}

function button(words, label, press) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = words;
  made.setAttribute("aria-label", label);
  made.addEventListener("click", press);
  return made;
}

// Input

for (const tool of document.querySelectorAll("button[data-tool]")) tool.addEventListener("click", () => take(tool.dataset.tool));
byId("save").addEventListener("click", save);
byId("undo").addEventListener("click", undo);
byId("retake").addEventListener("click", retake);
byId("measure").addEventListener("click", measure);
byId("add-road").addEventListener("click", () => {
  board.begin();
  board.drawing.roads.push({ id: fresh("roads", "road"), allows: "both", was: "" });
  board.changed();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    sheet.cancel();
    take("select");
  }
  if (event.target.matches("input, select, button")) return;
  if ((event.ctrlKey || event.metaKey) && event.key === "z") return undo();
  const { chosen } = board;
  if (!chosen) return;
  if (event.key === "Delete" || event.key === "Backspace") return remove(chosen.kind, chosen.index);
  const step = { ArrowLeft: [-NUDGE, 0], ArrowRight: [NUDGE, 0], ArrowUp: [0, -NUDGE], ArrowDown: [0, NUDGE] }[event.key];
  if (!step) return;
  event.preventDefault();
  board.begin();
  const item = board.drawing[chosen.kind][chosen.index];
  put(item, shifted(pointsOf(item), ...step));
  board.changed();
});
window.addEventListener("beforeunload", (event) => "changed" in root.dataset && event.preventDefault());
new ResizeObserver(() => sheet.draw()).observe(canvas);

take("select");
ask("board").then(meet).catch((error) => {
  say("lost", "no answer");
  answer("bad", error.message);
});
