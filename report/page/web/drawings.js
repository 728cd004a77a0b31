// What no chart library draws: who is taken down when, which alert fired when, where the racks are.
const rowHeight = 18;
const nameWidth = 118;
const planWidth = 1140;

function spanX(at) {
  return nameWidth + (planWidth - nameWidth) * (at - view.from) / (view.to - view.from);
}

/** Rows {name, hash, bars: [class, from, to, words]} as one picture, with the faults as lines. */
function rowsPicture(rows, words) {
  const height = rows.length * rowHeight + 22;
  const picture = drawing('svg', { class: 'plan', viewBox: `0 0 ${planWidth} ${height}`,
    role: 'img', 'aria-label': words });
  rows.forEach((row, i) => {
    const y = i * rowHeight;
    if (i % 2) picture.append(drawing('rect', { class: 'row', x: 0, y, width: planWidth, height: rowHeight }));
    const name = drawing('text', { x: 2, y: y + 13 }, row.name.length > 18 ? `${row.name.slice(0, 17)}…` : row.name);
    name.append(drawing('title', {}, row.name));
    picture.append(name);
    for (const [style, from, to, title] of row.bars) {
      if (to < view.from || from > view.to) continue;
      const left = Math.max(nameWidth, spanX(from));
      const right = Math.min(planWidth, spanX(to));
      const bar = drawing('rect', { class: style, x: left, y: y + 3, width: Math.max(1, right - left),
        height: rowHeight - 6 });
      bar.append(drawing('title', {}, title));
      picture.append(bar);
    }
  });
  const bottom = rows.length * rowHeight;
  for (const tick of timeTicks(view.from, view.to, planWidth - nameWidth)) {
    picture.append(drawing('text', { x: spanX(tick.v), y: bottom + 16, 'text-anchor': 'middle' }, tick.label));
  }
  for (const fault of page.faults) {
    if (fault.at_s === null || fault.at_s < view.from || fault.at_s > view.to) continue;
    const line = drawing('line', { class: 'mark', x1: spanX(fault.at_s), x2: spanX(fault.at_s), y1: 0, y2: bottom });
    line.append(drawing('title', {}, `${fault.name}: ${fault.text}`));
    picture.append(line);
  }
  const now = drawing('line', { class: 'now', y1: 0, y2: bottom });
  picture.append(now);
  picture.follow = () => {
    const shown = view.at !== null && view.at >= view.from && view.at <= view.to;
    now.setAttribute('visibility', shown ? 'visible' : 'hidden');
    if (shown) { now.setAttribute('x1', spanX(view.at)); now.setAttribute('x2', spanX(view.at)); }
  };
  picture.follow();
  return picture;
}

/** Rows of the plan: one a cluster of the fleet, one a machine of a cluster. */
function planRows() {
  if (view.cluster < 0) {
    return page.clusters.map((cluster, c) => ({
      name: cluster.name,
      bars: batchesOf(c).map((batch) => ['down', batch.from, batch.to,
        `${cluster.name}, batch ${batch.batch}: ${batch.machines.length} machines, ` +
        `${clock(batch.from)} to ${clock(batch.to)}`]),
    }));
  }
  const when = (machine) => {
    const step = stepOf.get(machine);
    return step && step.start !== null ? step.start : Infinity;
  };
  return machinesIn(view).sort((a, b) => when(a) - when(b) || a - b).map((machine) => {
    const step = stepOf.get(machine);
    return {
      name: page.machines[machine][0],
      bars: step && step.start !== null ? stretches(step).map(([phase, from, to]) => [phase, from, to,
        `${page.machines[machine][0]} (batch ${step.batch}): ${phaseWords.get(phase)}, ` +
        `${clock(from)} to ${clock(to)}, ${lasting(to - from)}`]) : [],
    };
  });
}

/** A cell a machine, by cluster and rack; `colour()` sets them to the phase at the cursor. */
function rackMap() {
  const cells = [];
  const clusters = view.cluster >= 0 ? [view.cluster] : page.clusters.map((_, c) => c);
  const box = element('div', { class: 'racks' });
  for (const c of clusters) {
    const cluster = page.clusters[c];
    const rows = cluster.racks.map((rack, r) => {
      const row = element('div', { class: 'cells' });
      page.machines.forEach(([name, in_cluster, in_rack, kind], machine) => {
        if (in_cluster !== c || in_rack !== r) return;
        if (view.rack >= 0 && r !== view.rack) return;
        const cell = element('a', { href: pathOf({ cluster: c, rack: r, machine }) });
        cells.push([cell, machine, kind === 1 ? ' quorum' : '', name]);
        row.append(cell);
      });
      return row.children.length === 0 ? null
        : element('div', { class: 'rack-row' }, element('span', { title: rack }, rack), row);
    });
    box.append(element('div', {}, element('h3', {}, cluster.name), ...rows.filter(Boolean)));
  }
  let shown = null;
  const colour = () => {
    const at = view.at === null ? view.from : view.at;
    if (shown === at) return;
    shown = at;
    for (const [cell, machine, round, name] of cells) {
      const phase = phaseAt(stepOf.get(machine), at);
      const style = phase + round;
      if (cell.className === style) continue;
      cell.className = style;
      cell.setAttribute('aria-label', `${name}: ${phaseWords.get(phase)}`);
      cell.title = `${name}: ${phaseWords.get(phase)}`;
    }
  };
  colour();
  return { box, colour };
}

/** Alerts of the scope, a row a rule. */
function alertsOf(scope) {
  return page.alerts.filter(([, cluster, machine]) => {
    if (scope.cluster >= 0 && cluster >= 0 && cluster !== scope.cluster) return false;
    if (machine < 0) return true;
    if (scope.machine >= 0) return machine === scope.machine;
    return scope.rack < 0 || page.machines[machine][2] === scope.rack;
  });
}

function aboutWhom([, cluster, machine, group]) {
  if (machine >= 0) return page.machines[machine][0];
  if (group >= 0) return page.groups[group].name;
  return cluster >= 0 ? page.clusters[cluster].name : 'the fleet';
}

function alertRows() {
  return page.alert_rules.map((rule, r) => ({
    name: rule.name,
    bars: alertsOf(view).filter((alert) => alert[0] === r).flatMap((alert) => {
      const end = alert[6] === null ? page.end_s : alert[6];
      const who = aboutWhom(alert);
      return [['waiting', alert[4], alert[5], `${rule.name}, ${who}: pending since ${clock(alert[4])}`],
        ['down', alert[5], end, `${rule.name}, ${who}: fired ${clock(alert[5])}, for ${lasting(end - alert[5])}`]];
    }),
  })).filter((row) => row.bars.length > 0);
}
