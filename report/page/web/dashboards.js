// The sixteen dashboards, each with its question, and what answers it.
const result = page.result;
const summed = (label, metric, unit = '') => ({ label, metric, unit, how: 'sum' });
const most = (label, metric, unit = '') => ({ label, metric, unit, how: 'most' });
const replica = 'kafka_server_replicamanager_';

const dashboards = [];

/** A dashboard of charts: `charts` is a list of [heading, lines]. */
function chartBoard(id, title, question, parts) {
  const board = new Dashboard(id, title, question);
  const made = parts.map(([heading, lines]) => {
    const box = element('div');
    if (heading) board.body.append(element('h3', {}, heading));
    board.body.append(box);
    return new Chart(box, lines, { caption: heading ? `${heading}. ` : '' });
  });
  board.content = () => {
    const tables = made.map((chart) => chart.table());
    return {
      head: ['time_s', ...tables.flatMap((table) => table.head.slice(1))],
      rows: tables[0].rows.map((row, i) => [row[0], ...tables.flatMap((table) => table.rows[i].slice(1))]),
      numeric: tables.flatMap((table) => table.head).map((_, i) => i),
    };
  };
  board.say = () => made.map((chart) => { chart.describe(chart.rows()); return chart.sentence; }).join(' ');
  dashboards.push(board);
  return board;
}

/** A dashboard that is drawn anew: `draw(body)`, and what it has as a table. */
function drawnBoard(id, title, question, draw, content, on = ['scope', 'time']) {
  const board = new Dashboard(id, title, question);
  board.content = content;
  board.redraw = () => { board.body.replaceChildren(); draw(board.body, board); };
  for (const what of on) watchers[what].push(() => board.redraw());
  dashboards.push(board);
  return board;
}

const worstOf = (metric, scope) => peakOf(sumOf(scoped(metric, scope)));

const clusterFacts = page.clusters.map((cluster, c) => {
  const scope = { cluster: c, rack: -1, machine: -1 };
  const mine = steps.filter((step) => page.machines[step.machine][1] === c && step.start !== null);
  const ends = mine.map((step) => step.end);
  const behind = Math.max(0,
    ...scoped('kafka_consumergroup_group_max_lag_seconds', scope).map(peakOf));
  return {
    c,
    name: cluster.name,
    machines: mine.length,
    through: ends.filter((end) => end !== null).length,
    from: mine.length ? Math.min(...mine.map((step) => step.start)) : null,
    to: ends.length && ends.every((end) => end !== null) ? Math.max(...ends) : null,
    under: worstOf(`${replica}underreplicatedpartitions`, scope),
    floor: worstOf('kafka_cluster_partition_underminisr', scope),
    behind,
    alerts: page.alerts.filter((alert) => alert[1] === c).length,
    breaches: (result.violations || []).filter((each) => each.first && each.first.cluster === cluster.name).length,
  };
});

drawnBoard('fleet', 'Fleet', 'Are we safe, and where is it worst?', (body) => {
  const wanted = clusterFacts.filter((facts) => view.cluster < 0 || facts.c === view.cluster);
  body.append(element('div', { class: 'cards' }, ...wanted.map((facts) => {
    const hurt = facts.floor > 0 || facts.breaches > 0 || facts.through < facts.machines;
    const row = (name, value) => [element('dt', {}, name), element('dd', {}, value)];
    return element('div', { class: hurt ? 'card hurt' : 'card' },
      element('a', { href: pathOf({ cluster: facts.c, rack: -1, machine: -1 }) }, facts.name),
      element('span', { class: hurt ? 'bad' : 'good' }, hurt ? ' ✗' : ' ✓'),
      element('dl', {},
        ...row('machines through', `${facts.through} of ${facts.machines}`),
        ...row('from', facts.from === null ? 'never' : clock(facts.from)),
        ...row('to', facts.to === null ? 'not over' : clock(facts.to)),
        ...row('under min ISR, at most', amount(facts.floor)),
        ...row('under-replicated, at most', amount(facts.under)),
        ...row('consumers behind, at most', amount(facts.behind, 's')),
        ...row('alerts', facts.alerts)));
  })));
}, () => ({
  head: ['cluster', 'machines', 'through', 'from_s', 'to_s', 'under_min_isr_most', 'under_replicated_most',
    'consumers_behind_most_s', 'alerts'],
  rows: clusterFacts.map((f) => [f.name, f.machines, f.through, f.from, f.to, f.floor, f.under,
    Number(f.behind.toPrecision(6)), f.alerts]),
  numeric: [1, 2, 3, 4, 5, 6, 7, 8],
}), ['scope']);

