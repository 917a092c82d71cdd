// SPDX-License-Identifier: Apache-2.0
// graph: the flow of a business as a drawing: dagre places states and events, here they become SVG. Each state is a link to
// its line in the editor and says how many applications stand in it. The table below the drawing says the same.
import { Graph, layout } from "@dagrejs/dagre";

const SVG = "http://www.w3.org/2000/svg";
const [WIDTH, HEIGHT, LETTER] = [116, 48, 11];

function shape(name, attributes, ...children) {
  const out = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) {
    out.setAttribute(key, value);
  }
  out.append(...children);
  return out;
}

// Beside the code there is room for the way of a case: what ends it from nearly everywhere stands in the table.
function edges(flow, narrow) {
  return flow.states.flatMap((state) => state.edges.filter((edge) => !narrow || !edge.ends).map((edge) => ({ from: state.name, ...edge })));
}

// One event is named, more are counted: the tip of the edge and the table name them all.
function labelOf({ events }) {
  return events.length > 1 ? `${events.length} 种` : events[0];
}

function placed(flow, narrow) {
  const graph = new Graph();
  graph.setGraph({ rankdir: "TB", nodesep: 14, edgesep: 8, ranksep: 44, marginx: 12, marginy: 12 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const state of flow.states) {
    graph.setNode(state.name, { width: WIDTH, height: HEIGHT, state });
  }
  for (const one of edges(flow, narrow)) {
    const label = labelOf(one);
    graph.setEdge(one.from, one.to, { label, said: one.events.join("、"), width: label.length * LETTER, height: LETTER, labelpos: "c" });
  }
  layout(graph);
  return graph;
}

function box({ x, y, state }) {
  const count = shape("text", { x, y: y + 18, class: "graph__count" }, `${state.count} 件`);
  return shape("a", { href: state.href, class: `graph__state${state.final ? " graph__state--end" : ""}${state.count > 0 ? " graph__state--held" : ""}` },
    shape("rect", { x: x - WIDTH / 2, y: y - HEIGHT / 2, width: WIDTH, height: HEIGHT, rx: 4 }),
    shape("text", { x, y: y - 2 }, state.label), count);
}

function arrow({ points, label, said, x, y }) {
  const [first, ...others] = points;
  const way = `M${first.x},${first.y}${others.map((p) => `L${p.x},${p.y}`).join("")}`;
  return shape("g", { class: "graph__edge", "aria-hidden": "true" }, shape("title", {}, said), shape("path", { d: way, "marker-end": "url(#tip)" }), shape("text", { x, y: y + 4 }, label));
}

function draw(place, flow) {
  const narrow = place.closest(".editor") !== null;
  const graph = placed(flow, narrow);
  const { width, height } = graph.graph();
  const scale = narrow ? 0.8 : 1;
  const tip = shape("marker", { id: "tip", viewBox: "0 0 8 8", refX: 8, refY: 4, markerWidth: 8, markerHeight: 8, orient: "auto" },
    shape("path", { d: "M0,0L8,4L0,8z" }));
  place.append(shape("svg", { viewBox: `0 0 ${width} ${height}`, width: width * scale, height: height * scale, "aria-label": "流程图", role: "group" }, shape("defs", {}, tip),
    ...graph.edges().map((e) => arrow(graph.edge(e))), ...graph.nodes().map((n) => box(graph.node(n)))));
  place.hidden = false;
  place.scrollLeft = graph.node(flow.start).x * scale - place.clientWidth / 2;
}

const place = document.querySelector("[data-graph]");
if (place) {
  draw(place, JSON.parse(place.dataset.graph));
}
