// A chart of lines over time that follows what is looked at.
//
// Each line: {label, unit, metric, how: 'sum' | 'most' | 'least', of: name => name}, or {label, unit,
// line: scope => a line}. Only charts that can be seen are drawn while time moves.
const colours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'];
const buckets = 400;

const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const charts = [];

const sight = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    const chart = charts.find((each) => each.box === entry.target);
    if (!chart) continue;
    chart.seen = entry.isIntersecting;
    if (chart.seen && chart.stale) chart.draw();
  }
}, { rootMargin: '120px' });

class Chart {
  constructor(box, lines, { low = false, caption = '' } = {}) {
    this.box = box;
    this.lines = lines;
    this.stale = true;
    this.seen = false;
    this.caption = caption;
    box.className = low ? 'chart low' : 'chart';
    box.setAttribute('role', 'img');
    this.sums = new Map();
    this.note = element('p', { class: 'quiet' });
    this.box.after(this.note);
    charts.push(this);
    sight.observe(box);
  }

  rescoped() { this.sums.clear(); this.update(); }

  update() {
    this.stale = true;
    if (this.seen) this.draw();
  }

  /** Rows [time, value of each line, ...] of what is looked at, `count` of them at most. */
  rows(count = buckets) {
    const width = Math.max(1, (view.to - view.from) / count);
    const grid = [];
    for (let at = view.from; at <= view.to + 1e-6; at += width) grid.push(at);
    const columns = this.lines.map((line) => this.column(line, grid, width));
    return grid.map((at, g) => [at, ...columns.map((column) => column[g])]);
  }

  column(line, grid, width) {
    if (line.line) return bucketed(this.kept(line, () => line.line(view)), grid, width, line.least);
    const all = this.kept(line, () => {
      const found = scoped(line.metric, view);
      return line.how === 'sum' ? sumOf(found) : found;
    });
    if (line.how === 'sum') return bucketed(all, grid, width, line.least);
    return extremeOf(all, grid, width, line.how === 'least');
  }

  kept(key, make) {
    if (!this.sums.has(key)) this.sums.set(key, make());
    return this.sums.get(key);
  }

  draw() {
    this.stale = false;
    const rows = this.rows();
    this.describe(rows);
    const nothing = rows.every((row) => row.every((value, i) => i === 0 || !(value > 0)));
    this.box.classList.toggle('nothing', nothing);
    this.note.textContent = nothing ? 'Nothing in all of this time.' : '';
    if (nothing) return;
    const options = {
      file: rows,
      labels: ['time', ...this.lines.map((line) => line.label)],
      dateWindow: [view.from, view.to],
    };
    if (this.graph) {
      this.graph.resize();  // it may have been hidden
      this.graph.updateOptions(options);
    } else {
      this.make(rows, options.labels);
    }
    this.moveCursor();
  }

  make(rows, labels) {
    const unit = this.lines[0].unit;
    this.graph = new Dygraph(this.box, rows, {
      labels,
      colors: colours,
      strokeWidth: 1.4,
      fillGraph: this.lines.length < 3,
      fillAlpha: 0.12,
      stepPlot: true,
      includeZero: true,
      legend: 'onmouseover',
      labelsSeparateLines: false,
      axisLineColor: css('--line'),
      gridLineColor: css('--line'),
      gridLineWidth: 0.4,
      dateWindow: [view.from, view.to],
      axes: {
        x: { axisLabelFormatter: (at) => clock(at), valueFormatter: (at) => clock(at), axisLabelWidth: 90,
          ticker: timeTicks },
        y: { axisLabelFormatter: (value) => amount(value, unit), axisLabelWidth: 64 },
      },
      valueFormatter: (value) => amount(value, unit),
      underlayCallback: (canvas, area, graph) => this.bands(canvas, area, graph),
      highlightCallback: (event, at) => lookAtInstant(at),
      zoomCallback: (from, to) => lookAtTime(from, to),
      animatedZooms: false,
    });
    this.cursor = element('div', { class: 'cursor' });
    this.box.append(this.cursor);
    this.box.ondblclick = () => lookAtTime(0, page.end_s);
  }

  /** Batches as pale stretches, faults as lines, in every chart. */
  bands(canvas, area, graph) {
    canvas.save();
    canvas.beginPath();
    canvas.rect(area.x, area.y, area.w, area.h);
    canvas.clip();
    canvas.fillStyle = css('--band');
    const clusters = view.cluster >= 0 ? [view.cluster] : [];
    for (const cluster of clusters) {
      for (const batch of batchesOf(cluster)) {
        const left = graph.toDomXCoord(batch.from);
        canvas.fillRect(left, area.y, Math.max(1, graph.toDomXCoord(batch.to) - left), area.h);
      }
    }
    canvas.fillStyle = css('--fault');
    for (const fault of page.faults) {
      if (fault.at_s !== null) canvas.fillRect(graph.toDomXCoord(fault.at_s) - 1, area.y, 3, area.h);
    }
    canvas.restore();
  }

  moveCursor() {
    if (!this.graph || !this.cursor) return;
    const visible = view.at !== null && view.at >= view.from && view.at <= view.to;
    this.cursor.style.display = visible ? 'block' : 'none';
    if (visible) this.cursor.style.left = `${this.graph.toDomXCoord(view.at)}px`;
  }

  /** A sentence for those who do not see the chart. */
  describe(rows) {
    const parts = this.lines.map((line, i) => {
      let best = NaN;
      let when = 0;
      for (const row of rows) {
        const value = row[i + 1];
        if (!Number.isNaN(value) && (Number.isNaN(best) || value > best)) { best = value; when = row[0]; }
      }
      return Number.isNaN(best) ? `${line.label}: nothing`
        : `${line.label}: at most ${amount(best, line.unit)}${best > 0 ? ` at ${clock(when)}` : ''}`;
    });
    this.sentence = `${this.caption}${parts.join('; ')}.`;
    this.box.setAttribute('aria-label', this.sentence);
  }

  retheme() {
    if (!this.graph) return;
    this.graph.updateOptions({ axisLineColor: css('--line'), gridLineColor: css('--line') });
  }

  table(count = 120) {
    return {
      head: ['time_s', ...this.lines.map((line) => `${line.label}${line.unit ? ` (${line.unit})` : ''}`)],
      rows: this.rows(count).map((row) =>
        row.map((value) => (Number.isNaN(value) ? null : Number(value.toPrecision(6))))),
      numeric: this.lines.map((_, i) => i + 1).concat(0),
    };
  }
}

/** Marks at whole minutes, hours or days. */
function timeTicks(from, to, pixels) {
  const most = Math.max(2, Math.floor(pixels / 110));
  const widths = [1, 5, 10, 30, 60, 300, 600, 1800, 3600, 7200, 14400, 21600, 43200, day, 2 * day,
    7 * day, 14 * day, 28 * day];
  const width = widths.find((each) => (to - from) / each <= most) || 56 * day;
  const ticks = [];
  for (let at = Math.ceil(from / width) * width; at <= to; at += width) ticks.push({ v: at, label: clock(at) });
  return ticks;
}

let drawing_due = false;
function drawSoon(what) {
  if (drawing_due) return;
  drawing_due = true;
  requestAnimationFrame(() => {
    drawing_due = false;
    what();
  });
}

watchers.scope.push(() => charts.forEach((chart) => chart.rescoped()));
watchers.time.push(() => drawSoon(() => charts.forEach((chart) => chart.update())));
watchers.cursor.push(() => charts.forEach((chart) => chart.moveCursor()));
