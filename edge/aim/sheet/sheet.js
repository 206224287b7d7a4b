// Draws lines, zones and masks over the picture and lets mouse, finger and keys change them. Points are parts of 0..1.

const SVG = "http://www.w3.org/2000/svg";
const HANDLE_PX = 7;
const TOUCH_PX = 20;
const SHORTEST = 0.01;
export const POLYGONS = ["zones", "masks"];

export const pointsOf = (item) => item.points ?? item.polygon;

export class Sheet {
  // `board` has drawing, size, tool, chosen, proposed, plates, and: begin() before a change, changed() after it,
  // choose(kind, index), drawn(kind, points).
  constructor(svg, board) {
    this.svg = svg;
    this.board = board;
    this.held = null;
    svg.addEventListener("pointerdown", (event) => this.down(event));
    svg.addEventListener("pointermove", (event) => this.move(event));
    svg.addEventListener("pointerup", () => this.up());
    svg.addEventListener("pointercancel", () => this.cancel());
  }

  at(event) {
    const box = this.svg.getBoundingClientRect();
    const part = (value) => Math.min(Math.max(value, 0), 1);
    return [part((event.clientX - box.left) / box.width), part((event.clientY - box.top) / box.height)];
  }

  down(event) {
    if (event.button) return;
    event.preventDefault();
    const point = this.at(event);
    const { tool } = this.board;
    this.svg.setPointerCapture(event.pointerId);
    if (tool !== "select") {
      this.held = { draw: tool, from: point, to: point };
      return;
    }
    const { kind, index, corner, middle } = event.target.dataset;
    if (kind === undefined) return this.board.choose(null);
    const place = Number(index);
    const item = this.board.drawing[kind][place];
    this.board.choose(kind, place);
    this.held = { item, kind, from: point, start: pointsOf(item).map((one) => [...one]), corner: corner ?? null, begun: false };
    if (middle !== undefined) this.held.middle = Number(middle);
  }

  move(event) {
    const { held } = this;
    if (!held) return;
    const to = this.at(event);
    if (held.draw) {
      held.to = to;
      return this.draw();
    }
    if (!held.begun) {
      held.begun = true;
      this.board.begin();
      if (held.middle !== undefined) {
        held.start.splice(held.middle + 1, 0, to);
        held.corner = held.middle + 1;
      }
    }
    place(held.item, moved(held, to));
    this.draw();
  }

  up() {
    const { held } = this;
    this.held = null;
    if (!held) return;
    if (!held.draw) return held.begun && this.board.changed();
    const [[x1, y1], [x2, y2]] = [held.from, held.to];
    const long = Math.hypot(x2 - x1, y2 - y1) >= SHORTEST;
    const wide = !POLYGONS.includes(held.draw) || (Math.abs(x2 - x1) >= SHORTEST && Math.abs(y2 - y1) >= SHORTEST);
    if (long && wide) this.board.drawn(held.draw, shape(held.draw, held.from, held.to));
    this.draw();
  }

  cancel() {
    if (this.held?.begun) place(this.held.item, this.held.start);
    this.held = null;
    this.draw();
  }

  draw() {
    const [width, height] = this.board.size;
    this.scale = width / (this.svg.getBoundingClientRect().width || width);
    this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.svg.dataset.tool = this.board.tool;
    this.svg.replaceChildren();
    for (const kind of ["masks", "zones", "lines"]) this.board.drawing[kind].forEach((item, index) => this.item(kind, item, index));
    for (const [name, [x1, y1, x2, y2]] of this.board.proposed) this.path("proposed", shape("masks", [x1, y1], [x2, y2]), true, `${name}?`);
    for (const plate of this.board.plates) this.path("plate", plate.points, false, `${Math.round(plate.width)} px`);
    if (this.held?.draw) this.path(this.held.draw, shape(this.held.draw, this.held.from, this.held.to), POLYGONS.includes(this.held.draw), "");
  }