const gantt = drawnBoard('plan', 'Plan', 'What runs when, and what waits for what?', (body, board) => {
  const rows = planRows();
  board.picture = rowsPicture(rows, `${rows.length} rows of steps from ${clock(view.from)} to ${clock(view.to)}`);
  body.append(element('div', { class: 'scroll', tabIndex: 0, role: 'region', 'aria-label': 'plan' }, board.picture));
  if (view.cluster >= 0) body.append(keyOf(phases.filter(([phase]) => phase !== 'waiting' && phase !== 'done')));
}, () => ({
  head: ['machine', 'cluster', 'batch', 'start_s', 'stopped_s', 'registered_s', 'in_sync_s', 'end_s'],
  rows: steps.filter((step) => machinesIn(view).includes(step.machine)).map((step) =>
    [page.machines[step.machine][0], page.clusters[page.machines[step.machine][1]].name, step.batch,
      step.start, step.stopped, step.registered, step.inSync, step.end]),
  numeric: [2, 3, 4, 5, 6, 7],
}));
watchers.cursor.push(() => gantt.picture && gantt.picture.follow());

chartBoard('min-isr', 'Partitions and min ISR', 'When were partitions at or under min ISR, or offline?', [
  ['', [summed('at min ISR', `${replica}atminisrpartitioncount`),
    summed('under min ISR', `${replica}underminisrpartitioncount`),
    summed('offline', 'kafka_controller_kafkacontroller_offlinepartitionscount')]],
  ['Under min ISR, but those whose breaches are accepted', [
    summed('not accepted', 'kafka_cluster_partition_underminisr')]]]);

chartBoard('replication', 'Replication', 'Is it whole again between batches?', [
  ['', [summed('under-replicated', `${replica}underreplicatedpartitions`)]],
  ['ISR changes by leaders, since their processes started', [
    summed('shrinks', `${replica}isrshrinks_total`), summed('expands', `${replica}isrexpands_total`)]]]);

const map = drawnBoard('racks', 'Racks', 'Which machines are down or catching up at the cursor?', (body, board) => {
  const made = rackMap();
  board.colour = made.colour;
  const slider = element('input', { type: 'range', min: 0, max: Math.round(page.end_s), step: 1,
    value: Math.round(view.at === null ? view.from : view.at), 'aria-label': 'time of the cursor',
    oninput: () => lookAtInstant(Number(slider.value)) });
  slider.style.width = '100%';
  const when = element('span', { class: 'quiet' });
  board.follow = () => {
    const at = view.at === null ? view.from : view.at;
    slider.value = String(Math.round(at));
    when.textContent = `at ${clock(at)}`;
    made.colour();
  };
  body.append(slider, when, keyOf(phases), made.box);
  board.follow();
}, () => {
  const at = view.at === null ? view.from : view.at;
  return {
    head: ['machine', 'cluster', 'rack', 'phase'],
    rows: machinesIn(view).map((machine) => {
      const [name, c, r] = page.machines[machine];
      return [name, page.clusters[c].name, page.clusters[c].racks[r], phaseAt(stepOf.get(machine), at)];
    }),
  };
}, ['scope']);
watchers.cursor.push(() => { map.follow && map.follow(); map.refreshTable(); });

chartBoard('catch-up', 'Catch-up', 'How far behind is the replica that is furthest behind?', [
  ['', [most('messages', 'kafka_server_replicafetchermanager_maxlag')]],
  ['Machines that are up and not in sync', [
    { label: 'catching up', unit: '', line: (scope) => phaseLines(scope).get('behind') }]]]);

