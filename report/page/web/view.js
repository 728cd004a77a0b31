// What is looked at: a part of the fleet, a stretch of time, an instant. It stands in the address
// after the #, so that a link shows the same.
const view = { cluster: -1, rack: -1, machine: -1, from: 0, to: page.end_s, at: null };
const watchers = { scope: [], time: [], cursor: [] };

function tell(what) { watchers[what].forEach((watcher) => watcher()); }

function pathOf(scope) {
  if (scope.cluster < 0) return '#/';
  const cluster = page.clusters[scope.cluster];
  const parts = [cluster.name];
  if (scope.rack >= 0) parts.push(cluster.racks[scope.rack]);
  if (scope.machine >= 0) parts.push(page.machines[scope.machine][0]);
  return '#/' + parts.map(encodeURIComponent).join('/');
}

function address() {
  const query = [];
  if (view.from > 0 || view.to < page.end_s) {
    query.push(`from=${Math.round(view.from)}`, `to=${Math.round(view.to)}`);
  }
  if (view.at !== null) query.push(`t=${Math.round(view.at)}`);
  return pathOf(view) + (query.length ? '?' + query.join('&') : '');
}

/** What the address says; what it names and is not there is left out. */
function readAddress() {
  const [path, query] = location.hash.slice(1).split('?');
  const parts = (path || '').split('/').filter(Boolean).map((part) => {
    try { return decodeURIComponent(part); } catch (error) { return part; }
  });
  view.cluster = page.clusters.findIndex((cluster) => cluster.name === parts[0]);
  const cluster = page.clusters[view.cluster];
  view.rack = cluster && parts[1] !== undefined ? cluster.racks.indexOf(parts[1]) : -1;
  view.machine = view.rack >= 0 && parts[2] !== undefined
    ? page.machines.findIndex(([name, c]) => c === view.cluster && name === parts[2]) : -1;
  const said = new URLSearchParams(query || '');
  const number = (key, otherwise) => {
    const value = Number(said.get(key));
    return said.has(key) && Number.isFinite(value) ? value : otherwise;
  };
  view.from = Math.max(0, number('from', 0));
  view.to = Math.min(page.end_s, number('to', page.end_s));
  if (view.to - view.from < 1) { view.from = 0; view.to = page.end_s; }
  view.at = number('t', null);
}

let addressTimer = 0;
/** The address follows when nothing has moved for a moment. */
function rememberLater() {
  clearTimeout(addressTimer);
  addressTimer = setTimeout(() => history.replaceState(null, '', address()), 150);
}

function lookAtTime(from, to) {
  const span = Math.min(page.end_s, Math.max(1, to - from));
  view.from = Math.max(0, Math.min(from, page.end_s - span));
  view.to = view.from + span;
  rememberLater();
  tell('time');
}

function lookAtInstant(at) {
  view.at = at === null ? null : Math.max(0, Math.min(page.end_s, at));
  rememberLater();
  tell('cursor');
}

window.addEventListener('hashchange', () => {
  readAddress();
  ['scope', 'time', 'cursor'].forEach(tell);
});
readAddress();

const day = 86400;
const two = (n) => String(n).padStart(2, '0');

/** "3:05:07" since the start of the run, days apart: "2 d 3:05:07". */
function clock(at) {
  const s = Math.max(0, Math.floor(at));
  const days = s >= day ? `${Math.floor(s / day)} d ` : '';
  return `${days}${Math.floor((s % day) / 3600)}:${two(Math.floor((s % 3600) / 60))}:${two(s % 60)}`;
}

function lasting(seconds) {
  const s = Math.round(seconds);
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${two(s % 60)} s`;
  return `${Math.floor(s / 3600)} h ${two(Math.floor((s % 3600) / 60))} min`;
}

/** A value with its unit, three digits. */
function amount(value, unit) {
  if (value === null || Number.isNaN(value)) return 'none';
  if (unit === 's') return value < 60 ? `${Number(value.toPrecision(3))} s` : lasting(value);
  if (unit === '%') return `${Number((100 * value).toPrecision(3))} %`;
  const sized = unit === 'B/s' || unit === 'B';
  let scale = '';
  let rest = value;
  if (sized || Math.abs(value) >= 1e6) {
    for (const next of ['k', 'M', 'G', 'T']) {
      if (Math.abs(rest) < 1000) break;
      rest /= 1000;
      scale = next;
    }
  }
  const text = Math.abs(rest) < 1000 ? String(Number(rest.toPrecision(3)))
    : Math.round(rest).toLocaleString('en-US');
  return sized || scale ? `${text} ${scale}${sized ? unit : ''}`.trimEnd() : text;
}