  item(kind, item, index) {
    const chosen = this.board.chosen?.kind === kind && this.board.chosen.index === index;
    const closed = POLYGONS.includes(kind);
    const points = pointsOf(item);
    const words = kind === "lines" ? `${item.id} · ${item.road} in` : kind === "zones" ? `${item.id} · ${item.kind}` : item.id;
    this.path(kind, points, closed, words, { kind, index }, chosen);
    if (kind === "lines") this.arrow(item);
    if (!chosen) return;
    if (closed) points.forEach((point, corner) => this.knob("middle", between(point, points[(corner + 1) % points.length]), { kind, index, middle: corner }, 0.7));
    points.forEach((point, corner) => this.knob("handle", point, { kind, index, corner }, 1));
  }

  path(name, points, closed, words, data = {}, chosen = false) {
    const [width, height] = this.board.size;
    const d = `M${points.map(([x, y]) => `${x * width} ${y * height}`).join("L")}${closed ? "Z" : ""}`;
    const wide = (chosen ? 3.5 : 2) * this.scale;
    this.add("path", { d, class: "under", "stroke-width": wide + 2 * this.scale });
    this.add("path", { d, class: name, "stroke-width": wide, ...(name === "proposed" ? { "stroke-dasharray": 6 * this.scale } : {}) });
    if (data.kind) Object.assign(this.add("path", { d, class: "reach shape", "stroke-width": TOUCH_PX * this.scale, ...(closed ? { "pointer-events": "all" } : {}) }).dataset, data);
    const [x, y] = closed ? points[0] : between(points[0], points[1]);
    const label = this.add("text", { x: x * width + 6 * this.scale, y: Math.max(y * height - 6 * this.scale, 14 * this.scale), "font-size": 13 * this.scale, "stroke-width": 3 * this.scale });
    label.textContent = words;
  }

  arrow(line) {
    const [width, height] = this.board.size;
    const [[x1, y1], [x2, y2]] = line.points.map(([x, y]) => [x * width, y * height]);
    const length = Math.hypot(x2 - x1, y2 - y1) || 1;
    const side = line.inward === "left" ? -1 : 1;
    const [inX, inY] = [(-(y2 - y1) / length) * side, ((x2 - x1) / length) * side];
    const [fromX, fromY] = [(x1 + x2) / 2, (y1 + y2) / 2];
    const [tipX, tipY] = [fromX + inX * 34 * this.scale, fromY + inY * 34 * this.scale];
    let d = `M${fromX} ${fromY}L${tipX} ${tipY}`;
    for (const turn of [0.75, -0.75]) {
      const angle = Math.atan2(-inY, -inX) + turn;
      d += `M${tipX} ${tipY}L${tipX + 10 * this.scale * Math.cos(angle)} ${tipY + 10 * this.scale * Math.sin(angle)}`;
    }
    this.add("path", { d, class: "under", "stroke-width": 4 * this.scale });
    this.add("path", { d, class: "lines", "stroke-width": 2 * this.scale });
  }

  knob(name, [x, y], data, size) {
    const [width, height] = this.board.size;
    const middle = { cx: x * width, cy: y * height };
    this.add("circle", { ...middle, r: HANDLE_PX * size * this.scale, class: name, "stroke-width": 1.5 * this.scale });
    Object.assign(this.add("circle", { ...middle, r: TOUCH_PX * 0.8 * size * this.scale, class: "touch" }).dataset, data);
  }

  add(name, attributes) {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return this.svg.appendChild(made);
  }
}

export function shifted(points, dx, dy) {
  const room = (values, step) => Math.min(Math.max(step, -Math.min(...values)), 1 - Math.max(...values));
  const [x, y] = [room(points.map((one) => one[0]), dx), room(points.map((one) => one[1]), dy)];
  return points.map((one) => [one[0] + x, one[1] + y]);
}

export function place(item, points) {
  item[item.points ? "points" : "polygon"] = points;
}

function moved({ start, corner, from }, to) {
  if (corner === null) return shifted(start, to[0] - from[0], to[1] - from[1]);
  return start.map((one, at) => (at === Number(corner) ? to : one));
}

function shape(tool, [x1, y1], [x2, y2]) {
  if (!POLYGONS.includes(tool)) return [[x1, y1], [x2, y2]];
  const [left, right, top, bottom] = [Math.min(x1, x2), Math.max(x1, x2), Math.min(y1, y2), Math.max(y1, y2)];
  return [[left, top], [right, top], [right, bottom], [left, bottom]];
}

function between([x1, y1], [x2, y2]) {
  return [(x1 + x2) / 2, (y1 + y2) / 2];
}
