// Asks for the newest shot, draws it, asks again: a slow page gets fewer pictures and holds nobody up.

const COLOURS = ["#56b4e9", "#ffb000", "#2fd18b", "#ff8ac4", "#f0e442", "#ff7f50", "#a78bfa", "#5eead4"];
const LINE_COLOUR = "#ffc857";
const INK = "#0b0f13";
const AGAIN_MS = 1000;
const PATIENCE_MS = 10000;
const WINDOW_MS = 3000;
const MOST_EVENTS = 200;
const NARROW_PX = 520;
const WIDE_PX = 1100;
const VIEWER = Math.random().toString(36).slice(2) + Date.now().toString(36);

const root = document.documentElement;
const place = (id) => document.getElementById(id);
const canvas = place("picture");
const pen = canvas.getContext("2d");
const layers = Object.fromEntries([...document.querySelectorAll("#layers input")].map((box) => [box.name, box]));

let site = { run: "", title: "", live: true, lines: [] };
let shot = null;
let picture = null;
let lastEvent = 0;
let drawn = 0;
let samples = [];
let zoom = 1;

// The conversation

async function follow() {
  for (;;) {
    await visible();
    try {
      const fresh = await ask();
      if (fresh) await show(fresh);
      if (shot?.ended) return end();
      if (shot) connected();
    } catch (error) {
      lost(error);
      await pause(AGAIN_MS);
    }
  }
}

async function ask() {
  const words = new URLSearchParams({ viewer: VIEWER, run: site.run, after: shot?.number ?? 0, event: lastEvent });
  const reply = await get(`next?${words}`);
  if (reply.status === 204) return null;
  const bytes = await reply.arrayBuffer();
  const length = new DataView(bytes).getUint32(0);
  const told = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 4, length)));
  if (told.run !== site.run) await meet();
  const jpeg = new Blob([new Uint8Array(bytes, 4 + length)], { type: "image/jpeg" });
  return { told, picture: jpeg.size ? await createImageBitmap(jpeg) : null };
}