chartBoard('traffic', 'Traffic', 'Did producers or consumers lose rate?', [
  ['', [summed('from producers', 'kafka_server_brokertopicmetrics_bytesin_total', 'B/s'),
    summed('to consumers', 'kafka_server_brokertopicmetrics_bytesout_total', 'B/s')]]]);

drawnBoard('latency', 'Latency', 'What do produce and end-to-end take, as the model estimates it?', (body, board) => {
  const { head, rows, numeric } = board.content();
  body.append(tableOf(head, rows.slice(0, 60), numeric));
  if (rows.length > 60) body.append(element('p', { class: 'quiet' }, `The slowest 60 of ${rows.length}; the others are in the table.`));
}, () => latencyTable(), ['scope']);

function latencyTable() {
  const topics = (result.latency_estimate && result.latency_estimate.topics) || [];
  const wanted = topics.filter((topic) => view.cluster < 0 || topic.cluster === page.clusters[view.cluster].name);
  const rows = wanted.map((topic) => [topic.cluster, topic.topic, topic.produce.p50_s, topic.produce.p99_s,
    topic.end_to_end.p50_s, topic.end_to_end.p99_s]);
  rows.sort((a, b) => b[5] - a[5]);
  return {
    head: ['cluster', 'topic', 'produce p50 (s)', 'produce p99 (s)', 'end to end p50 (s)', 'end to end p99 (s)'],
    rows,
    numeric: [2, 3, 4, 5],
  };
}

chartBoard('consumers', 'Consumers', 'Who fell behind, and for how long?', [
  ['Lag of all groups, in messages', [summed('messages', 'kafka_consumergroup_lag_sum')]],
  ['Age of the oldest record that a group has not read', [
    most('the worst group', 'kafka_consumergroup_group_max_lag_seconds', 's')]]]);

chartBoard('leaders', 'Leaders', 'How uneven are they after each restart?', [
  ['Leaders of one broker', [most('the most', `${replica}leadercount`),
    { label: 'the fewest', unit: '', metric: `${replica}leadercount`, how: 'least' }]],
  ['Partitions that their preferred leader does not lead', [
    summed('not preferred', 'kafka_controller_kafkacontroller_preferredreplicaimbalancecount')]]]);

chartBoard('network', 'Network', 'Who comes near what a card can carry?', [
  ['The busiest machine, live traffic', [
    most('in', 'node_network_receive_bytes_total', 'B/s'),
    most('out', 'node_network_transmit_bytes_total', 'B/s'),
    { label: 'slowest card', unit: 'B/s', metric: 'node_network_speed_bytes', how: 'least' }]]]);

chartBoard('disks', 'Disks', 'How busy are they with live writes?', [
  ['The busiest machine', [most('share of the time', 'node_disk_write_time_seconds_total', '%')]],
  ['All together', [summed('written', 'node_disk_written_bytes_total', 'B/s')]],
  ['Log dirs that have failed', [summed('failed', 'kafka_log_logmanager_offlinelogdirectorycount')]]]);

const alertTable = () => ({
  head: ['rule', 'severity', 'about', 'pending_s', 'fired_s', 'resolved_s'],
  rows: alertsOf(view).map((alert) => [page.alert_rules[alert[0]].name, page.alert_rules[alert[0]].severity,
    aboutWhom(alert), alert[4], alert[5], alert[6]]),
  numeric: [3, 4, 5],
});

/** Faults after which no rule began to fire within an hour. */
function unseenFaults() {
  return page.faults.filter((fault) => fault.at_s !== null &&
    !page.alerts.some((alert) => alert[5] >= fault.at_s && alert[5] <= fault.at_s + 3600));
}

