// What the run measured, as lines over time: one a metric and subject, summed up or compared over
// whatever part of the fleet is looked at.
const page = JSON.parse(document.getElementById('data').textContent);

const kindCluster = 0;
const kindMachine = 1;

const metricIndex = new Map(page.metrics.map((metric, i) => [metric.name, i]));

/** Times from their differences; NaN for what is absent. */
function decoded(row) {
  const [metric, kind, index, steps, values, slopes] = row;
  const times = new Float64Array(steps.length);
  let at = 0;
  steps.forEach((step, i) => { times[i] = at += step; });
  const machine = kind === kindMachine ? page.machines[index] : null;
  const cluster = kind === kindCluster ? index
    : machine ? machine[1] : page.groups[index].cluster;
  return {
    metric, kind, index, cluster,
    rack: machine ? machine[2] : -1,
    times,
    values: Float64Array.from(values, (value) => (value === null ? NaN : value)),
    slopes: slopes ? Float64Array.from(slopes) : null,
  };
}

const seriesOf = page.metrics.map(() => []);
for (const row of page.series) {
  const series = decoded(row);
  seriesOf[series.metric].push(series);
}

/** True where `series` is of what is looked at: a machine, a rack, a cluster or the fleet. */
function inScope(series, scope) {
  if (scope.cluster >= 0 && series.cluster !== scope.cluster) return false;
  if (series.kind !== kindMachine) return true;
  if (scope.machine >= 0) return series.index === scope.machine;
  return scope.rack < 0 || series.rack === scope.rack;
}

function scoped(name, scope) {
  const index = metricIndex.get(name);
  return index === undefined ? [] : seriesOf[index].filter((series) => inScope(series, scope));
}

/** The sum of many series: a line whose corners are all of theirs. Absent counts for nothing. */
function sumOf(all) {
  const corners = [];
  all.forEach((series, s) => series.times.forEach((at, i) => corners.push([at, s, i])));
  corners.sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]);
  const times = [];
  const values = [];
  const level = new Float64Array(all.length);
  const slope = new Float64Array(all.length);
  const since = new Float64Array(all.length);
  let sum = 0;
  let rise = 0;
  let last = 0;
  for (let i = 0; i < corners.length;) {
    const at = corners[i][0];
    sum += rise * (at - last);
    if (rise !== 0) { times.push(at); values.push(sum); }
    for (; i < corners.length && corners[i][0] === at; ++i) {
      const [, s, k] = corners[i];
      sum -= level[s] + slope[s] * (at - since[s]);
      rise -= slope[s];
      const value = all[s].values[k];
      level[s] = Number.isNaN(value) ? 0 : value;
      slope[s] = all[s].slopes && !Number.isNaN(value) ? all[s].slopes[k] : 0;
      since[s] = at;
      sum += level[s];
      rise += slope[s];
    }
    if (Math.abs(sum) < 1e-9) sum = 0;
    if (Math.abs(rise) < 1e-12) rise = 0;
    times.push(at);
    values.push(sum);
    last = at;
  }
  return { times, values, slopes: null, straight: true };
}

/** The last corner of `line` at or before `at`; -1: none. */
function cornerBefore(line, at) {
  let low = 0;
  let high = line.times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (line.times[middle] <= at) low = middle + 1; else high = middle;
  }
  return low - 1;
}

function valueAt(line, at) {
  const i = cornerBefore(line, at);
  if (i < 0) return NaN;
  if (line.slopes) return Math.max(0, line.values[i] + line.slopes[i] * (at - line.times[i]));
  return line.values[i];
}

/** The most that `line` ever is: at a corner, or just before the next one. */
function peakOf(line) {
  let best = 0;
  line.times.forEach((at, i) => {
    const next = i + 1 < line.times.length ? line.times[i + 1] : page.end_s;
    const rise = line.slopes ? line.slopes[i] * (next - at) : 0;
    const value = Math.max(line.values[i], line.values[i] + rise);
    if (value > best) best = value;
  });
  return best;
}

/** The most (or least) of `line` in each of the buckets that begin at `grid`. */
function bucketed(line, grid, width, least) {
  const better = least ? Math.min : Math.max;
  const out = new Float64Array(grid.length).fill(NaN);
  let i = Math.max(0, cornerBefore(line, grid[0]));
  for (let g = 0; g < grid.length; ++g) {
    const end = grid[g] + width;
    while (i + 1 < line.times.length && line.times[i + 1] <= grid[g]) ++i;
    let best = valueAt(line, grid[g]);
    for (let k = i + 1; k < line.times.length && line.times[k] < end; ++k) {
      const value = line.values[k];
      if (!Number.isNaN(value)) best = Number.isNaN(best) ? value : better(best, value);
    }
    out[g] = best;
  }
  return out;
}

/** The most (or least) over many series, bucket by bucket. */
function extremeOf(all, grid, width, least) {
  const out = new Float64Array(grid.length).fill(NaN);
  for (const series of all) {
    bucketed(series, grid, width, least).forEach((value, g) => {
      if (Number.isNaN(value)) return;
      const worse = Number.isNaN(out[g]) || (least ? value < out[g] : value > out[g]);
      if (worse) out[g] = value;
    });
  }
  return out;
}