async function get(path) {
  const reply = await fetch(path, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
  if (!reply.ok) throw new Error((await reply.text()).trim());
  return reply;
}

async function meet() {
  site = await (await get("site")).json();
  lastEvent = 0;
  samples = [];
  place("events").replaceChildren();
  place("title").textContent = site.title;
  place("title").title = site.title;
  place("about").textContent = site.about;
  place("about").title = site.about;
  document.title = `${site.title} · live view`;
}

async function show(fresh) {
  shot = fresh.told;
  picture?.close();
  picture = fresh.picture;
  await nextPaint();
  drawn += 1;
  draw();
  listTracks();
  shot.events.forEach(listEvent);
  place("time").textContent = shot.time || "–";
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const nextPaint = () => Promise.race([new Promise(requestAnimationFrame), pause(100)]);
const visible = () =>
  document.hidden ? new Promise((resolve) => document.addEventListener("visibilitychange", resolve, { once: true })) : null;

// What the page says of itself

function say(link, words, notice = "") {
  root.dataset.link = link;
  const state = place("state");
  if (state.textContent !== words) state.textContent = words;
  place("notice").textContent = notice;
  place("notice").hidden = !notice;
}

function connected() {
  const away = site.live && shot.camera && shot.camera !== "live";
  root.dataset.camera = away ? "away" : "there";
  const notice = away ? [`camera ${shot.camera}`, shot.reason].filter(Boolean).join(": ") : "";
  say("live", away ? `camera ${shot.camera}` : site.live ? "live" : "recording", notice);
}

function lost(error) {
  const refused = error instanceof TypeError || error.name === "TimeoutError" ? "" : `${error.message}; `;
  say("lost", refused ? "trying again" : "no connection", `${refused || "no connection; "}trying again`);
}

function end() {
  say("ended", "ended", shot.trouble ? `ended: ${shot.trouble}` : "ended");
  figures();
}

function figures() {
  const now = performance.now();
  samples.push({ now, frames: shot?.frames ?? 0, drawn });
  samples = samples.filter((sample) => now - sample.now <= WINDOW_MS);
  const first = samples[0];
  const seconds = (now - first.now) / 1000;
  const rate = (count) => (seconds > 0.4 && root.dataset.link === "live" ? `${(count / seconds).toFixed(1)}/s` : "–");
  place("analysed").textContent = rate((shot?.frames ?? 0) - first.frames);
  place("shown").textContent = rate(drawn - first.drawn);
  place("dropped").textContent = shot ? shot.dropped : "–";
  place("camera").textContent = !shot ? "–" : site.live ? shot.camera || "live" : "recording";
}

// Lists

function listEvent(event) {
  lastEvent = Math.max(lastEvent, event.number);
  const [day, time] = event.time.split(" ");
  const item = document.createElement("li");
  item.dataset.kind = event.kind;
  item.dataset.severity = event.severity;
  const when = element("time", time);
  when.title = `${day} ${time}`;
  item.append(when, element("b", event.kind.replace(".", " ")), element("p", event.text));
  const list = place("events");
  list.prepend(item);
  while (list.children.length > MOST_EVENTS) list.lastElementChild.remove();
  place("event-count").textContent = lastEvent;
}

function listTracks() {
  const body = place("tracks");
  const rows = new Map([...body.rows].map((row) => [row.dataset.id, row]));
  for (const track of [...shot.tracks].sort((one, other) => one.id - other.id)) {
    const id = String(track.id);
    const row = rows.get(id) ?? trackRow(track);
    rows.delete(id);
    row.dataset.state = track.state;
    const words = [`#${track.vehicle}`, track.kind, track.plate || "–", `${track.bits} bit`, track.confidence.toFixed(2), track.state];
    words.forEach((word, column) => {
      if (row.cells[column].textContent !== word) row.cells[column].textContent = word;
    });
    body.append(row);
  }
  rows.forEach((row) => row.remove());
  place("track-count").textContent = shot.tracks.length;
}

function trackRow(track) {
  const row = document.createElement("tr");
  row.dataset.id = track.id;
  row.style.setProperty("--colour", colourOf(track));
  for (let column = 0; column < 6; column += 1) row.insertCell();
  return row;
}

function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

// The picture

const font = (px) => `600 ${px * zoom}px system-ui, "Segoe UI", Roboto, sans-serif`;
const colourOf = (track) => COLOURS[track.vehicle % COLOURS.length];

function draw() {
  const [width, height] = shot?.size ?? [0, 0];
  if (!width) return;
  root.style.setProperty("--ratio", width / height);
  const density = window.devicePixelRatio || 1;
  const [across, down] = [canvas.clientWidth, canvas.clientHeight];
  if (canvas.width !== Math.round(across * density)) canvas.width = Math.round(across * density);
  if (canvas.height !== Math.round(down * density)) canvas.height = Math.round(down * density);
  pen.setTransform(density, 0, 0, density, 0, 0);
  if (picture) pen.drawImage(picture, 0, 0, across, down);
  const scale = across / width;
  zoom = Math.min(Math.max(across / WIDE_PX, 1), 2);
  const near = [...shot.tracks].sort((one, other) => one.box[3] - other.box[3]);
  if (layers.lines.checked) site.lines.forEach((line) => drawLine(line, across, down));
  if (layers.trails.checked) near.forEach((track) => drawTrail(track, scale));
  if (layers.boxes.checked) near.forEach((track) => drawBox(track, scale));
  if (layers.labels.checked) near.forEach((track) => drawLabel(track, scale, across));
  Object.assign(canvas.dataset, { seq: shot.seq, drawn, tracks: shot.tracks.map((track) => track.id).join(" ") });
}

function stroke(colour, width, path) {
  pen.strokeStyle = "rgb(0 0 0 / .5)";
  pen.lineWidth = (width + 2) * zoom;
  pen.stroke(path);
  pen.strokeStyle = colour;
  pen.lineWidth = width * zoom;
  pen.stroke(path);
}

function drawBox(track, scale) {
  const [x1, y1, x2, y2] = track.box.map((side) => side * scale);
  const path = new Path2D();
  path.roundRect(x1, y1, x2 - x1, y2 - y1, 3);
  pen.save();
  if (track.state === "lost") pen.setLineDash([7, 5]);
  if (track.state !== "confirmed") pen.globalAlpha = 0.7;
  stroke(colourOf(track), track.state === "tentative" ? 1 : 2, path);
  pen.restore();
}

function drawLabel(track, scale, across) {
  if (track.state === "tentative") return;
  const narrow = across < NARROW_PX;
  const name = [`#${track.vehicle}`, narrow && track.plate ? "" : track.kind, track.plate].filter(Boolean).join(" ");
  const text = narrow ? name : `${name} · ${track.state === "lost" ? "lost" : `${track.bits} bit`}`;
  pen.font = font(narrow ? 10 : 12);
  const [width, height] = [pen.measureText(text).width + 10, narrow ? 15 : 19 * zoom];
  const [x1, y1] = track.box.map((side) => side * scale);
  const x = Math.max(0, Math.min(x1 - 1, across - width));
  const y = Math.max(0, y1 - height - 2);
  pen.globalAlpha = track.state === "lost" ? 0.75 : 1;
  pen.fillStyle = colourOf(track);
  pen.beginPath();
  pen.roundRect(x, y, width, height, 3);
  pen.fill();
  pen.fillStyle = INK;
  pen.textBaseline = "middle";
  pen.fillText(text, x + 5, y + height / 2 + 0.5);
  pen.globalAlpha = 1;
}

function drawTrail(track, scale) {
  const [x1, , x2, y2] = track.box;
  const way = [...track.trail, (x1 + x2) / 2, y2].map((side) => side * scale);
  const steps = way.length / 2 - 1;
  pen.strokeStyle = pen.fillStyle = colourOf(track);
  pen.lineWidth = 2.5 * zoom;
  pen.lineCap = "round";
  for (let step = 0; step < steps; step += 1) {
    pen.globalAlpha = 0.15 + (0.75 * (step + 1)) / steps;
    pen.beginPath();
    pen.moveTo(way[2 * step], way[2 * step + 1]);
    pen.lineTo(way[2 * step + 2], way[2 * step + 3]);
    pen.stroke();
  }
  pen.globalAlpha = 1;
  pen.beginPath();
  pen.arc(way.at(-2), way.at(-1), 3 * zoom, 0, 2 * Math.PI);
  pen.fill();
}

function drawLine(line, across, down) {
  const [[x1, y1], [x2, y2]] = line.points.map(([x, y]) => [x * across, y * down]);
  const length = Math.hypot(x2 - x1, y2 - y1) || 1;
  const side = line.inward === "left" ? -1 : 1;
  const [inX, inY] = [(-(y2 - y1) / length) * side, ((x2 - x1) / length) * side];
  const [middleX, middleY] = [(x1 + x2) / 2, (y1 + y2) / 2];
  const reach = Math.min(34, across / 18);
  const [tipX, tipY] = [middleX + inX * reach, middleY + inY * reach];
  const path = new Path2D();
  path.moveTo(x1, y1);
  path.lineTo(x2, y2);
  path.moveTo(middleX, middleY);
  path.lineTo(tipX, tipY);
  for (const turn of [0.75, -0.75]) {
    const angle = Math.atan2(-inY, -inX) + turn;
    path.moveTo(tipX, tipY);
    path.lineTo(tipX + 8 * Math.cos(angle), tipY + 8 * Math.sin(angle));
  }
  stroke(LINE_COLOUR, 1.75, path);
  pen.font = font(11);
  pen.textBaseline = "middle";
  pen.fillStyle = LINE_COLOUR;
  pen.strokeStyle = "rgb(0 0 0 / .7)";
  pen.lineWidth = 3;
  for (const way of ["strokeText", "fillText"]) pen[way](`${line.road} in`, tipX + 9, tipY + inY * 6);
}

// Settings

for (const box of Object.values(layers)) {
  box.checked = remembered(box.name) !== "off";
  box.addEventListener("change", () => {
    remember(box.name, box.checked ? "on" : "off");
    draw();
  });
}

function remembered(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null; // a browser may forbid it
  }
}

function remember(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // it holds until the page is left
  }
}

new ResizeObserver(draw).observe(canvas);
setInterval(() => root.dataset.link !== "ended" && figures(), 500);
follow();
