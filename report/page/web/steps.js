// The steps of the machines: in which phase each is when.
const steps = page.steps.map(([machine, batch, reached, start, stopped, registered, inSync, end]) =>
  ({ machine, batch, reached, start, stopped, registered, inSync, end }));
const stepOf = new Map(steps.map((step) => [step.machine, step]));

const phases = [
  ['waiting', 'not yet taken down'],
  ['down', 'drained, stopped or re-imaged'],
  ['behind', 'up, catching up'],
  ['checks', 'in sync, being checked'],
  ['done', 'through'],
  ['lost', 'never came back'],
];
const phaseWords = new Map(phases);

function phaseAt(step, at) {
  if (!step || step.start === null || at < step.start) return 'waiting';
  if (step.end !== null && at >= step.end) return 'done';
  if (step.inSync !== null && at >= step.inSync) return 'checks';
  if (step.registered !== null && at >= step.registered) return 'behind';
  return step.reached === 'lost' ? 'lost' : 'down';
}

/** [phase, from, to] of a step; what has not ended goes on to the end of the run. */
function stretches(step) {
  const out = [];
  const corners = [['down', step.start], ['behind', step.registered], ['checks', step.inSync],
    [null, step.end]].filter(([, at]) => at !== null);
  corners.forEach(([phase, from], i) => {
    if (phase === null) return;
    const to = i + 1 < corners.length ? corners[i + 1][1] : page.end_s;
    out.push([step.reached === 'lost' && i + 1 === corners.length ? 'lost' : phase, from, to]);
  });
  return out;
}

function machinesIn(scope) {
  const found = [];
  page.machines.forEach(([, cluster, rack], index) => {
    if (scope.cluster >= 0 && cluster !== scope.cluster) return;
    if (scope.rack >= 0 && rack !== scope.rack) return;
    if (scope.machine >= 0 && index !== scope.machine) return;
    found.push(index);
  });
  return found;
}

/** How many machines of a scope are where, as lines. */
function phaseLines(scope) {
  const changes = new Map(phases.map(([phase]) => [phase, []]));
  for (const machine of machinesIn(scope)) {
    const step = stepOf.get(machine);
    const parts = step && step.start !== null ? stretches(step) : [];
    const until = parts.length ? parts[0][1] : page.end_s;
    changes.get('waiting').push([0, 1], [until, -1]);
    for (const [phase, from, to] of parts) changes.get(phase).push([from, 1], [to, -1]);
    if (step && step.end !== null) changes.get('done').push([step.end, 1]);
  }
  const lines = new Map();
  for (const [phase, list] of changes) {
    list.sort((a, b) => a[0] - b[0]);
    let count = 0;
    const times = [0];
    const values = [0];
    for (const [at, by] of list) {
      count += by;
      if (times[times.length - 1] === at) values[values.length - 1] = count;
      else { times.push(at); values.push(count); }
    }
    lines.set(phase, { times, values, slopes: null });
  }
  return lines;
}

/** First start and last end of each batch of a cluster. */
function batchesOf(cluster) {
  const batches = new Map();
  for (const step of steps) {
    if (page.machines[step.machine][1] !== cluster || step.start === null) continue;
    const batch = batches.get(step.batch) || { batch: step.batch, from: Infinity, to: 0, machines: [] };
    batch.from = Math.min(batch.from, step.start);
    batch.to = Math.max(batch.to, step.end === null ? page.end_s : step.end);
    batch.machines.push(step.machine);
    batches.set(step.batch, batch);
  }
  return [...batches.values()].sort((a, b) => a.from - b.from);
}
