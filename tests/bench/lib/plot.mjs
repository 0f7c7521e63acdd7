/** The drawing of cost against work: an SVG that reads on light and dark pages. */

const WIDTH = 560;
const HEIGHT = 320;
const MARGIN = { left: 52, right: 16, top: 16, bottom: 44 };

/** Around this many lines across the plot, at round numbers. */
const LINES = 5;

export function draw({ engine, msPerGflop, points }) {
  const widest = Math.max(...points.map(({ gflop }) => gflop));
  const across = axis(widest);
  const up = axis(Math.max(msPerGflop * widest, ...points.map(({ median }) => median)));
  const x = (gflop) => MARGIN.left + (gflop / across.end) * (WIDTH - MARGIN.left - MARGIN.right);
  const y = (milliseconds) =>
    HEIGHT - MARGIN.bottom - (milliseconds / up.end) * (HEIGHT - MARGIN.top - MARGIN.bottom);
  const at = (px, py, attributes, words) =>
    `<text x="${px.toFixed(1)}" y="${py.toFixed(1)}" ${attributes}>${words}</text>`;

  const columns = across.ticks.map(
    (tick) =>
      `<path class="grid" d="M${x(tick).toFixed(1)} ${y(0).toFixed(1)}V${y(up.end).toFixed(1)}"/>` +
      at(x(tick), y(0) + 16, 'text-anchor="middle"', tick),
  );
  const rows = up.ticks.map(
    (tick) =>
      `<path class="grid" d="M${x(0).toFixed(1)} ${y(tick).toFixed(1)}H${x(across.end).toFixed(1)}"/>` +
      at(x(0) - 8, y(tick) + 4, 'text-anchor="end"', tick),
  );
  const models = [...new Set(points.map(({ model }) => model))];
  const dots = points.map(({ model, side, gflop, median }) => {
    const [cx, cy] = [x(gflop).toFixed(1), y(median).toFixed(1)];
    const label = `<title>${model}, ${side}×${side}: ${median.toFixed(1)} ms</title>`;
    return `<circle class="model${models.indexOf(model)}" cx="${cx}" cy="${cy}" r="4">${label}</circle>`;
  });
  const legend = models.map((model, i) => {
    const row = MARGIN.top + 14 + 18 * i;
    return `<circle class="model${i}" cx="${MARGIN.left + 16}" cy="${row - 4}" r="4"/>${at(MARGIN.left + 28, row, "", model)}`;
  });
  const line = `M${x(0).toFixed(1)} ${y(0).toFixed(1)}L${x(widest).toFixed(1)} ${y(msPerGflop * widest).toFixed(1)}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img">
<title>Forward pass, ${engine}: milliseconds against GFLOP, and the line of proportion</title>
<style>
  text { font: 12px system-ui, sans-serif; fill: #57606a }
  .grid { stroke: #8c959f; stroke-opacity: .3 }
  .line { stroke: #8c959f; stroke-dasharray: 5 4; fill: none }
  .model0 { fill: #0969da } .model1 { fill: #bc4c00 } .model2 { fill: #1a7f37 }
  @media (prefers-color-scheme: dark) {
    text { fill: #9198a1 }
    .model0 { fill: #4493f8 } .model1 { fill: #db6d28 } .model2 { fill: #3fb950 }
  }
</style>
${[...columns, ...rows].join("\n")}
<path class="line" d="${line}"/>
${[...dots, ...legend].join("\n")}
${at((x(0) + x(across.end)) / 2, HEIGHT - 8, 'text-anchor="middle"', "GFLOP of the forward pass")}
${at(14, (y(0) + y(up.end)) / 2, `text-anchor="middle" transform="rotate(-90 14 ${((y(0) + y(up.end)) / 2).toFixed(1)})"`, "milliseconds, median")}
</svg>
`;
}

/** Round numbers from 0 to past `largest`. */
function axis(largest) {
  const rough = largest / LINES;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough);
  const count = Math.ceil(largest / step);
  return {
    end: count * step,
    ticks: Array.from({ length: count + 1 }, (_, i) => Number((i * step).toPrecision(6))),
  };
}
