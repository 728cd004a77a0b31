// Puts the page together and listens to its reader.
const main = document.getElementById('main');
const timeBox = element('div', { id: 'time' });
const brush = element('div');
timeBox.append(brush);
main.append(timeBox, ...dashboards.map((board) => board.node));
const overview = new Chart(brush, [summed('under-replicated', `${replica}underreplicatedpartitions`)],
  { low: true, caption: 'Under-replicated partitions, for orientation. ' });

function showPath() {
  const entry = (text, scope) => {
    const here = pathOf(scope) === pathOf(view);
    return element('li', {}, here ? element('strong', { 'aria-current': 'page' }, text)
      : element('a', { href: pathOf(scope) }, text));
  };
  const none = { cluster: -1, rack: -1, machine: -1 };
  const entries = [entry('fleet', none)];
  if (view.cluster >= 0) {
    const cluster = page.clusters[view.cluster];
    entries.push(entry(cluster.name, { ...none, cluster: view.cluster }));
    if (view.rack >= 0) {
      entries.push(entry(cluster.racks[view.rack], { ...none, cluster: view.cluster, rack: view.rack }));
    }
    if (view.machine >= 0) entries.push(entry(page.machines[view.machine][0], view));
  }
  document.getElementById('path').replaceChildren(...entries);
}

function showSentences() {
  for (const board of dashboards) {
    if (board.say) board.summary.textContent = board.say();
    board.refreshTable();
  }
}

let sentenceTimer = 0;
function sentencesLater() {
  clearTimeout(sentenceTimer);
  sentenceTimer = setTimeout(showSentences, 200);
}

function say(text) { document.getElementById('said').textContent = text; }

document.getElementById('whole').onclick = () => lookAtTime(0, page.end_s);
document.getElementById('copy').onclick = () => {
  const command = result.reproduce;
  navigator.clipboard.writeText(command).then(() => say('copied'), () => say(command));
};
document.getElementById('theme').onclick = () => {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === 'dark'
    : matchMedia('(prefers-color-scheme: dark)').matches;
  root.dataset.theme = dark ? 'light' : 'dark';
  charts.forEach((chart) => chart.retheme());
};

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest('input, select, textarea, .scroll')) return;
  const span = view.to - view.from;
  const at = view.at === null ? view.from + span / 2 : view.at;
  const moves = {
    ArrowLeft: () => lookAtInstant(at - span / 100),
    ArrowRight: () => lookAtInstant(at + span / 100),
    '+': () => lookAtTime(at - span / 4, at + span / 4),
    '-': () => lookAtTime(at - span, at + span),
    0: () => lookAtTime(0, page.end_s),
    Home: () => { location.hash = '#/'; },
  };
  if (!moves[event.key]) return;
  event.preventDefault();
  moves[event.key]();
});

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () =>
  charts.forEach((chart) => chart.retheme()));
addEventListener('beforeprint', () => charts.forEach((chart) => chart.draw()));

watchers.scope.push(showPath, () => dashboards.forEach((board) => board.redraw && board.redraw()), sentencesLater);
watchers.time.push(sentencesLater);
showPath();
dashboards.forEach((board) => board.redraw && board.redraw());
showNoticed();
showSentences();
requestAnimationFrame(() => { window.__ready = true; });