const alarms = drawnBoard('alerts', 'Alerts', 'What would have called somebody, and what stays silent?', (body, board) => {
  const rows = alertRows();
  if (rows.length === 0) body.append(element('p', {}, 'No rule fired.'));
  else {
    board.picture = rowsPicture(rows, `${rows.length} rules that fired`);
    body.append(element('div', { class: 'scroll', tabIndex: 0, role: 'region', 'aria-label': 'alerts' }, board.picture),
      keyOf([['waiting', 'pending'], ['down', 'firing']]));
  }
  const silent = unseenFaults();
  for (const fault of silent) {
    body.append(element('p', { class: 'bad' }, `✗ No rule began to fire within an hour of ${fault.name} (${fault.text}, ${clock(fault.at_s)}).`));
  }
  if (page.faults.length && !silent.length) body.append(element('p', { class: 'good' }, '✓ After every fault some rule began to fire within an hour.'));
}, alertTable);
watchers.cursor.push(() => alarms.picture && alarms.picture.follow());

function causesOf(breach) {
  return element('ol', {}, ...(breach.first ? breach.first.causes : []).map((cause) =>
    element('li', {}, `${clock(cause.at_s)} ${cause.text}`)));
}

drawnBoard('rules', 'Rules', 'Which promise was broken, and what began it?', (body) => {
  const words = { held: '✓ held', broken: '✗ broken', not_answered: '– not answered', estimated: '~ estimated' };
  body.append(tableOf(['promise', 'answer'], result.rules.map((rule) => [rule.promise, words[rule.answer] || rule.answer])));
  for (const breach of result.violations || []) {
    body.append(element('h3', { class: 'bad' }, `${breach.rule}: ${amount(breach.subjects)} broken, at worst ${amount(breach.worst)} ${breach.worst_unit}`), causesOf(breach));
  }
}, () => ({
  head: ['rule', 'promise', 'answer', 'subjects', 'subject_seconds', 'worst', 'unit'],
  rows: result.rules.map((rule) => [rule.rule, rule.promise, rule.answer, rule.subjects, rule.subject_seconds, rule.worst, rule.worst_unit]),
  numeric: [3, 4, 5],
}), ['scope']);

const mixed = chartBoard('mixed', 'Mixed mode', 'Who still runs the old stack, until when?', [
  ['Machines', [
    { label: 'old', unit: '', line: (scope) => phaseLines(scope).get('waiting') },
    { label: 'down', unit: '', line: (scope) => phaseLines(scope).get('down') },
    { label: 'new, catching up', unit: '', line: (scope) => phaseLines(scope).get('behind') },
    { label: 'new, being checked', unit: '', line: (scope) => phaseLines(scope).get('checks') },
    { label: 'through', unit: '', line: (scope) => phaseLines(scope).get('done') }]],
  ['Logins that failed, since processes started', [
    summed('attempts', 'kafka_server_socketservermetrics_failed_authentication_total')]]]);
mixed.body.append(tableOf(['cluster', 'control plane', 'today', 'after'], page.clusters.map((cluster) => {
  const stack = (each) => [each.os, each.kafka && `Kafka ${each.kafka}`, each.protocol && `protocol ${each.protocol}`, each.auth]
    .filter(Boolean).join(', ');
  return [cluster.name, cluster.control_plane, stack(cluster.now), stack(cluster.next)];
})));

const noticedRows = () => page.noticed.filter(([, , cluster, machine]) =>
  (view.cluster < 0 || cluster === view.cluster) && (view.machine < 0 || machine === view.machine))
  .map(([check, at, cluster, machine]) => [clock(at), check, machine >= 0 ? page.machines[machine][0]
    : cluster >= 0 ? page.clusters[cluster].name : 'the fleet']);
const checks = chartBoard('checks', 'Checks, moved data, quorum', 'What did checks see, did data move, is the quorum whole?', [
  ['Quorum nodes that answer', [summed('answer', 'up{job="quorum"}')]],
  ['Partitions of which a replica is being made elsewhere', [summed('moving', `${replica}reassigningpartitions`)]],
  ['Findings of the steps\' checks, so far', [summed('findings', 'rollcast_step_findings_total')]]]);
const noticedBox = element('div');
checks.body.append(noticedBox);
function showNoticed() {
  const rows = noticedRows();
  noticedBox.replaceChildren(rows.length === 0 ? element('p', {}, 'The orchestrator noticed nothing.')
    : tableOf(['time', 'what the orchestrator noticed', 'where'], rows));
}
watchers.scope.push(showNoticed);
